@S1-012
Feature: Every confirmation that was asked for comes, is right, and no other one
  A sender asks for confirmations of dispatch, receipt and retrieval, and for a De-Mail to be personal or
  authoritative (TR-01201-3.4 3.1.2 to 3.1.6). Each confirmation names the De-Mail by its Message-ID and brings
  the sender's private-id back, is signed by the DMDA, and holds a signed document about that very De-Mail
  (TR-01201-3.4 3.4.1). A copy of the confirmations of receipt and retrieval goes to the recipient.

  Scenario Outline: Options on the way out
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends "pn_buergerin@t-systems.de-mail.de" a De-Mail with options "<options>"
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    When the account holder of buergerin signs in at level high
    Then exactly the confirmations "<clerk gets>" of it arrive in mailbox "poststelle@annaberg-buchholz.example"
    And exactly the confirmations "<citizen gets>" of it arrive in mailbox "pn_buergerin@t-systems.de-mail.de"

    Examples:
      | options                                               | clerk gets                   | citizen gets       |
      | none                                                  | none                         | none               |
      | personal                                              | none                         | none               |
      | authoritative                                         | none                         | none               |
      | dispatch                                              | dispatch                     | none               |
      | dispatch, personal                                    | dispatch                     | none               |
      | dispatch, authoritative                               | dispatch                     | none               |
      | receipt                                               | receipt                      | receipt            |
      | receipt, personal                                     | receipt                      | receipt            |
      | receipt, authoritative                                | receipt                      | receipt            |
      | retrieval                                             | retrieval                    | retrieval          |
      | retrieval, personal                                   | retrieval                    | retrieval          |
      | retrieval, authoritative                              | retrieval                    | retrieval          |
      | dispatch, receipt                                     | dispatch, receipt            | receipt            |
      | dispatch, receipt, retrieval                          | dispatch, receipt, retrieval | receipt, retrieval |
      | dispatch, receipt, retrieval, personal, authoritative | dispatch, receipt, retrieval | receipt, retrieval |

  @S4-019
  Scenario Outline: Options on the way in
    When the account holder of antragstellerin sends "poststelle@annaberg-buchholz.de-mail.de" a De-Mail from "antrag.stellerin@t-systems.de-mail.de" with options "<options>"
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And exactly the confirmations "<sender gets>" of it arrive in mailbox "antrag.stellerin@t-systems.de-mail.de"
    And exactly the confirmations "<clerk gets>" of it arrive in mailbox "poststelle@annaberg-buchholz.example"

    Examples:
      | options                                    | sender gets       | clerk gets |
      | none                                       | receipt           | receipt    |
      | personal                                   | receipt           | receipt    |
      | authoritative                              | receipt           | receipt    |
      | dispatch                                   | dispatch, receipt | receipt    |
      | dispatch, personal                         | dispatch, receipt | receipt    |
      | dispatch, authoritative                    | dispatch, receipt | receipt    |
      | receipt, personal                          | receipt           | receipt    |
      | dispatch, receipt, personal, authoritative | dispatch, receipt | receipt    |

  @S1-129
  Scenario: From tenant to tenant through the gateway twice
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends "info@sakd.de-mail.de" a De-Mail with options "dispatch, receipt, retrieval"
    Then it arrives unchanged in mailbox "sakd@sakd.de"
    And exactly the confirmations "dispatch, receipt, retrieval" of it arrive in mailbox "poststelle@annaberg-buchholz.example"
    And exactly the confirmations "receipt, retrieval" of it arrive in mailbox "sakd@sakd.de"

  Scenario: Only a body entitled to formal service may ask for a confirmation of retrieval
    When clerk "sakd@sakd.de" of sakd sends "pn_buergerin@t-systems.de-mail.de" a De-Mail with options "retrieval"
    Then the clerk gets a delivery status notification with status "5.7.1"
    And nothing of it is at host dmda

  Scenario: A personal De-Mail does not reach who signs in without a token
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends "pn_anwohner@t-systems.de-mail.de" a De-Mail with options "personal"
    Then a notification of other arrives in mailbox "poststelle@annaberg-buchholz.example"
    And nothing of it is in mailbox "pn_anwohner@t-systems.de-mail.de"
