@scenario-4 @administered @S1-184
Feature: Scenario 4: make a new gateway administrator of the tenant
  Stadt Freital gets another administrator of its part of the gateway, who can do exactly what the role says.

  Actors: municipality, KDN, SID
  Trigger: The municipality needs a new gateway administrator.
  Preconditions: Power of attorney for KDN to administer the gateway in the role User Admin (without end).
  Postconditions: The new gateway administrator of the tenant is set up.
  Alternative A: The new gateway administrator is made by the municipality itself. It must set up, or have set up, an
    administrator in the role User Admin at the gateway.

  @S1-185 @S1-186 @S1-150
  Scenario: KDN GmbH makes the administrator
    Given freital uses the gateway service
    And freital gives KDN GmbH a power of attorney as "user-admin" without end
    When KDN GmbH makes gateway administrator "freital-mapping" of freital as "account-admin"
    Then administrator "freital-mapping" sees only tenant freital
    When administrator "freital-mapping" of freital maps "bauamt@freital.example" to "poststelle@freital.de-mail.de"
    And the citizen sends a De-Mail to "poststelle@freital.de-mail.de"
    Then it arrives unchanged in mailbox "bauamt@freital.example"
    And it arrives unchanged in mailbox "poststelle@freital.example"

  @S1-187 @S1-186 @S1-150
  Scenario: Alternative A: the municipality makes the administrator itself
    Given freital uses the gateway service
    When the municipality makes gateway administrator "freital-technik" of freital as "technischer-admin"
    Then administrator "freital-technik" sees only tenant freital
    When administrator "freital-technik" of freital sets CatchAll of domain freital.de-mail.de to "zentrale@freital.example"
    And the representative opens mailbox "standesamt@freital.de-mail.de" in the account of freital
    And the citizen sends a De-Mail to "standesamt@freital.de-mail.de"
    Then it arrives unchanged in mailbox "zentrale@freital.example"

  @S1-186 @S1-139 @S1-149 @S1-150 @S1-151
  Scenario Outline: The new administrator can do what the role <role> says, and no more
    Given freital uses the gateway service
    And the municipality makes gateway administrator "freital-neu" of freital as "<role>"
    When administrator "freital-neu" of freital tries to map "bauamt@freital.example" to "poststelle@freital.de-mail.de"
    Then <mapping>
    When administrator "freital-neu" of freital tries to set CatchAll of domain freital.de-mail.de to "zentrale@freital.example"
    Then <technical>
    When administrator "freital-neu" of freital tries to make administrator "freital-anderer" as "account-admin"
    Then <users>

    Examples:
      | role              | mapping                          | technical                        | users                            |
      | account-admin     | it is done                       | it is refused because of "S1-151" | it is refused because of "S1-150" |
      | technischer-admin | it is refused because of "S1-149" | it is done                       | it is refused because of "S1-150" |
      | user-admin        | it is refused because of "S1-149" | it is refused because of "S1-151" | it is done                       |

  @S1-185
  Scenario: A power of attorney for another role makes no administrators
    Given freital uses the gateway service
    And freital gives KDN GmbH a power of attorney as "technischer-admin, account-admin" without end
    When KDN GmbH tries to make gateway administrator "freital-neu" of freital as "account-admin"
    Then it is refused because of "D9"

  @S1-185
  Scenario: Without a power of attorney KDN GmbH makes no administrators
    Given freital uses the gateway service
    When KDN GmbH tries to make gateway administrator "freital-neu" of freital as "account-admin"
    Then it is refused because of "D9"

  @S0-065 @S1-041
  Scenario: SID makes an administrator on a change request only
    Given freital uses the gateway service
    When SID tries without a change request to make gateway administrator "freital-neu" of freital
    Then it is refused because of "D10b"
    And the audit log of freital says who did it, by which right
    When SID makes on a change request gateway administrator "freital-neu" of freital
    Then administrator "freital-neu" sees only tenant freital

  @S0-065
  Scenario: The Support Administrator writes nothing without a change request
    Given freital uses the gateway service
    When the Support Administrator of SID tries to enrol another municipality without a change request
    Then it is refused because of "D10b"
    When the Support Administrator of SID tries to map "bauamt@freital.example" to "poststelle@freital.de-mail.de" for freital without a change request
    Then it is refused because of "D10b"

  @S1-147
  Scenario: A tenant is never left without somebody who administers it
    Given freital uses the gateway service
    When the municipality tries to revoke its only User Admin of freital
    Then it is refused because of "S1-147"
