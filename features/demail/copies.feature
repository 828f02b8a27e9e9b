@S1-012
Feature: A blind copy is a De-Mail of its own
  For each blind recipient the DMDA makes a De-Mail with a message id, integrity and confirmations of its own; what
  the others get says nothing about it (TR-01201-3.4 3.1.8, TR-01201-3.1 step 29). The gateway must not give the
  blind recipient away, whichever way it takes the mail over.

  Scenario: The clerk sends a blind copy
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends "pn_buergerin@t-systems.de-mail.de" a De-Mail with a blind copy to "antrag.stellerin@t-systems.de-mail.de"
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
    And a copy of it arrives in mailbox "antrag.stellerin@t-systems.de-mail.de"
    And what arrived in mailbox "pn_buergerin@t-systems.de-mail.de" does not name "antrag.stellerin@t-systems.de-mail.de"

  @S1-129
  Scenario: Two tenants get one De-Mail, one of them blindly
    When the account holder of antragstellerin sends "poststelle@annaberg-buchholz.de-mail.de" a De-Mail from "antrag.stellerin@t-systems.de-mail.de" with a blind copy to "poststelle@pirna.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a copy of it arrives in mailbox "poststelle@pirna.example"
    And what arrived in mailbox "poststelle@annaberg-buchholz.example" does not name "poststelle@pirna.de-mail.de"
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in mailbox "poststelle@pirna.example"
    And 2 confirmations of receipt arrive in mailbox "antrag.stellerin@t-systems.de-mail.de"
