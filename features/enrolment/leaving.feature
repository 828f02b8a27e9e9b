@administered @S0-053
Feature: A tenant that leaves gets what it is still owed
  When a tenant is off-boarded, its addresses lead nowhere from then on. What the gateway had accepted before is still
  the tenant's: De-Mails that it had sent go out, De-Mails that had come are delivered. Nothing that was answered with
  250 is lost (S0-053).

  Scenario: A De-Mail that waits for the DMDA goes out
    Given the DMDA answers 451 to MAIL for 1 hour
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    And 10 minutes pass
    And SID off-boards annaberg
    And 2 hours pass
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

  Scenario: A De-Mail that waits for the tenant's mail server is delivered
    Given the line of annaberg is cut
    When the citizen sends a De-Mail to "standesamt@annaberg-buchholz.de-mail.de"
    And 10 minutes pass
    And SID off-boards annaberg
    And the line of annaberg is healed
    Then it arrives unchanged in mailbox "standesamt@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "standesamt@annaberg-buchholz.example"
