@administered @S0-047 @S0-053
Feature: While work goes on, mail waits and none is lost
  The gateway is maintained regularly (S0-047). While it is, it says so with a temporary answer instead of vanishing,
  to the tenants' mail servers and to the DMDA; what it had taken before waits (S0-053). The DMDA's web services
  stay usable (S0-052). Afterwards everything is delivered, once. Work that takes longer than announced is told, and
  counts against the operator (decision D3).

  @S0-052 @S0-009
  Scenario: Mail in both directions waits for the end of the work
    Given the operator plans work from working day 4 at 18:00 for 300 min: "De-Mails bleiben bis 23 Uhr liegen"
    And everybody whom it concerns is told in time
    When the time of the work comes
    And the work begins
    Then it is done
    When the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    Then host dmda is refused with "4"
    And the account holder of annaberg finds it in the portal in "poststelle@annaberg-buchholz.de-mail.de"
    When 4 hours pass
    Then nothing of it is in zone tenant-annaberg yet
    When the work ends
    Then it is done
    And it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"
    And the account of the last 24 hours is what happened

  Scenario: A tenant's mail server is told to come again
    Given the operator plans work from working day 4 at 18:00 for 300 min: "De-Mails bleiben bis 23 Uhr liegen"
    And everybody whom it concerns is told in time
    When the time of the work comes
    And the work begins
    Then it is done
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    Then host sakd-mail is refused with "4"
    When 1 hour pass
    Then nothing of it is in the citizen's mailbox yet
    When the work ends
    Then it is done
    And it arrives in the citizen's mailbox from "info@sakd.de-mail.de"

  Scenario: What the gateway had taken before waits too
    Given the operator plans work for annaberg only from working day 5 at 18:00 for 300 min: "De-Mails von Annaberg bleiben liegen"
    And everybody whom it concerns is told in time
    When 72 hours pass
    And the line of annaberg is cut
    And the citizen sends a De-Mail to "poststelle@annaberg-buchholz.de-mail.de"
    And the time of the work comes
    And the work begins
    Then it is done
    When the line of annaberg is healed
    And 3 hours pass
    Then nothing of it is in zone tenant-annaberg yet
    When the work ends
    Then it is done
    And it arrives unchanged in mailbox "poststelle@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "poststelle@annaberg-buchholz.example"

  Scenario: Work for one tenant does not stop another
    Given the operator plans work for annaberg only from working day 4 at 18:00 for 240 min: "De-Mails von Annaberg bleiben liegen"
    And everybody whom it concerns is told in time
    When the time of the work comes
    And the work begins
    Then it is done
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"
    When the work ends
    Then it is done
    And the account of the last 24 hours for annaberg is what happened
    And the account of the last 24 hours for sakd is what happened

  Scenario: Work goes on over a restart of the gateway
    Given the operator plans work from working day 4 at 18:00 for 300 min: "De-Mails bleiben bis 23 Uhr liegen"
    And everybody whom it concerns is told in time
    When the time of the work comes
    And the work begins
    Then it is done
    When the gateway is stopped
    And 1 hour pass
    And the gateway is started again
    And clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    Then host sakd-mail is refused with "4"
    When the work ends
    Then it is done
    And it arrives in the citizen's mailbox from "info@sakd.de-mail.de"
    And the account of the last 24 hours is what happened
    And in it 2015-W45 holds

  @S0-054 @S0-056
  Scenario Outline: Work announced for 240 minutes takes longer
    Given the operator plans work from working day 4 at 18:00 for 240 min: "De-Mails bleiben bis 22 Uhr liegen"
    And everybody whom it concerns is told in time
    When the time of the work comes
    And the work begins
    Then it is done
    When 4 hours pass
    And 10 minutes pass
    Then everybody whom it concerns is told of the overrun
    When <hours> hours pass
    And the work ends
    Then it is done
    And the account of the last 24 hours is what happened
    And in it 2015-W45 <holds>

    Examples:
      | longer                            | hours | holds          |
      | 3 hours longer: it counts         | 3     | holds          |
      | 4 hours longer: the week is broken | 4     | does not hold |

  Scenario: What is no window is refused
    When the Administrator of the operator does "maintenance.plan":
      | start  | now-1h                  |
      | end    | now+1h                  |
      | impact | De-Mails bleiben liegen |
    Then it is refused because of "S0-044"
    When the Administrator of the operator does "maintenance.plan":
      | start  | now+2d                  |
      | end    | now+1d                  |
      | impact | De-Mails bleiben liegen |
    Then it is refused because of "S0-044"
    When the Administrator of the operator does "maintenance.plan":
      | start  | now+2d                  |
      | end    | now+2d                  |
      | impact | De-Mails bleiben liegen |
    Then it is refused because of "S0-044"
    When the Administrator of the operator does "maintenance.plan":
      | start  | now+2d                  |
      | end    | now+400d                |
      | impact | De-Mails bleiben liegen |
    Then it is refused because of "S0-044"
    When the Administrator of the operator does "maintenance.start":
      | maintenance | W-77 |
    Then it is refused because of "S0-047"
    When the Support Administrator of the operator does "maintenance.plan":
      | start  | now+2d                  |
      | end    | now+3d                  |
      | impact | De-Mails bleiben liegen |
    Then it is refused because of "S0-035"

  Scenario: Work that begins before its time holds mail back too
    Given the operator plans work from working day 4 at 18:00 for 300 min: "De-Mails bleiben bis 23 Uhr liegen"
    And everybody whom it concerns is told in time
    When the work begins
    Then it is done
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    Then host sakd-mail is refused with "4"
    And nothing of it is in the citizen's mailbox yet
    When the work ends
    Then it is done
    And it arrives in the citizen's mailbox from "info@sakd.de-mail.de"
    And the account of the last 24 hours is what happened
