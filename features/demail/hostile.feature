@S1-036
Feature: A gateway in wrong hands gets nothing through
  One card opens many accounts, so the DMDA must not take the gateway's word for anything: it assigns each De-Mail
  to the right account and raises an alarm about attempts (TR-01201-6.1 10.1, 6.3.8); what only the DMDA may write
  it does not take from a client (TR-01201-3.1 step 29); and half a dialog is no De-Mail (RFC 5321 4.2.5).

  Scenario Outline: It sends for an account that is not its
    When a gateway in wrong hands sends the citizen a De-Mail as "<sender>"
    Then host gateway is refused with "550 5.7.1"
    And the DMDA raises an alarm about "<alarm>"
    And nothing of it is at host dmda

    Examples:
      | sender                               | alarm                      |
      | pn_anwohner@t-systems.de-mail.de     | is not bound to it         |
      | kdn@kdn-sachsen.de-mail.de           | not enabled for gateway    |
      | niemand@unbekannt.de-mail.de         | belongs to no account      |

  Scenario: It names another account's address in the From field
    When a gateway in wrong hands sends the citizen a De-Mail as "info@sakd.de-mail.de" with From "poststelle@annaberg-buchholz.de-mail.de"
    Then host gateway is refused with "550 5.7.1"
    And nothing of it is at host dmda

  Scenario Outline: It forges what only the DMDA may write
    When a gateway in wrong hands sends the citizen a De-Mail as "info@sakd.de-mail.de" with the field "<field>"
    Then host gateway is refused with "<reply>"
    And nothing of it is at host dmda

    Examples:
      | case                       | field                                            | reply     |
      | the level                  | X-de-mail-auth-level: high                       | 550 5.7.1 |
      | a blank before the colon   | X-de-mail-auth-level : high                      | 550 5.7.1 |
      | a confirmation of receipt  | x-DE-mail-message-type: confirmation of receipt  | 550 5.7.1 |
      | the account's holder       | X-de-mail-account-holder: Landespolizeidirektion | 550 5.7.1 |
      | the integrity              | X-de-mail-integrity: a=sha256; b=Zm9yZ2Vk        | 550 5.7.1 |
      | the sender                 | X-de-mail-sender: poststelle@pirna.de-mail.de    | 550 5.7.1 |
      | an option that is none     | X-de-mail-confirmation-of-receipt: perhaps       | 554 5.6.0 |
      | an answer by the Internet  | Reply-To: buergerin@webmail.example              | 550 5.1.7 |

  Scenario: It speaks before it is greeted
    When a gateway in wrong hands speaks as "info@sakd.de-mail.de" before the DMDA has greeted
    Then the DMDA's link refuses with "554 5.5.1" at CONNECT
    And nothing of it is at host dmda

  Scenario Outline: The line is cut in the middle of a dialog
    When a gateway in wrong hands sends as "info@sakd.de-mail.de" and the line is cut at <stage>
    And 10 minutes pass
    Then nothing of it is at host dmda
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

    Examples:
      | stage            |
      | TLS              |
      | greeting         |
      | EHLO             |
      | AUTH             |
      | MAIL             |
      | RCPT             |
      | DATA             |
      | half the message |
      | the last line    |

  Scenario: It opens more connections than the DMDA bears
    When a gateway in wrong hands opens 80 connections at once
    Then the DMDA's link refuses with "421 4.3.2" at CONNECT
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
