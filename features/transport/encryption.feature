@S0-038 @S3-012
Feature: Nothing travels in clear
  Between gateway and tenant mail is secured in one of two ways (S0-038): the tenant's line is an IPSEC
  line (S0-039), or both mail servers speak TLS (S0-040). Where neither holds, the mail waits and the
  tenant's technical contact is told (decision D18); it is never sent in clear (S3-012).

  @S0-040
  Scenario: A tenant without STARTTLS gets nothing in clear
    Given radebeul's mail server does not offer STARTTLS
    When the citizen sends a De-Mail to "poststelle@radebeul.de-mail.de"
    And 3 hours pass
    Then between the gateway and radebeul-mail nothing is sent in clear
    And "technik@kdn-gmbh.de" is alerted about "Stadt Radebeul"
    And a confirmation of receipt arrives in the citizen's mailbox
    When radebeul's mail server offers STARTTLS
    Then it arrives unchanged in mailbox "poststelle@radebeul.example"
    And a confirmation of receipt arrives in mailbox "poststelle@radebeul.example"

  @S0-040
  Scenario: A tenant's server that submits in clear is refused
    When host annaberg-mail submits mail from "poststelle@annaberg-buchholz.example" to the gateway in clear
    Then host annaberg-mail is refused with "5"
    And nothing of it is at host dmda

  @S0-039
  Scenario: On an IPSEC line SMTP without TLS is accepted and the carrier sees nothing
    Given pirna's mail server does not offer STARTTLS
    When the citizen sends a De-Mail to "poststelle@pirna.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@pirna.example"
    And nothing of it is readable on the links of segment carrier
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@pirna.example"

  Scenario: Whoever answers in the DMDA's place gets nothing
    Given the DMDA shows a certificate of another authority
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    And 2 hours pass
    Then nothing of it is at host dmda yet
    And "esv@sid.sachsen.de" is alerted about "DMDA"
    When the DMDA shows a certificate of its own authority
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

  @S0-040
  Scenario: Whoever answers in a tenant's place gets nothing
    Given radebeul's mail server shows a certificate of another authority
    When the citizen sends a De-Mail to "poststelle@radebeul.de-mail.de"
    And 3 hours pass
    Then nothing of it is at host radebeul-mail yet
    And "technik@kdn-gmbh.de" is alerted about "Stadt Radebeul"
    And a confirmation of receipt arrives in the citizen's mailbox
    When radebeul's mail server shows a certificate of its own authority
    Then it arrives unchanged in mailbox "poststelle@radebeul.example"
    And a confirmation of receipt arrives in mailbox "poststelle@radebeul.example"
