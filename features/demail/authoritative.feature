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

  @S4-016
  Scenario Outline: Every tenant receives and sends what replaces the written form
    When the account holder of antragstellerin sends "<demail>" an authoritative De-Mail from "antrag.stellerin@t-systems.de-mail.de"
    Then it arrives unchanged in mailbox "<mailbox>"
    And the proof of it in mailbox "<mailbox>" holds
    And a confirmation of receipt arrives in mailbox "<mailbox>"
    And a confirmation of receipt arrives in mailbox "antrag.stellerin@t-systems.de-mail.de"
    When clerk "<mailbox>" of <tenant> sends "pn_buergerin@t-systems.de-mail.de" a De-Mail with options "authoritative"
    Then it arrives in the citizen's mailbox from "<demail>"
    And the proof of it in mailbox "pn_buergerin@t-systems.de-mail.de" holds

    Examples:
      | tenant   | mailbox                              | demail                                  |
      | sakd     | sakd@sakd.de                         | info@sakd.de-mail.de                    |
      | annaberg | poststelle@annaberg-buchholz.example | poststelle@annaberg-buchholz.de-mail.de |
      | radebeul | poststelle@radebeul.example          | poststelle@radebeul.de-mail.de          |
      | pirna    | poststelle@pirna.example             | poststelle@pirna.de-mail.de             |
