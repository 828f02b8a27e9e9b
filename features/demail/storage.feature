@S1-063
Feature: A full account goes on receiving
  Two mailboxes and 1 GByte are free (S1-063). When less than a tenth is left the holder is warned; a full account
  sends no more, but what comes is still delivered (TR-01201-3.1 4.1), and the gateway passes it on.

  Scenario: The account is full
    Given the account of annaberg has storage for 500 kB
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de" with base64 attachment
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de" with base64 attachment
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
    And the DMDA's warning about "Speicherplatz" arrives in mailbox "poststelle@annaberg-buchholz.example"
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then the clerk gets a delivery status notification with status "5.2.2"
    And the account holder of annaberg signs in at level high

  @S1-183
  Scenario: What costs extra stands on the bill
    Given on the bill of pirna stand 1 of "mailbox", 0 of them at a price
    When in the account of pirna the administrator can open a mailbox
    Then on the bill of pirna stand 2 of "mailbox", 0 of them at a price
    When in the account of annaberg the administrator can open a mailbox
    Then on the bill of annaberg stand 3 of "mailbox", 1 of them at a price
    When in the account of pirna the administrator can open a subdomain
    Then on the bill of pirna stand 1 of "info mailbox of a subdomain", 1 of them at a price
    And the representative of pirna can read "info@bau.pirna.de-mail.de" in the portal
