@S1-142
Feature: A De-Mail to an address that is not mapped is never lost silently
  Between the day on which a De-Mail address exists and the day on which it is mapped, and after a person has
  left, De-Mails come to addresses without a mailbox. The Technischer Admin sets for each domain what happens:
  CatchAll puts them into one mailbox (S1-155), BounceAll returns them (S1-156); with neither the De-Mail
  stays at the DMDA and the technical contact is told (decision D11).

  @S1-155 @S1-174
  Scenario: CatchAll delivers to its mailbox
    Given De-Mail address "standesamt@annaberg-buchholz.de-mail.de" of annaberg is not mapped
    And CatchAll of domain annaberg-buchholz.de-mail.de of annaberg is mailbox "poststelle@annaberg-buchholz.example"
    When the citizen sends a De-Mail to "standesamt@annaberg-buchholz.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt stays in "standesamt@annaberg-buchholz.de-mail.de"

  @S1-155
  Scenario: CatchAll leaves mapped addresses alone
    Given CatchAll of domain annaberg-buchholz.de-mail.de of annaberg is mailbox "poststelle@annaberg-buchholz.example"
    When the citizen sends a De-Mail to "standesamt@annaberg-buchholz.de-mail.de"
    Then it arrives unchanged in mailbox "standesamt@annaberg-buchholz.example"
    And nothing of it is in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "standesamt@annaberg-buchholz.example"

  @S1-156
  Scenario: BounceAll refuses and the DMDA tells the sender
    Given De-Mail address "standesamt@annaberg-buchholz.de-mail.de" of annaberg is not mapped
    And BounceAll of domain annaberg-buchholz.de-mail.de of annaberg is refuse
    When the citizen sends a De-Mail to "standesamt@annaberg-buchholz.de-mail.de"
    Then host dmda is refused with "550 5.1.1"
    And a notification of unknown-recipient arrives in the citizen's mailbox
    And nothing of it is in zone tenant-annaberg
    And the account holder of annaberg finds it in the portal in "standesamt@annaberg-buchholz.de-mail.de"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt stays in "standesamt@annaberg-buchholz.de-mail.de"

  @S1-156
  Scenario: BounceAll replies by a De-Mail of the tenant
    Given De-Mail address "standesamt@annaberg-buchholz.de-mail.de" of annaberg is not mapped
    And BounceAll of domain annaberg-buchholz.de-mail.de of annaberg is reply from "poststelle@annaberg-buchholz.de-mail.de"
    And the gateway knows that the account of annaberg confirms every receipt
    When the citizen sends a De-Mail to "standesamt@annaberg-buchholz.de-mail.de"
    Then an answer of the gateway about it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de" and says "Eingangsbestätigung wurde ausgestellt"
    And nothing of it is in zone tenant-annaberg
    And the account holder of annaberg finds it in the portal in "standesamt@annaberg-buchholz.de-mail.de"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt stays in "standesamt@annaberg-buchholz.de-mail.de"

  @S1-174
  Scenario: With neither, it stays at the DMDA and somebody is told
    Given De-Mail address "standesamt@annaberg-buchholz.de-mail.de" of annaberg is not mapped
    When the citizen sends a De-Mail to "standesamt@annaberg-buchholz.de-mail.de"
    Then "technik@kdn-gmbh.de" is alerted about "standesamt@annaberg-buchholz.de-mail.de"
    And nothing of it is in zone tenant-annaberg
    And the account holder of annaberg finds it in the portal in "standesamt@annaberg-buchholz.de-mail.de"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt stays in "standesamt@annaberg-buchholz.de-mail.de"
