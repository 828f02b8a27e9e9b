@S1-012
Feature: Confirmations come back to the clerk
  De-Mail is binding because the DMDA confirms what it did (S1-012). The clerk asks for a confirmation of
  dispatch by a header field of the mail (decision D15); the DMDA issues it as a De-Mail from its system
  address to the De-Mail sender, and the gateway maps it back like any De-Mail.

  Scenario: The confirmation of dispatch reaches the clerk's mailbox
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail and asks for confirmation of dispatch
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    And a confirmation of dispatch arrives in mailbox "poststelle@annaberg-buchholz.example"

  @S4-019
  Scenario: The confirmation of receipt reaches the clerk's mailbox and the citizen
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail and asks for confirmation of receipt
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"
    And a confirmation of receipt arrives in mailbox "sakd@sakd.de"
    And a confirmation of receipt arrives in the citizen's mailbox
