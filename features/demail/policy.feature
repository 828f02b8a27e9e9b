@S1-080
Feature: The authority regulates who may use which options
  Options cost money and have legal effect, so the authority regulates how they are used (S1-080). People who
  cannot write header fields ask by a tag in the subject; for a mailbox the tenant sets what it asks for by
  default and what it may not ask for (decision D15).

  Scenario: A tag in the subject asks for a confirmation and does not reach the citizen
    Given tenant annaberg lets the tag "[EB]" ask for receipt
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail with tag "[EB]" in its subject
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    And its subject in the citizen's mailbox has no tag
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox

  Scenario: A tag of another tenant is a word like others
    Given tenant annaberg lets the tag "[EB]" ask for receipt
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail with tag "[EB]" in its subject
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"
    And its subject in the citizen's mailbox still has the tag "[EB]"

  Scenario: A mailbox asks for a confirmation by default
    Given mailbox "poststelle@annaberg-buchholz.example" of annaberg presets dispatch
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    And a confirmation of dispatch arrives in mailbox "poststelle@annaberg-buchholz.example"

  Scenario: A mailbox asks for what it may not ask for
    Given mailbox "poststelle@annaberg-buchholz.example" of annaberg may not ask for receipt
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail and asks for confirmation of receipt
    Then the clerk is told that it was refused with "5.7.1"
    And nothing of it is at host dmda

  Scenario: A tag does not get round what is forbidden
    Given tenant annaberg lets the tag "[EB]" ask for receipt
    And mailbox "poststelle@annaberg-buchholz.example" of annaberg may not ask for receipt
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail with tag "[EB]" in its subject
    Then the clerk is told that it was refused with "5.7.1"
    And nothing of it is at host dmda
