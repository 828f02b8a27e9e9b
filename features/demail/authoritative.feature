@S4-017 @S1-012
Feature: An authoritative De-Mail keeps its proof
  A De-Mail sent as authoritative (absenderbestätigt) replaces the written form: the DMDA signs it with its
  qualified signature, and the proof holds as long as not an octet of header or body changes
  (TR-01201-3.4 3.1.13). The gateway must hand it to the tenant so that the proof still holds there
  (S4-017, decision D17).

  Scenario: The proof holds at the tenant's mail server
    When the account holder of sakd sends "poststelle@annaberg-buchholz.de-mail.de" an authoritative De-Mail from "info@sakd.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And the proof of it in mailbox "poststelle@annaberg-buchholz.example" holds
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in mailbox "sakd@sakd.de"
