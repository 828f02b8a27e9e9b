@scenario-3 @administered @S1-175
Feature: Scenario 3: connect a new subdomain
  The building authority of Stadt Freital gets a De-Mail subdomain, with a direction of its own.

  Actors: municipality, KDN, SID
  Trigger: The municipality needs a new De-Mail subdomain.
  Preconditions: Power of attorney for KDN to administer the gateway in the role Technischer Admin/Account Admin
    (without end).
  Postconditions: The new De-Mail subdomain is set up in the De-Mail account and at the gateway.
  Alternative A: The municipality has the new subdomain set up in the De-Mail account by KDN. KDN must be named as
    administrator on the order sheet of the De-Mail account.
  Alternative B: The gateway is administered by the municipality itself. It must set up, or have set up, an
    administrator in the role Technischer Admin/Account Admin at the gateway.
  Hint: State the direction for the subdomain (send and receive De-Mails, or receive only, or send only).
  Hint: Attach the power of attorney for KDN to administer the gateway.
  Hint: To make a new subdomain makes at least one more functional mailbox ("info@...") in the De-Mail account, which
    is to be paid.

  @S1-176 @S1-177 @S1-178 @S1-183 @S1-138
  Scenario: KDN GmbH connects the subdomain
    Given freital uses the gateway service
    And freital gives KDN GmbH a power of attorney as "technischer-admin, account-admin" without end
    And the bill of freital has 0 info mailboxes to be paid
    When the representative opens subdomain bau.freital.de-mail.de in the account of freital
    Then the bill of freital has 1 info mailbox to be paid
    And the account of freital is activated, bound to SID and has mailbox "info@bau.freital.de-mail.de"
    When the citizen sends a De-Mail to "info@bau.freital.de-mail.de"
    Then nothing of it is in zone tenant-freital
    And the account holder of freital finds it in the portal in "info@bau.freital.de-mail.de"
    When freital states direction "both" for subdomain bau.freital.de-mail.de
    And KDN GmbH assigns domain bau.freital.de-mail.de of freital to the gateway
    And KDN GmbH maps "bauamt@freital.example" to "info@bau.freital.de-mail.de" for freital
    And the citizen sends a De-Mail to "info@bau.freital.de-mail.de"
    Then it arrives unchanged in mailbox "bauamt@freital.example"
    When clerk "bauamt@freital.example" of freital sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "info@bau.freital.de-mail.de"

  @S1-179 @S1-177 @S1-178
  Scenario: Alternative A: KDN GmbH opens the subdomain in the account too
    Given freital uses the gateway service, and KDN GmbH is administrator of its account
    And freital gives KDN GmbH a power of attorney as "technischer-admin, account-admin" without end
    When KDN GmbH opens subdomain bau.freital.de-mail.de in the account of freital
    And freital states direction "both" for subdomain bau.freital.de-mail.de
    And KDN GmbH assigns domain bau.freital.de-mail.de of freital to the gateway
    And KDN GmbH maps "bauamt@freital.example" to "info@bau.freital.de-mail.de" for freital
    And the citizen sends a De-Mail to "info@bau.freital.de-mail.de"
    Then it arrives unchanged in mailbox "bauamt@freital.example"
    When clerk "bauamt@freital.example" of freital sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "info@bau.freital.de-mail.de"

  @S1-179
  Scenario: Who is not named on the order sheet does not open the subdomain
    Given freital uses the gateway service
    And freital gives KDN GmbH a power of attorney as "technischer-admin, account-admin" without end
    When the DMDA does not let KDN GmbH open subdomain bau.freital.de-mail.de in the account of freital
    And KDN GmbH tries to have subdomain "bau.freital.de-mail.de" opened in the account of freital at the gateway
    Then it is refused because of "S1-162"

  @S1-180 @S1-177 @S1-178
  Scenario: Alternative B: the municipality connects the subdomain itself
    Given freital uses the gateway service
    When the representative opens subdomain bau.freital.de-mail.de in the account of freital
    And freital states direction "both" for subdomain bau.freital.de-mail.de
    And the municipality assigns domain bau.freital.de-mail.de of freital to the gateway
    And the municipality maps "bauamt@freital.example" to "info@bau.freital.de-mail.de" for freital
    And the citizen sends a De-Mail to "info@bau.freital.de-mail.de"
    Then it arrives unchanged in mailbox "bauamt@freital.example"
    When clerk "bauamt@freital.example" of freital sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "info@bau.freital.de-mail.de"

  @S1-181
  Scenario: Hint: the subdomain has a direction of its own
    Given freital uses the gateway service
    And the representative opens subdomain bau.freital.de-mail.de in the account of freital
    And freital states direction "receive-only" for subdomain bau.freital.de-mail.de
    When the municipality assigns domain bau.freital.de-mail.de of freital to the gateway
    And the municipality maps "bauamt@freital.example" to "info@bau.freital.de-mail.de" for freital
    And the citizen sends a De-Mail to "info@bau.freital.de-mail.de"
    Then it arrives unchanged in mailbox "bauamt@freital.example"
    When clerk "bauamt@freital.example" of freital sends the citizen a De-Mail
    Then the clerk is told that it was refused with "5"
    And nothing of it is at host dmda
    When clerk "poststelle@freital.example" of freital sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@freital.de-mail.de"

  @S1-181
  Scenario: Hint: without its direction a subdomain is not connected
    Given freital uses the gateway service
    And the representative opens subdomain bau.freital.de-mail.de in the account of freital
    When the municipality tries to assign domain bau.freital.de-mail.de of freital to the gateway
    Then it is refused because of "S1-164"

  @S1-182
  Scenario: Hint: without the power of attorney KDN GmbH connects nothing
    Given freital uses the gateway service
    And the representative opens subdomain bau.freital.de-mail.de in the account of freital
    And freital states direction "both" for subdomain bau.freital.de-mail.de
    When freital tries to give KDN GmbH a power of attorney as "technischer-admin, account-admin" without the signed paper
    Then it is refused because of "S1-167"
    When KDN GmbH tries to assign domain bau.freital.de-mail.de of freital to the gateway
    Then it is refused because of "D9"

  @S1-176
  Scenario: The role Account Admin alone is not enough
    Given freital uses the gateway service
    And the representative opens subdomain bau.freital.de-mail.de in the account of freital
    And freital gives KDN GmbH a power of attorney as "account-admin" without end
    And freital states direction "both" for subdomain bau.freital.de-mail.de
    When KDN GmbH tries to assign domain bau.freital.de-mail.de of freital to the gateway
    Then it is refused because of "D9"

  @S1-154 @S1-178
  Scenario: A subdomain of another tenant cannot be connected
    Given freital uses the gateway service
    And freital states direction "both" for subdomain bau.radebeul.de-mail.de
    When the municipality tries to assign domain bau.radebeul.de-mail.de of freital to the gateway
    Then it is refused because of "S1-154 or S0-016"

  @S1-142 @S1-155
  Scenario: CatchAll leads to a mailbox of the tenant only
    Given freital uses the gateway service
    When the municipality tries to set CatchAll of domain freital.de-mail.de of freital to "poststelle@radebeul.example"
    Then it is refused because of "D11"

  @S0-063 @S0-064
  Scenario: The first subdomain is activated by SID on the municipality's written order
    Given freital uses the gateway service
    When freital orders in writing that SID opens subdomain bau.freital.de-mail.de, and SID documents it on a change request
    And SID tries on a written order only to have mailbox "leitung@bau.freital.de-mail.de" opened in the account of freital
    Then it is refused because of "S0-064"

  @S0-062
  Scenario: Without a written order SID leaves the account alone
    Given freital uses the gateway service
    When SID tries to have subdomain "bau.freital.de-mail.de" opened in the account of freital
    Then it is refused because of "S0-062"
    And the audit log of freital says who did it, by which right
    When SID tries on a change request only to have subdomain "bau.freital.de-mail.de" opened in the account of freital
    Then it is refused because of "S0-062"

  @S1-157
  Scenario: CatchAll and BounceAll exclude each other
    Given freital uses the gateway service
    And the municipality sets CatchAll of domain freital.de-mail.de of freital to "zentrale@freital.example"
    When the municipality tries to set BounceAll of domain freital.de-mail.de of freital
    Then it is refused because of "S1-157"

  @S1-141
  Scenario: Where De-Mails are delivered changes with the next one
    Given the matrix also lets gateway reach freital-mail on port 2525
    And freital uses the gateway service
    When the municipality sets the next hop of freital to mail.freital.example port 2525
    And the citizen sends a De-Mail to "poststelle@freital.de-mail.de"
    And 10 minutes pass
    Then nothing of it is at host freital-mail yet
    When the municipality sets the next hop of freital to mail.freital.example port 25
    Then it arrives unchanged in mailbox "poststelle@freital.example"
