@administered @S1-030
Feature: A second instance takes over from a backup
  The operator backs the gateway up and recovers it (S1-030): tenants, mapping and queue are as they were at the
  backup's instant, and nothing that waited then is lost. What had been delivered since may come again, with the
  same Message-ID, so that nobody takes it for another mail (decision D28).

  @S0-053
  Scenario: What waited at the backup's instant is delivered, and the settings are there
    When the Account Admin of annaberg does "mapping.put":
      | tenant | annaberg                            |
      | mail   | bauamt@annaberg-buchholz.example    |
      | demail | bauamt@annaberg-buchholz.de-mail.de |
    Then it is done
    When the line of annaberg is cut
    And the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    And 1 hour pass
    And the Administrator of the operator does "backup.create":
      | label | before the update |
    Then it is done
    And its number is called "backup"
    When the gateway's machine is lost, and another one starts from "backup"
    And the line of annaberg is healed
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
    When the Account Admin of annaberg does "mapping.list":
      | tenant | annaberg |
    Then it is done
    And the answer lists:
      | mail                             | demail                              |
      | bauamt@annaberg-buchholz.example | bauamt@annaberg-buchholz.de-mail.de |

  Scenario: What was delivered since the backup comes again as the same mail only
    Given the DMDA answers 451 to MAIL for 1 hour
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    And 10 minutes pass
    And the Administrator of the operator does "backup.create":
      | label | hourly |
    Then it is done
    And its number is called "backup"
    When 3 hours pass
    And the gateway's machine is lost, and another one starts from "backup"
    And 3 hours pass
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de", a second copy only with the same Message-ID

  @S0-065
  Scenario: The backup is the Administrator's
    When the Support Administrator of the operator does "backup.create":
      | label | my own |
    Then it is refused because of "S0-035"
