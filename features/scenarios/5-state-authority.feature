@administered
Feature: A state authority is served by SID
  For state authorities SID is the one to turn to (S1-038): it commissions the gateway for them, carries out their
  change requests (S1-041), and may administer their account where its order sheet says so (S1-042).

  @S1-040 @S1-041 @S1-145 @S0-015
  Scenario: SID commissions the gateway for a state authority
    Given lfd is ready to be commissioned for direction "both"
    When SID commissions the gateway for lfd, each kind of change on its change request
    And the citizen sends a De-Mail to "poststelle@lfd.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@lfd.example"
    When clerk "poststelle@lfd.example" of lfd sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@lfd.de-mail.de"

  @S0-065 @S1-041
  Scenario Outline: A change request about <kind> lets SID change no mapping
    Given lfd uses the gateway service
    When SID tries on a change request about "<kind>" to map "archiv@lfd.example" to "poststelle@lfd.de-mail.de" for lfd
    Then it is refused because of "D10b"
    And the audit log of lfd says who did it, by which right

    Examples:
      | kind    |
      | domains |
      | smtp    |
      | users   |

  @S1-042
  Scenario: SID administers the account when its order sheet names it
    Given lfd uses the gateway service, and SID is administrator of its account
    When SID opens mailbox "archiv@lfd.de-mail.de" in the account of lfd
    And the authority maps "archiv@lfd.example" to "archiv@lfd.de-mail.de" for lfd
    And the citizen sends a De-Mail to "archiv@lfd.de-mail.de"
    Then it arrives unchanged in mailbox "archiv@lfd.example"

  @S1-042 @S0-062
  Scenario: Without that access SID does not touch the account
    Given lfd uses the gateway service
    When the DMDA does not let SID open mailbox "archiv@lfd.de-mail.de" in the account of lfd
    And SID tries to have mailbox "archiv@lfd.de-mail.de" opened in the account of lfd
    Then it is refused because of "S0-062"

  @S1-043
  Scenario: What SID may do in the authority's name is agreed role by role
    Given lfd uses the gateway service
    And lfd gives SID a power of attorney as "account-admin" without end
    When SID maps by power of attorney "archiv@lfd.example" to "poststelle@lfd.de-mail.de" for lfd
    And SID tries by power of attorney to set CatchAll of domain lfd.de-mail.de of lfd to "archiv@lfd.example"
    Then it is refused because of "D9"
    When the citizen sends a De-Mail to "poststelle@lfd.de-mail.de"
    Then it arrives unchanged in mailbox "archiv@lfd.example"
    And it arrives unchanged in mailbox "poststelle@lfd.example"
