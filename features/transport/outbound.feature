@S0-001 @S0-003 @S1-152
Feature: A clerk's mail leaves as a De-Mail
  A clerk writes an ordinary e-mail to a citizen's De-Mail address and sends it by the tenant's own mail
  server. One central gateway serves all tenants of SVN and KDN (S0-001, S0-003): it takes the mail, puts
  the mapped De-Mail address in place of the sender's (S1-152) and hands it to the DMDA. Two tenants may
  have the same addresses at home; 1:1 NAT tells them apart, and the gateway keeps them apart (S1-009).
  The gateway stands in the central services, inside SVN/KDN (S1-010).

  @S1-009 @S1-010
  Scenario: Two tenants with the same addresses at home send
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    And host gateway is reached on port 25 from 10.1.11.25
    And host gateway is reached on port 25 from 10.2.12.25
    And host dmda is reached on port 465 from 192.0.2.25

  @S3-009
  Scenario Outline: The body arrives octet for octet
    When clerk "standesamt@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail with <body>
    Then it arrives in the citizen's mailbox from "standesamt@annaberg-buchholz.de-mail.de"

    Examples:
      | body               |
      | text with umlauts  |
      | base64 attachment  |
      | S/MIME message     |
      | 20 MiB             |

  @S0-039 @S1-131
  Scenario: A tenant on an IPSEC line sends
    When clerk "poststelle@pirna.example" of pirna sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@pirna.de-mail.de"
    And host gateway is reached on port 25 from 10.3.14.25
