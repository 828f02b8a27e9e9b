@S1-050
Feature: An account goes through its states, and each allows what it allows
  An account is ordered, registered, identified, enabled and activated before it can be used (S1-102 to S1-112,
  decision D7); later it may be blocked, restricted, ended and dissolved (TR-01201-2.1 3). What a state allows
  shows in the portal, at the senders of De-Mails to it, and at the clerk behind the gateway.

  @S0-027 @S1-086 @S1-087 @S1-102 @S1-103 @S1-104 @S1-105 @S1-106 @S1-107 @S1-108 @S1-109 @S1-111 @S1-112
  Scenario: From the order sheet to the first De-Mail in the portal
    Given freital hands in its order sheet
    Then the representative of freital cannot sign in at the portal at level high
    When the DMDA registers the account of freital
    Then the DMDA cannot enable the account of freital yet
    When the citizen sends a De-Mail to "poststelle@freital.de-mail.de"
    Then a notification of unknown-recipient arrives in the citizen's mailbox
    When an agent of the DMDA identifies the representative of freital in person
    Then the DMDA has documented "identified representative at at the user's by agent 17" about the account of freital
    When the DMDA enables the account of freital
    Then these letters and no others go out by post: "access data to Rathaus, Büro der Leitung, welcome letter to Rathaus, Büro der Leitung, access data to Rathaus, Informationstechnik, welcome letter to Rathaus, Informationstechnik"
    And the representative of freital cannot send "pn_buergerin@t-systems.de-mail.de" a De-Mail by the portal
    When the representative of freital can activate the account
    And the representative of freital can send "pn_buergerin@t-systems.de-mail.de" a De-Mail by the portal
    Then it arrives in the citizen's mailbox from "poststelle@freital.de-mail.de"
    When the citizen sends a De-Mail to "poststelle@freital.de-mail.de"
    Then the administrator of freital finds it in the portal in "poststelle@freital.de-mail.de"

  @S1-101 @S1-110
  Scenario: An administrator activates the account when the order sheet says so
    Given freital hands in its order sheet
    And the DMDA registers the account of freital
    And an agent of the DMDA identifies the representative of freital in person
    And the DMDA enables the account of freital
    Then the administrator of freital can activate the account

  @S1-101 @S1-110
  Scenario: An administrator without that right does not activate the account
    Given the order sheet of freital is taken without the right to activate
    And the DMDA registers the account of freital
    And an agent of the DMDA identifies the representative of freital in person
    And the DMDA enables the account of freital
    Then these letters and no others go out by post: "access data to Rathaus, Büro der Leitung, welcome letter to Rathaus, Büro der Leitung"
    And the administrator of freital cannot activate the account
    And the representative of freital can activate the account

  @S1-087 @S1-088 @S1-089 @S1-090 @S1-093 @S0-027
  Scenario Outline: An incomplete order sheet goes back
    Then the order sheet of freital is sent back without <missing>

    Examples:
      | missing                    |
      | its signature              |
      | a representative who signs |
      | the main domain            |
      | the mailbox                |
      | the representatives        |
      | the holder                 |
      | the ITSP                   |

  @S1-099
  Scenario: An administrator is recommended, not demanded
    Then the order sheet of freital is taken without an administrator

  @S1-056 @S1-012
  Scenario: A full block stops everything and the senders are told
    Given the DMDA blocks the account of annaberg
    Then the representative of annaberg cannot sign in at the portal at level high
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    Then a notification of closed-account arrives in the citizen's mailbox
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then the clerk gets a delivery status notification with status "5"
    When the DMDA unblocks the account of annaberg
    And clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

  @S1-012
  Scenario: Three wrong passwords block one level for a while, and De-Mails go on
    When the representative of annaberg mistypes the password 3 times
    Then the representative of annaberg cannot sign in at the portal at level normal
    And the representative of annaberg can sign in at the portal at level high
    And the administrator of annaberg can sign in at the portal at level normal
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
    When 16 minutes pass
    Then the representative of annaberg can sign in at the portal at level normal

  @S1-012
  Scenario: A lost token leaves level normal
    When the representative of annaberg has lost the token
    Then the representative of annaberg cannot sign in at the portal at level high
    And the representative of annaberg can sign in at the portal at level normal

  @S1-012
  Scenario: A restricted account receives and reads
    Given the DMDA restricts the account of annaberg
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
    And the representative of annaberg finds it in the portal in "poststelle@annaberg-buchholz.de-mail.de"
    And the representative of annaberg cannot send "pn_buergerin@t-systems.de-mail.de" a De-Mail by the portal
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then the clerk gets a delivery status notification with status "5"

  @S0-060 @S1-012
  Scenario: After the end of the contract the account can be read for three months, then it is gone
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
    When the contract of annaberg ends
    Then the representative of annaberg finds it in the portal in "poststelle@annaberg-buchholz.de-mail.de"
    And the representative of annaberg cannot send "pn_buergerin@t-systems.de-mail.de" a De-Mail by the portal
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then the clerk gets a delivery status notification with status "5"
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    Then a notification of closed-account arrives in the citizen's mailbox
    When 10 days pass
    And the holder of annaberg is told that the account will be dissolved
    And 60 days pass
    Then the DMDA cannot dissolve the account of annaberg yet
    And the representative of annaberg can read "poststelle@annaberg-buchholz.de-mail.de" in the portal
    When 25 days pass
    And the DMDA dissolves the account of annaberg
    Then the representative of annaberg cannot sign in at the portal at level high

  @S0-059 @S0-060
  Scenario: An authority changes to another DMDA and takes its domain along
    When the contract of annaberg ends and its domains are released
    Then the representative of annaberg can read "poststelle@annaberg-buchholz.de-mail.de" in the portal
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    Then a notification of unknown-recipient arrives in the citizen's mailbox

  @S0-031
  Scenario: The gateway acts for an account only while its access is switched on
    Given the DMDA switches the gateway access of annaberg off
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then the clerk gets a delivery status notification with status "5.7.1"
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    And 2 hours pass
    Then nothing of it is in mailbox "poststelle@annaberg-buchholz.example"
    And the representative of annaberg finds it in the portal in "poststelle@annaberg-buchholz.de-mail.de"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt stays in "poststelle@annaberg-buchholz.de-mail.de"
    When the DMDA switches the gateway access of annaberg on
    And clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

  @S1-053 @S1-091
  Scenario: An account is bound to an ITSP that has an account itself
    Then the DMDA cannot bind the account of annaberg to ITSP "7100009999"
    And the DMDA can bind the account of annaberg to ITSP "7100002768"

  @S0-060
  Scenario: The account goes on without the gateway
    Given the account of annaberg is not bound to the ITSP
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    Then the representative of annaberg finds it in the portal in "poststelle@annaberg-buchholz.de-mail.de"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt stays in "poststelle@annaberg-buchholz.de-mail.de"
    When the representative of annaberg can send "pn_buergerin@t-systems.de-mail.de" a De-Mail by the portal
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

  @S3-011
  Scenario Outline: Every mailbox of an account can be reached
    When the citizen sends a De-Mail to "<demail>"
    Then it arrives unchanged in mailbox "<mailbox>"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "<mailbox>"

    Examples:
      | demail                                  | mailbox                              |
      | poststelle@annaberg-buchholz.de-mail.de | poststelle@annaberg-buchholz.example |
      | standesamt@annaberg-buchholz.de-mail.de | standesamt@annaberg-buchholz.example |
