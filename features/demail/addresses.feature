@S1-149 @S1-152
Feature: An address is the same in any case of its letters
  The mapping table is read by people and programs that write addresses as they like. An address is found
  however it is spelt (TR-01201-2.1 2.1.3), and only when it is the address: a part of it, an alias, a
  look-alike of the De-Mail domain is another one (S0-008, S1-153). Outside, nobody reads an address of the
  tenant's inside (S1-152).

  Scenario: A sender in capital letters is found in the mapping
    When clerk "Poststelle@Annaberg-Buchholz.EXAMPLE" of annaberg sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

  Scenario: A recipient in capital letters is found in the mapping
    When the citizen sends a De-Mail to "Standesamt@Annaberg-Buchholz.de-mail.de"
    Then it arrives unchanged in mailbox "standesamt@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "standesamt@annaberg-buchholz.example"

  Scenario: Every mailbox of a De-Mail address gets its copy
    When the citizen sends a De-Mail to "ordnungsamt@radebeul.de-mail.de"
    Then it arrives unchanged in mailbox "ordnungsamt@radebeul.example"
    And it arrives unchanged in mailbox "ordnungsamt-vertretung@radebeul.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "ordnungsamt@radebeul.example"
    And a confirmation of receipt arrives in mailbox "ordnungsamt-vertretung@radebeul.example"

  Scenario Outline: The citizen reads no address of the tenant's inside
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail with the field "<field>"
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    And it shows the citizen nothing of annaberg

    Examples:
      | field                                                |
      | Reply-To: <poststelle@annaberg-buchholz.example>     |
      | Cc: <standesamt@annaberg-buchholz.example>           |
      | Bcc: <bauamt@annaberg-buchholz.example>              |
      | Received: from pc17.annaberg-buchholz.example by x   |
      | Sender: <poststelle@annaberg-buchholz.example>       |

  @S1-153
  Scenario Outline: Whoever is in no mapping is refused, whatever his address
    When somebody of <tenant> who is in no mapping sends the citizen a De-Mail
    Then host <server> is refused with "5"
    And nothing of it is at host dmda
    And nothing of it is in zone internet

    Examples:
      | tenant   | server        |
      | annaberg | annaberg-mail |
      | sakd     | sakd-mail     |

  @S1-153
  Scenario: A part of an address is not the address
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail as "poststelle+info@annaberg-buchholz.example"
    Then host annaberg-mail is refused with "5"
    And nothing of it is at host dmda

  @S0-008 @S1-153
  Scenario Outline: What looks like De-Mail and is not stays here
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends mail to "<recipient>" by the gateway
    Then host annaberg-mail is refused with "5"
    And nothing of it is at host dmda
    And nothing of it is in zone internet

    Examples:
      | recipient                            |
      | buergerin@evil-de-mail.de            |
      | buergerin@t-systems.de-mail.de.example |
      | buergerin@de-mail.de                 |

  @S1-153
  Scenario: One recipient outside De-Mail does not keep the mail from the others
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends mail to the citizen and to "firma@webmail.example" by the gateway
    Then host annaberg-mail is refused with "5" for "firma@webmail.example"
    And it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    And nothing of it is in zone internet
