@administered
Feature: A tenant leaves the gateway service
  At the end of the pilot a tenant may keep its account and use the portal, or go to another DMDA (S0-059, S0-060,
  S1-019). Nothing of it stays open at the gateway, and no De-Mail is lost on the way.

  @S0-060 @S0-004
  Scenario: After the off-boarding nothing is sent or received by the gateway, and the account stays
    Given freital uses the gateway service
    When SID off-boards freital
    And clerk "poststelle@freital.example" of freital sends the citizen a De-Mail
    Then the clerk is told that it was refused with "5"
    And nothing of it is at host dmda
    When the citizen sends a De-Mail to "poststelle@freital.de-mail.de"
    Then nothing of it is in zone tenant-freital
    And the account holder of freital finds it in the portal in "poststelle@freital.de-mail.de"
    When the account holder of freital sends "pn_buergerin@t-systems.de-mail.de" a De-Mail from "poststelle@freital.de-mail.de" with options "none"
    Then it arrives in the citizen's mailbox from "poststelle@freital.de-mail.de"

  @S0-060 @S0-032
  Scenario: The administrators of a tenant that has left are nobody any more
    Given freital uses the gateway service
    When SID off-boards freital
    And the municipality tries to map "bauamt@freital.example" to "poststelle@freital.de-mail.de" for freital
    Then it is refused
    When KDN GmbH tries to map "bauamt@freital.example" to "poststelle@freital.de-mail.de" for freital
    Then it is refused

  @S0-060 @S0-016
  Scenario: When the DMDA takes the account off SID, the gateway neither sends nor receives for it
    Given freital uses the gateway service
    When the DMDA takes the account of freital off the ITSP
    And the citizen sends a De-Mail to "poststelle@freital.de-mail.de"
    Then nothing of it is in zone tenant-freital
    And the account holder of freital finds it in the portal in "poststelle@freital.de-mail.de"
    When clerk "poststelle@freital.example" of freital sends the citizen a De-Mail
    Then the clerk gets a delivery status notification with status "5"
    And nothing of it is in the citizen's mailbox

  @S0-059
  Scenario: The contract ends with the pilot, and nothing goes through the gateway
    Given freital uses the gateway service
    When freital leaves the DMDA at the end of the pilot, and its domains are released
    And clerk "poststelle@freital.example" of freital sends the citizen a De-Mail
    Then the clerk gets a delivery status notification with status "5"
    And nothing of it is in the citizen's mailbox
    When the citizen sends a De-Mail to "poststelle@freital.de-mail.de"
    Then a notification of unknown-recipient arrives in the citizen's mailbox
    And nothing of it is in zone tenant-freital
