@S1-164
Feature: A domain sends and receives as its order says
  The order for a domain names its direction: send and receive, receive only, send only (S1-164, decision
  D14). Receive only: nothing leaves (S1-165). Send only: De-Mails to the domain stay in the DMDA's mailbox,
  where the portal shows them, but confirmations reach the person who sent (S1-166).

  @S1-165
  Scenario: From a receive-only domain nothing is sent
    Given domain annaberg-buchholz.de-mail.de of annaberg is receive-only
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then the clerk is told that it was refused with "5"
    And nothing of it is at host dmda

  @S1-165
  Scenario: A receive-only domain receives
    Given domain annaberg-buchholz.de-mail.de of annaberg is receive-only
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"

  @S1-166
  Scenario: A send-only domain sends, and its confirmations come back
    Given domain annaberg-buchholz.de-mail.de of annaberg is send-only
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail and asks for confirmation of dispatch
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    And a confirmation of dispatch arrives in mailbox "poststelle@annaberg-buchholz.example"

  @S1-166
  Scenario: A send-only domain receives nothing through the gateway
    Given domain annaberg-buchholz.de-mail.de of annaberg is send-only
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    And 2 hours pass
    Then nothing of it is in mailbox "poststelle@annaberg-buchholz.example"
    And the account holder of annaberg finds it in the portal in "poststelle@annaberg-buchholz.de-mail.de"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
