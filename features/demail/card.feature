@S1-055
Feature: Without its card the gateway sends nothing, and says so
  The gateway proves itself at the DMDA by a card and its PIN (S1-055, decision D16). When the card is
  removed or blocked, mail waits and the operator is told, once; when the card works again the mail goes
  out, once. When misuse is suspected the DMDA blocks the certificate (S1-036).

  Scenario: The card is removed and put back
    Given the ITSP card is removed
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    And 2 hours pass
    Then nothing of it is at host dmda yet
    And "esv@sid.sachsen.de" is alerted about "card"
    When the ITSP card is put back
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

  @S1-036 @S1-056
  Scenario: The DMDA blocks the operator's gateway and releases it
    Given the DMDA has blocked the ITSP
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    And 2 hours pass
    Then nothing of it is in the citizen's mailbox yet
    And "esv@sid.sachsen.de" is alerted about "DMDA"
    When the DMDA has released the ITSP
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

  @S1-009
  Scenario: A block of one tenant's account does not stop the others
    Given the DMDA has blocked the account of annaberg
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then the clerk gets a delivery status notification with status "5"
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"

  Scenario: The card is renewed without an outage
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    When the ITSP card is replaced by a new one
    And clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"
    And the gateway has proven itself by the new card

  Scenario: A blocked card is replaced
    Given the ITSP card is blocked
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    And 2 hours pass
    Then nothing of it is at host dmda yet
    And "esv@sid.sachsen.de" is alerted about "card"
    When the ITSP card is replaced by a new one
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    And the gateway has proven itself by the new card

  @S1-033
  Scenario: A certificate that has ended is not used, and the operator is told before and after
    When the ITSP card is replaced by one that ends in 20 days
    Then "esv@sid.sachsen.de" is alerted about "certificate expires"
    When 21 days pass
    And clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    And 2 hours pass
    Then nothing of it is at host dmda yet
    And "esv@sid.sachsen.de" is alerted about "(card)"
    When the ITSP card is replaced by a new one
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

  @S1-033
  Scenario: The end of the gateway's own certificate is announced, and it is renewed without an outage
    When the gateway's own certificate is replaced by one that ends in 20 days
    Then "esv@sid.sachsen.de" is alerted about "certificate expires"
    When the gateway's own certificate is replaced by a new one
    And the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

  @S1-033
  Scenario: The end of the card's certificate is announced
    When the ITSP card is replaced by one that ends in 20 days
    Then "esv@sid.sachsen.de" is alerted about "certificate expires"
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
