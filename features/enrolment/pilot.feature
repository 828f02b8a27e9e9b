@S0-057
Feature: The pilot operation ends on a day
  The pilot is planned until August 2016 and ends in April 2017 at the latest (S0-057, S0-058); the account goes on
  in the DMDA's portal (S0-060). After its last day the gateway takes nothing more from a tenant, what it had
  accepted goes out, and De-Mails that come stay at the DMDA (decision D23).

  Scenario: What was accepted goes out, nothing new is taken, and the portal stays
    Given the last day of the pilot operation is 2015-11-02
    When 14 hours pass
    Given the DMDA answers 451 to MAIL for 2 hours
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    And 3 hours pass
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    When clerk "standesamt@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then the clerk is told that it was refused with "5.7.1"
    And nothing of it is in zone internet

  @S0-060
  Scenario: De-Mails that come afterwards stay at the DMDA
    Given the last day of the pilot operation is 2015-11-01
    When the citizen sends a De-Mail to "standesamt@annaberg-buchholz.de-mail.de"
    And 2 hours pass
    Then nothing of it is in zone tenant-annaberg
    And the account holder of annaberg finds it in the portal in "standesamt@annaberg-buchholz.de-mail.de"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt stays in "standesamt@annaberg-buchholz.de-mail.de"

  @S0-058
  Scenario: The pilot may be extended to April 2017 and no further
    Given the last day of the pilot operation is 2017-04-30
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    And the gateway does not take 2017-05-01 as the last day of the pilot operation
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"
