@S4-017
Feature: What was tampered with shows
  Between dispatch and mailbox nobody may change a De-Mail. When it happens all the same the DMDA confirms no
  receipt and tells both sides (TR-01201-3.1 steps 48, 69); the gateway hands over what it got, octet for octet, so
  that everybody can see that the proof does not hold (decision D17).

  Scenario: A De-Mail is changed on its way
    Given somebody changes De-Mails on their way to the mailbox
    When the account holder of antragstellerin sends "poststelle@annaberg-buchholz.de-mail.de" an authoritative De-Mail from "antrag.stellerin@t-systems.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And the proof of it in mailbox "poststelle@annaberg-buchholz.example" does not hold
    And a notification of other arrives in mailbox "poststelle@annaberg-buchholz.example"
    And a notification of other arrives in mailbox "antrag.stellerin@t-systems.de-mail.de"

  @S3-009
  Scenario: An ordinary De-Mail keeps its hash through the gateway
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de" with base64 attachment
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And the proof of it in mailbox "poststelle@annaberg-buchholz.example" holds
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
