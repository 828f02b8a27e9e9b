@S0-053
Feature: An outage delays mail and loses none
  Lines are cut, name servers fail, the DMDA is busy. Whatever the gateway has accepted waits and is
  delivered once afterwards (S0-053); a temporary failure is never a reason to give a mail up
  (RFC 5321 4.5.4.1, decision D27).

  Scenario: The tenant's line is cut and heals
    Given the line of annaberg is cut
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    And 2 hours pass
    Then nothing of it is in zone tenant-annaberg yet
    When the line of annaberg is healed
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"

  Scenario: The DMDA is busy for an hour
    Given the DMDA answers 451 to MAIL for 1 hour
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"
    And the gateway has tried host dmda at least 4 times in vain

  Scenario: A name server that fails does not bounce mail
    Given the internal name server answers SERVFAIL for 2 hours
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"

  Scenario: A reply is lost after the DMDA has taken the mail
    Given the DMDA's reply to the end of data is lost once
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de", a second copy only with the same Message-ID

  Scenario: The tenant's line is cut for three days
    Given the line of annaberg is cut
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    And 72 hours pass
    And the line of annaberg is healed
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
