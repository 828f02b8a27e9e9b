@S1-129
Feature: What the DMDA says about a De-Mail reaches the clerk
  Not every De-Mail arrives: an address may not exist, a message may hold malware. The DMDA then writes a
  notification from its system address to the sender (TR-01201-3.4 3.5); the gateway maps it back to the
  clerk like any De-Mail (S1-129). Nothing answers a system address, or two systems would write to each
  other for ever.

  Scenario: The recipient does not exist
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends "pn_niemand@t-systems.de-mail.de" a De-Mail
    Then a notification of unknown-recipient arrives in mailbox "poststelle@annaberg-buchholz.example"

  Scenario: The DMDA finds malware in what the clerk sends
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail with the EICAR test file
    Then the clerk gets a delivery status notification with status "5"
    And nothing of it is in the citizen's mailbox

  Scenario: The DMDA finds malware in what the citizen sends, after its patterns were renewed
    Given the DMDA looks for malware at the recipient's side only
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de" with the EICAR test file
    Then a malware-notification arrives in mailbox "poststelle@annaberg-buchholz.example"
    And a malware-notification arrives in the citizen's mailbox
    And nothing of it is in mailbox "poststelle@annaberg-buchholz.example"

  Scenario Outline: Who asked for a confirmation gets a signed one about the malware
    Given the DMDA looks for malware at the recipient's side only
    When the account holder of antragstellerin sends "poststelle@annaberg-buchholz.de-mail.de" the EICAR test file from "antrag.stellerin@t-systems.de-mail.de" with options "<options>"
    Then a malware-acknowledge arrives in mailbox "poststelle@annaberg-buchholz.example"
    And a malware-acknowledge arrives in mailbox "antrag.stellerin@t-systems.de-mail.de"
    And nothing of it is in mailbox "poststelle@annaberg-buchholz.example"

    Examples:
      | options           |
      | receipt           |
      | receipt, personal |

  @S0-048
  Scenario: The DMDA announces work on its platform to every participant
    When the DMDA announces maintenance to all participants
    Then a notification of other arrives in mailbox "poststelle@annaberg-buchholz.example"
    And a notification of other arrives in mailbox "sakd@sakd.de"
    And a notification of other arrives in mailbox "poststelle@radebeul.example"
    And a notification of other arrives in mailbox "poststelle@pirna.example"
    And a notification of other arrives in mailbox "kdn@kdn-sachsen.de-mail.de"

  @S0-007
  Scenario: A De-Mail to a customer of another DMDA goes to this one all the same
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends "pn_person@mentana.de-mail.de" a De-Mail
    Then a notification of unknown-recipient arrives in mailbox "poststelle@annaberg-buchholz.example"
    And nothing of it is in zone internet
