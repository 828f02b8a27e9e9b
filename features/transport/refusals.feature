@S1-153
Feature: What must not leave does not leave
  A gateway with several tenants can do harm in two ways that no other mail server can: send under the
  wrong account, and let a De-Mail out as plain Internet mail (TR-01201-6.1 chapter 10). So an unmapped
  sender is refused (S1-153, decision D13), a tenant cannot speak for another (S1-009), a domain that is
  not enrolled has no way in (S0-004), and a recipient outside De-Mail is refused while the others go on.

  Scenario: A sender without a De-Mail address is refused
    When clerk "bauamt@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then the clerk is told that it was refused with "5"
    And nothing of it is at host dmda
    And nothing of it is in zone internet

  @S1-009 @S1-154
  Scenario: A tenant cannot send under another tenant's address
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail as "sakd@sakd.de"
    Then host annaberg-mail is refused with "5"
    And nothing of it is at host dmda
    And nothing of it is in zone internet

  @S1-154
  Scenario: The address in the From field is judged too
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail with From "sakd@sakd.de"
    Then the clerk is told that it was refused with "5"
    And nothing of it is at host dmda

  Scenario: A recipient outside De-Mail is refused
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends mail to "firma@webmail.example" by the gateway
    Then host annaberg-mail is refused with "5"
    And nothing of it is at host dmda
    And nothing of it is in zone internet

  @S0-004 @S0-003
  Scenario: A host that belongs to no tenant is refused
    Given the matrix also lets kdn-stranger reach gateway on port 25
    When host kdn-stranger submits mail from "poststelle@annaberg-buchholz.example" to the gateway
    Then host kdn-stranger is refused with "5"
    And nothing of it is at host dmda

  @S0-016 @S0-005 @S1-027
  Scenario: A domain that is not bound to the ITSP cannot be used
    Given the account of annaberg is not bound to the ITSP
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then the clerk gets a delivery status notification with status "5"
    And nothing of it is in zone internet
    When the account of annaberg is bound to the ITSP
    And clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
