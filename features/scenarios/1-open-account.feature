@scenario-1 @administered @S1-158
Feature: Scenario 1: open a De-Mail account and connect it to the gateway service
  What a municipality asks for first. Stadt Freital has ordinary mail over KDN only; everybody does his own part
  with his own rights, and real De-Mails prove the end.

  Actors: municipality, DMDA T-Systems, KDN, SID
  Trigger: The municipality orders a De-Mail account and the De-Mail gateway service.
  Preconditions: Power of attorney for KDN to administer the gateway in the role Technischer Admin/Account Admin,
    limited to the time of the commissioning (at most 4 weeks).
  Postconditions: The De-Mail account is activated and can be used. The commissioning at the De-Mail gateway is done.
  Alternative A: The account is activated and administered by KDN. KDN must be named as administrator on the order
    sheet of the De-Mail account.
  Alternative B: The gateway is administered by the municipality itself. It must set up, or have set up, an
    administrator in the role Technischer Admin/Account Admin at the gateway.
  Hint: State the direction for the domain (send and receive De-Mails, or receive only, or send only).
  Hint: Attach the power of attorney for KDN to administer the gateway.

  @S1-159 @S1-160 @S1-161 @S1-136 @S1-138 @S1-143 @S1-145 @S0-005 @S0-015
  Scenario: KDN GmbH commissions the gateway for a municipality
    When freital orders a De-Mail account
    And the DMDA identifies the representative of freital and enables the account
    And the representative activates the account of freital
    And freital accepts the terms of use and orders the commissioning for direction "both"
    Then freital is not among the tenants of the gateway
    When SID enrols freital
    Then freital is among the tenants of the gateway
    When freital gives KDN GmbH a power of attorney as "technischer-admin, account-admin" for 28 days
    And KDN GmbH assigns domain freital.de-mail.de of freital to the gateway
    And SID makes the administrators of freital
    And KDN GmbH sets the connection and the initial mapping of freital
    Then the account of freital is activated, bound to SID and has mailbox "poststelle@freital.de-mail.de"
    When the citizen sends a De-Mail to "poststelle@freital.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@freital.example"
    When clerk "poststelle@freital.example" of freital sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@freital.de-mail.de"
    And the account holder of freital finds it in the portal among what "poststelle@freital.de-mail.de" sent
    When the account holder of freital sends "pn_buergerin@t-systems.de-mail.de" a De-Mail from "poststelle@freital.de-mail.de" with options "none"
    Then it arrives in the citizen's mailbox from "poststelle@freital.de-mail.de"
    When freital ends the commissioning
    And KDN GmbH tries to map "bauamt@freital.example" to "poststelle@freital.de-mail.de" for freital
    Then it is refused because of "D9"

  @S1-162 @S1-136 @S1-160 @S1-161
  Scenario: Alternative A: KDN GmbH activates and administers the account
    When freital orders a De-Mail account and names KDN GmbH as its administrator
    And the DMDA identifies the representative of freital and enables the account
    And KDN GmbH activates the account of freital
    And KDN GmbH opens mailbox "bauamt@freital.de-mail.de" in the account of freital
    And freital accepts the terms of use and orders the commissioning for direction "both"
    And SID enrols freital
    And freital gives KDN GmbH a power of attorney as "technischer-admin, account-admin" for 28 days
    And KDN GmbH commissions the gateway for freital
    And KDN GmbH maps "bauamt@freital.example" to "bauamt@freital.de-mail.de" for freital
    Then the account of freital is activated, bound to SID and has mailbox "bauamt@freital.de-mail.de"
    When the citizen sends a De-Mail to "bauamt@freital.de-mail.de"
    Then it arrives unchanged in mailbox "bauamt@freital.example"
    When clerk "bauamt@freital.example" of freital sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "bauamt@freital.de-mail.de"

  @S1-162
  Scenario: Who is not named on the order sheet does not activate the account
    When freital orders a De-Mail account
    And the DMDA identifies the representative of freital and enables the account
    Then the DMDA does not let KDN GmbH activate the account of freital
    When the representative activates the account of freital
    Then the DMDA does not let KDN GmbH open mailbox "bauamt@freital.de-mail.de" in the account of freital
    When freital accepts the terms of use and orders the commissioning for direction "both"
    And SID enrols freital
    And KDN GmbH tries to have mailbox "bauamt@freital.de-mail.de" opened in the account of freital at the gateway
    Then it is refused because of "S1-162"

  @S1-163 @S1-136 @S1-140 @S1-161 @S0-032
  Scenario: Alternative B: the municipality administers the gateway itself
    When freital orders a De-Mail account
    And the DMDA identifies the representative of freital and enables the account
    And the representative activates the account of freital
    And freital accepts the terms of use and orders the commissioning for direction "both"
    And SID enrols freital
    And SID makes the administrators of freital
    And the municipality commissions the gateway for freital
    Then the audit log of freital says who did it, by which right
    When the citizen sends a De-Mail to "poststelle@freital.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@freital.example"
    When clerk "poststelle@freital.example" of freital sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@freital.de-mail.de"
    When KDN GmbH tries to map "bauamt@freital.example" to "poststelle@freital.de-mail.de" for freital
    Then it is refused because of "D9"

  @S1-164 @S1-165
  Scenario: Hint: a domain ordered to receive only receives and does not send
    Given freital is ready to be commissioned for direction "receive-only"
    When the municipality commissions the gateway for freital
    And the citizen sends a De-Mail to "poststelle@freital.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@freital.example"
    When clerk "poststelle@freital.example" of freital sends the citizen a De-Mail
    Then the clerk is told that it was refused with "5"
    And nothing of it is at host dmda

  @S1-164 @S1-166
  Scenario: Hint: a domain ordered to send only sends and does not receive
    Given freital is ready to be commissioned for direction "send-only"
    When the municipality commissions the gateway for freital
    And clerk "poststelle@freital.example" of freital sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@freital.de-mail.de"
    When the citizen sends a De-Mail to "poststelle@freital.de-mail.de"
    Then nothing of it is in mailbox "poststelle@freital.example"
    And the account holder of freital finds it in the portal in "poststelle@freital.de-mail.de"

  @S1-164
  Scenario: Hint: an order without direction is incomplete
    Given freital is ready to be commissioned for direction ""
    When the municipality tries to assign domain freital.de-mail.de of freital to the gateway
    Then it is refused because of "S1-164"

  @S1-167
  Scenario: Hint: without the signed power of attorney KDN GmbH gets no role
    Given freital is ready to be commissioned for direction "both"
    When freital tries to give KDN GmbH a power of attorney as "technischer-admin, account-admin" without the signed paper
    Then it is refused because of "S1-167"
    When KDN GmbH tries to assign domain freital.de-mail.de of freital to the gateway
    Then it is refused because of "D9"

  @S1-159
  Scenario: A power of attorney for the commissioning lasts at most four weeks
    Given freital is ready to be commissioned for direction "both"
    When freital tries to give KDN GmbH a power of attorney as "technischer-admin, account-admin" for 29 days
    Then it is refused because of "S1-159"

  @S1-159
  Scenario: When the four weeks are over, the open session of KDN GmbH has no rights left
    Given freital is ready to be commissioned for direction "both"
    And freital gives KDN GmbH a power of attorney as "technischer-admin, account-admin" for 28 days
    When KDN GmbH commissions the gateway for freital
    And 672 hours pass
    And KDN GmbH tries to map "bauamt@freital.example" to "poststelle@freital.de-mail.de" for freital
    Then it is refused because of "D9"
    And the audit log of freital says who did it, by which right

  @S1-159
  Scenario: When a power of attorney ends in the middle of a session, its rights end at once
    Given freital is ready to be commissioned for direction "both"
    And freital gives KDN GmbH a power of attorney as "technischer-admin, account-admin" for 20 seconds
    When KDN GmbH assigns domain freital.de-mail.de of freital to the gateway
    And 21 seconds pass
    And KDN GmbH tries to map "poststelle@freital.example" to "poststelle@freital.de-mail.de" for freital
    Then it is refused because of "D9"

  @S1-159
  Scenario: A power of attorney that was revoked ends at once
    Given freital is ready to be commissioned for direction "both"
    And freital gives KDN GmbH a power of attorney as "technischer-admin, account-admin" for 28 days
    When KDN GmbH commissions the gateway for freital
    And freital revokes the power of attorney
    And KDN GmbH tries to map "bauamt@freital.example" to "poststelle@freital.de-mail.de" for freital
    Then it is refused because of "D9"

  @S1-159 @S1-154
  Scenario: The power of attorney of one tenant opens nothing of another
    Given freital is ready to be commissioned for direction "both"
    And freital gives KDN GmbH a power of attorney as "technischer-admin, account-admin" for 28 days
    When KDN GmbH tries with the power of attorney of freital to map "bauamt@radebeul.example" to "poststelle@radebeul.de-mail.de" for radebeul
    Then it is refused because of "D9"

  @S0-016 @S1-138
  Scenario: A domain that the DMDA has not bound to SID cannot be commissioned
    Given freital is ready to be commissioned for direction "both"
    And the DMDA takes the account of freital off the ITSP
    When the municipality tries to assign domain freital.de-mail.de of freital to the gateway
    Then it is refused because of "S0-016"

  @S0-008
  Scenario: A domain that is not one of the participating DMDA cannot be commissioned
    Given freital is ready to be commissioned for direction "both"
    And freital states direction "both" for domain freital.de-mail.example
    When the municipality tries to assign domain freital.de-mail.example of freital to the gateway
    Then it is refused because of "S0-008"
    When freital states direction "both" for domain freital-beim-anderen-dmda.de-mail.de
    And the municipality tries to assign domain freital-beim-anderen-dmda.de-mail.de of freital to the gateway
    Then it is refused because of "S0-008 or S0-016"

  @S1-014
  Scenario: The pilot takes twenty tenants
    Given SID enrols 16 further municipalities
    When SID tries to enrol freital
    Then it is refused because of "D22"

  @S1-144
  Scenario: Before the domain is assigned nothing can be mapped
    Given freital is ready to be commissioned for direction "both"
    When the municipality tries to map "poststelle@freital.example" to "poststelle@freital.de-mail.de" for freital
    Then it is refused

  @S0-018 @S0-073 @S0-074
  Scenario Outline: Without <what> nobody is enrolled
    When SID tries to enrol freital without <what>
    Then it is refused because of "<rule>"
    And freital is not among the tenants of the gateway

    Examples:
      | what                     | rule   |
      | its named administrators | S0-018 |
      | its process owner        | S0-073 |
      | its technical contact    | S0-074 |
