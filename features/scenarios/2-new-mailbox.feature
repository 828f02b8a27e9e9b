@scenario-2 @administered @S1-168
Feature: Scenario 2: set up a new mailbox
  The registry office of Stadt Freital gets a De-Mail address of its own. Mail to the new address shows what it was
  before and what it is after.

  Actors: municipality, KDN
  Trigger: The municipality needs a new De-Mail mailbox.
  Preconditions: Power of attorney for KDN to administer the gateway in the role Account Admin (without end).
  Postconditions: The new De-Mail mailbox is set up in the De-Mail account. The mapping table at the gateway was
    updated accordingly.
  Alternative A: The municipality has the new mailbox set up in the De-Mail account by KDN. KDN must be named as
    administrator on the order sheet of the De-Mail account.
  Alternative B: The municipality keeps the mapping table itself. It must set up, or have set up, an administrator in
    the role Account Admin at the gateway.

  @S1-169 @S1-170 @S1-171 @S1-174 @S1-149
  Scenario: KDN GmbH maps the new mailbox
    Given freital uses the gateway service
    And freital gives KDN GmbH a power of attorney as "account-admin" without end
    And the municipality sets CatchAll of domain freital.de-mail.de of freital to "zentrale@freital.example"
    When the representative opens mailbox "standesamt@freital.de-mail.de" in the account of freital
    And the citizen sends a De-Mail to "standesamt@freital.de-mail.de"
    Then it arrives unchanged in mailbox "zentrale@freital.example"
    When KDN GmbH maps "standesamt@freital.example" to "standesamt@freital.de-mail.de" for freital
    And the citizen sends a De-Mail to "standesamt@freital.de-mail.de"
    Then it arrives unchanged in mailbox "standesamt@freital.example"
    When clerk "standesamt@freital.example" of freital sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "standesamt@freital.de-mail.de"

  @S1-170 @S1-171
  Scenario: Before the mailbox is there, nobody is reached
    Given freital uses the gateway service
    When the citizen sends a De-Mail to "standesamt@freital.de-mail.de"
    Then a notification of unknown-recipient arrives in the citizen's mailbox
    And nothing of it is in zone tenant-freital
    When clerk "standesamt@freital.example" of freital sends the citizen a De-Mail
    Then the clerk is told that it was refused with "5"
    And nothing of it is at host dmda

  @S1-172 @S1-170 @S1-171
  Scenario: Alternative A: KDN GmbH opens the mailbox in the account too
    Given freital uses the gateway service, and KDN GmbH is administrator of its account
    And freital gives KDN GmbH a power of attorney as "account-admin" without end
    When KDN GmbH opens mailbox "standesamt@freital.de-mail.de" in the account of freital
    And KDN GmbH maps "standesamt@freital.example" to "standesamt@freital.de-mail.de" for freital
    And the citizen sends a De-Mail to "standesamt@freital.de-mail.de"
    Then it arrives unchanged in mailbox "standesamt@freital.example"
    When clerk "standesamt@freital.example" of freital sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "standesamt@freital.de-mail.de"

  @S1-172
  Scenario: Who is not named on the order sheet does not open the mailbox
    Given freital uses the gateway service
    And freital gives KDN GmbH a power of attorney as "account-admin" without end
    When the DMDA does not let KDN GmbH open mailbox "standesamt@freital.de-mail.de" in the account of freital
    And KDN GmbH tries to have mailbox "standesamt@freital.de-mail.de" opened in the account of freital at the gateway
    Then it is refused because of "S1-162"
    When the citizen sends a De-Mail to "standesamt@freital.de-mail.de"
    Then a notification of unknown-recipient arrives in the citizen's mailbox

  @S1-173 @S1-149
  Scenario: Alternative B: the municipality keeps the mapping table itself
    Given freital uses the gateway service
    When the representative opens mailbox "standesamt@freital.de-mail.de" in the account of freital
    And the municipality maps "standesamt@freital.example" to "standesamt@freital.de-mail.de" for freital
    And the citizen sends a De-Mail to "standesamt@freital.de-mail.de"
    Then it arrives unchanged in mailbox "standesamt@freital.example"
    When clerk "standesamt@freital.example" of freital sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "standesamt@freital.de-mail.de"

  @S1-169
  Scenario: Without a power of attorney KDN GmbH maps nothing
    Given freital uses the gateway service
    When KDN GmbH tries to map "standesamt@freital.example" to "poststelle@freital.de-mail.de" for freital
    Then it is refused because of "D9"
    And the audit log of freital says who did it, by which right

  @S1-169
  Scenario: A power of attorney for another role is not enough
    Given freital uses the gateway service
    And freital gives KDN GmbH a power of attorney as "user-admin" without end
    When KDN GmbH tries to map "standesamt@freital.example" to "poststelle@freital.de-mail.de" for freital
    Then it is refused because of "D9"

  @S1-149 @S1-171
  Scenario: An e-mail address has one De-Mail address
    Given freital uses the gateway service
    And the representative opens mailbox "standesamt@freital.de-mail.de" in the account of freital
    When the municipality tries to map "poststelle@freital.example" to "standesamt@freital.de-mail.de" for freital
    Then it is refused because of "D12"

  @S1-154
  Scenario: Another tenant's addresses cannot be mapped
    Given freital uses the gateway service
    When the municipality tries to map "standesamt@freital.example" to "poststelle@radebeul.de-mail.de" for freital
    Then it is refused because of "S1-154"
    When the municipality tries to map "poststelle@radebeul.example" to "poststelle@freital.de-mail.de" for freital
    Then it is refused because of "S1-154"

  @S1-081 @S1-149
  Scenario: Who leaves the municipality sends no more, and De-Mails go where the domain's rule says
    Given freital uses the gateway service
    And the municipality sets CatchAll of domain freital.de-mail.de of freital to "zentrale@freital.example"
    When the municipality takes "poststelle@freital.example" off "poststelle@freital.de-mail.de" in the mapping of freital
    And clerk "poststelle@freital.example" of freital sends the citizen a De-Mail
    Then the clerk is told that it was refused with "5"
    And nothing of it is at host dmda
    When the citizen sends a De-Mail to "poststelle@freital.de-mail.de"
    Then it arrives unchanged in mailbox "zentrale@freital.example"
    And nothing of it is in mailbox "poststelle@freital.example"
