@S1-055
Feature: A wrong PIN does not block the card, and the right one ends the trouble at once
  Three wrong PINs block the card for good. So the gateway presents a PIN that the card has refused once and never
  again, however often a supervisor starts it anew, and tells the operator once what is the matter (S1-055).

  Scenario: A wrong PIN is counted once, whatever restarts the gateway
    Given the gateway is given a wrong PIN and started again
    When the gateway is killed and started again
    And the gateway is killed and started again
    And the gateway is killed and started again
    Then the ITSP card allows 2 more wrong PINs
    And "esv@sid.sachsen.de" is alerted about "card PIN"

  Scenario: With the right PIN what waited goes out at once
    Given the gateway is given a wrong PIN and started again
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    And 2 hours pass
    Then nothing of it is at host dmda yet
    And "esv@sid.sachsen.de" is alerted about "card PIN"
    When the gateway is given the right PIN and started again
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de" within 5 minutes
