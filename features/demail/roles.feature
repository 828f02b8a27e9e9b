@S0-061
Feature: Each person of an account may do what its role allows
  Representatives may do everything in their account; administrators manage mailboxes, subdomains, users, passwords
  and forwarding; publishing, master data and the people are kept for representatives (S1-118 to S1-126). Staff use
  their mailboxes. The operator of the gateway has no business here (S0-062).

  @S1-118 @S1-119 @S1-120 @S1-121 @S1-122 @S1-123 @S1-124 @S1-125 @S1-126
  Scenario Outline: Who may do what
    Then in the account of annaberg the representative can <what>
    But in the account of pirna the administrator <administrator> <what>
    And in the account of radebeul the staff cannot <what>

    Examples:
      | what                              | administrator |
      | publish an entry in the directory | cannot        |
      | name an administrator             | cannot        |
      | change the master data            | cannot        |
      | open a mailbox                    | can           |
      | open a subdomain                  | can           |
      | add a user                        | can           |
      | reset a password                  | can           |
      | set up forwarding                 | can           |

  @S1-125
  Scenario: After a reset the old password is worth nothing
    Given the staff of annaberg can sign in at the portal at level normal
    When in the account of annaberg the administrator can reset a password
    Then the staff of annaberg cannot sign in at the portal at level normal

  @S1-126
  Scenario: Forwarding goes to De-Mail addresses only
    Then in the account of annaberg the administrator cannot forward to e-mail

  @S1-126
  Scenario: What is forwarded reaches both mailboxes
    When in the account of annaberg the administrator can set up forwarding
    And the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    Then it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a copy of it arrives in mailbox "sakd@sakd.de"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"

  @S0-062
  Scenario: The operator of the gateway does not get into the account
    Then the operator of annaberg cannot sign in at the portal at level high
    And the operator of annaberg cannot sign in at the portal at level normal
    And the DMDA has on record that the sign-in of "operator of annaberg" was refused

  @S1-052 @S1-100
  Scenario: The hotline serves registered administrators
    Then the hotline serves the administrator of annaberg
    But the hotline sends away the staff of annaberg
    And the hotline sends away the stranger of annaberg
    And the DMDA raises an alarm about "ask the hotline for support"
