@S0-009 @S0-052
Feature: The portal stays usable beside the gateway
  The account holder keeps the DMDA's own access (S0-009), also while the gateway is down (S0-052). What the
  gateway sent is visible there and the other way round, and the gateway never deletes anything at the DMDA
  (S1-115).

  @S1-114 @S1-115
  Scenario: The gateway is down, the portal is not
    Given the gateway is stopped
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    Then the account holder of annaberg finds it in the portal in "poststelle@annaberg-buchholz.de-mail.de"
    When the gateway is started again
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And the account holder of annaberg finds it in the portal in "poststelle@annaberg-buchholz.de-mail.de"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"

  @S1-115
  Scenario: What the gateway sent lies in the account
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    And the account holder of annaberg finds it in the portal among what "poststelle@annaberg-buchholz.de-mail.de" sent

  @S1-116
  Scenario: What lies in the account can be exported for a dispute
    When the account holder of antragstellerin sends "poststelle@annaberg-buchholz.de-mail.de" an authoritative De-Mail from "antrag.stellerin@t-systems.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in mailbox "antrag.stellerin@t-systems.de-mail.de"
    And the representative of annaberg exports it from "poststelle@annaberg-buchholz.de-mail.de", and it proves itself
