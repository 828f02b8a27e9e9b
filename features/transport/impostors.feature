@S1-154 @S1-009
Feature: Who says that he is another stays who he is
  Whoever sends under the wrong account binds somebody else (TR-01201-6.1 chapter 10). So every mail is judged
  by itself and by where it comes from: the second of a session like the first, the envelope like the From
  field, and nothing that a sender says about himself, or hides in his mail, counts for more than his line
  (S1-009, S1-154).

  Scenario: The second sender of a session is judged like the first
    When host annaberg-mail submits in one session mail from "poststelle@annaberg-buchholz.example", then mail from "sakd@sakd.de"
    Then host annaberg-mail is refused with "5"
    And nothing of it is at host dmda

  Scenario Outline: A mail hidden in another one is none
    When host annaberg-mail submits mail from "poststelle@annaberg-buchholz.example" with, behind <end>, another from "standesamt@annaberg-buchholz.example"
    Then nothing of it is at host dmda
    And nothing of it is in zone internet

    Examples:
      | end             |
      | LF dot LF       |
      | LF dot CR LF    |
      | CR LF dot LF    |
      | CR dot CR       |

  @S0-003 @S0-004
  Scenario Outline: An address that a host claims to have counts nothing
    When host annaberg-mail claims by <way> to be 10.1.11.25 and submits mail from "sakd@sakd.de"
    Then host annaberg-mail is refused with "5"
    And nothing of it is at host dmda

    Examples:
      | way     |
      | XCLIENT |
      | PROXY   |

  @S0-038 @S0-040
  Scenario: What is sent before the TLS handshake is not answered after it
    When host annaberg-mail sends "NOOP" to the gateway before the TLS handshake
    Then host annaberg-mail has got no answer to it

  Scenario: The envelope is judged as the From field is
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail as "sakd@sakd.de" with From "poststelle@annaberg-buchholz.example"
    Then host annaberg-mail is refused with "5"
    And nothing of it is at host dmda

  @S1-152
  Scenario: Under a colleague's address nobody sends
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail with From "standesamt@annaberg-buchholz.example"
    Then the clerk is told that it was refused with "5"
    And nothing of it is at host dmda

  Scenario Outline: No tenant sends as another one
    When clerk "<clerk>" of <tenant> sends the citizen a De-Mail as "<other>"
    Then host <server> is refused with "5"
    And nothing of it is at host dmda

    Examples:
      | tenant   | clerk                                | server        | other                                |
      | sakd     | sakd@sakd.de                         | sakd-mail     | poststelle@annaberg-buchholz.example |
      | annaberg | poststelle@annaberg-buchholz.example | annaberg-mail | poststelle@pirna.example             |
      | radebeul | poststelle@radebeul.example          | radebeul-mail | sakd@sakd.de                         |
      | pirna    | poststelle@pirna.example             | pirna-mail    | poststelle@radebeul.example          |

  @S1-153
  Scenario: Mail without sender is refused
    When host annaberg-mail submits mail with the null sender and From "poststelle@annaberg-buchholz.example" to the gateway
    Then host annaberg-mail is refused with "5"
    And nothing of it is at host dmda

  @S1-012
  Scenario Outline: What only the DMDA may say nobody else says
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail with the field "<field>"
    Then the clerk is told that it was refused with "5"
    And nothing of it is at host dmda

    Examples:
      | field                                       |
      | X-de-mail-sender: sakd@sakd.de-mail.de      |
      | X-de-mail-auth-level: high                  |
      | X-de-mail-account-holder: Freistaat Sachsen |
      | X-de-mail-originator-provider : t-systems   |
      | X-de-mail-authoritative : yes               |
