@S0-053
Feature: What was answered with 250 survives a crash
  When the gateway answers 250 to the end of data it has taken the mail over (RFC 5321 6.1). If it dies in
  that very instant the mail must be on its disk: after a restart it is delivered, and delivered once
  (S0-053).

  Scenario: The gateway dies in the instant in which a tenant reads the 250
    Given the gateway will be killed in the instant in which annaberg-mail reads its 250
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    And the gateway has been killed
    And the gateway is started again
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

  Scenario: The gateway dies in the instant in which the DMDA reads the 250
    Given the line of annaberg is cut
    And the gateway will be killed in the instant in which dmda reads its 250
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    And the gateway has been killed
    And the line of annaberg is healed
    And the gateway is started again
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
