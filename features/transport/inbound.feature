@S0-001 @S1-009 @S1-128 @S1-129
Feature: A citizen's De-Mail reaches the clerk's mailbox
  A citizen sends a De-Mail to an authority. The DMDA puts it into the authority's De-Mail mailbox, where
  it stays, and pushes a copy to the gateway, which finds the mapped e-mail mailbox and delivers it to the
  tenant's mail server. The clerk gets the De-Mail as it is: header and body octet for octet, with trace
  fields above (decision D17); otherwise no proof would hold. The pilot's accounts confirm every receipt
  (decision D21).

  Scenario Outline: It is delivered unchanged
    When the citizen sends a De-Mail to "<demail>" with <body>
    Then it arrives unchanged in mailbox "<mailbox>"
    And host <server> is reached on port 25 from 172.16.0.25
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "<mailbox>"

    Examples:
      | tenant   | demail                                  | mailbox                              | server        | body              |
      | sakd     | info@sakd.de-mail.de                    | sakd@sakd.de                         | sakd-mail     | text with umlauts |
      | annaberg | poststelle@annaberg-buchholz.de-mail.de | poststelle@annaberg-buchholz.example | annaberg-mail | base64 attachment |
      | radebeul | poststelle@radebeul.de-mail.de          | poststelle@radebeul.example          | radebeul-mail | S/MIME message    |
      | pirna    | poststelle@pirna.de-mail.de             | poststelle@pirna.example             | pirna-mail    | 20 MiB            |

  @S4-018
  Scenario: Who is not the DMDA cannot deliver a De-Mail
    Given the matrix also lets internet-host reach gateway on port 465
    When host internet-host submits mail for "poststelle@annaberg-buchholz.de-mail.de" to the gateway's provider side
    Then host internet-host is refused
    And nothing of it is in zone tenant-annaberg
