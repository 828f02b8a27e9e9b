@S1-012
Feature: What fits into a De-Mail gets through, and nothing more
  A De-Mail has up to 20 MiB net, as the user sees it, whatever the encoding makes of it on the way
  (TR-01201-3.1 4.1, decision D20), and a private-id of up to 1024 characters that comes back with each
  confirmation (TR-01201-3.4 3.1.17).

  Scenario: 20 MiB net get through
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail with 20 MiB net
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

  Scenario: One octet more is refused
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail with 20 MiB and one octet net
    Then the clerk is told that it was refused with "5.3.4"
    And nothing of it is at host dmda

  Scenario: The longest private-id comes back
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail with a private-id of 1024 characters and asks for dispatch
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    And exactly the confirmations "dispatch" of it arrive in mailbox "poststelle@annaberg-buchholz.example"

  Scenario: A private-id of one character more is refused
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail with a private-id of 1025 characters and asks for dispatch
    Then the clerk is told that it was refused with "5.6.0"
    And nothing of it is at host dmda
