@administered @S0-054
Feature: The account of the service is what happened
  The service is available 98.5 % of a month (S0-054, decision D1) and never interrupted for more than 240 minutes at
  a stretch in a week (S0-056, D2). What lies outside the operator's control is not counted, if somebody proves it
  (S0-055, D4). The bench counts every second again.

  @S0-056
  Scenario Outline: One disturbance is counted to the second
    Given a disturbance from <from> to <until> is recorded
    Then the account from <begin> to <end> is what happened
    And in it <period> <holds>

    Examples:
      | what                                  | from                      | until                     | begin                     | end                       | period   | holds         |
      | 240 min 0 s                           | 2015-10-07T10:00:00+02:00 | 2015-10-07T14:00:00+02:00 | 2015-10-01T00:00:00+02:00 | 2015-11-01T00:00:00+01:00 | 2015-W41 | holds         |
      | 240 min 1 s                           | 2015-10-07T10:00:00+02:00 | 2015-10-07T14:00:01+02:00 | 2015-10-01T00:00:00+02:00 | 2015-11-01T00:00:00+01:00 | 2015-W41 | does not hold |
      | 98.5 % of October to the second       | 2015-10-07T10:00:00+02:00 | 2015-10-07T21:10:30+02:00 | 2015-10-01T00:00:00+02:00 | 2015-11-01T00:00:00+01:00 | 2015-10  | holds         |
      | a second more than that               | 2015-10-07T10:00:00+02:00 | 2015-10-07T21:10:31+02:00 | 2015-10-01T00:00:00+02:00 | 2015-11-01T00:00:00+01:00 | 2015-10  | does not hold |
      | over the border of a week, the first  | 2015-10-11T21:00:00+02:00 | 2015-10-12T02:00:00+02:00 | 2015-10-01T00:00:00+02:00 | 2015-11-01T00:00:00+01:00 | 2015-W41 | does not hold |
      | over the border of a week, the second | 2015-10-11T21:00:00+02:00 | 2015-10-12T02:00:00+02:00 | 2015-10-01T00:00:00+02:00 | 2015-11-01T00:00:00+01:00 | 2015-W42 | does not hold |
      | up to the border of a week            | 2015-10-11T19:00:00+02:00 | 2015-10-12T00:00:00+02:00 | 2015-10-01T00:00:00+02:00 | 2015-11-01T00:00:00+01:00 | 2015-W42 | holds         |

    @extended
    Examples: years and nights that are longer or shorter
      | what                                  | from                      | until                     | begin                     | end                       | period   | holds         |
      | 98.5 % of the short March 2015        | 2015-03-04T10:00:00+01:00 | 2015-03-04T21:08:42+01:00 | 2015-03-01T00:00:00+01:00 | 2015-04-01T00:00:00+02:00 | 2015-03  | holds         |
      | a second more in March                | 2015-03-04T10:00:00+01:00 | 2015-03-04T21:08:43+01:00 | 2015-03-01T00:00:00+01:00 | 2015-04-01T00:00:00+02:00 | 2015-03  | does not hold |
      | over the border of a year             | 2014-12-31T21:00:00+01:00 | 2015-01-01T01:00:01+01:00 | 2014-12-01T00:00:00+01:00 | 2015-02-01T00:00:00+01:00 | 2015-W01 | does not hold |
      | in a leap year's week 53              | 2012-12-31T08:00:00+01:00 | 2012-12-31T12:00:00+01:00 | 2012-12-01T00:00:00+01:00 | 2013-01-01T00:00:00+01:00 | 2013-W01 | holds         |
      | on a leap day                         | 2012-02-29T20:00:00+01:00 | 2012-03-01T00:00:01+01:00 | 2012-02-01T00:00:00+01:00 | 2012-03-01T00:00:00+01:00 | 2012-W09 | does not hold |
      | in the night with an hour less        | 2015-03-29T00:00:00+01:00 | 2015-03-29T05:00:00+02:00 | 2015-03-01T00:00:00+01:00 | 2015-04-01T00:00:00+02:00 | 2015-W13 | holds         |
      | in the night with an hour more        | 2015-10-25T00:00:00+02:00 | 2015-10-25T03:00:01+01:00 | 2015-10-01T00:00:00+02:00 | 2015-11-01T00:00:00+01:00 | 2015-W43 | does not hold |

  @S0-056
  Scenario: Two short disturbances are not one long
    Given a disturbance from 2015-10-07T10:00:00+02:00 to 2015-10-07T12:10:00+02:00 is recorded
    And a disturbance from 2015-10-07T12:10:01+02:00 to 2015-10-07T14:20:01+02:00 is recorded
    Then the account from 2015-10-01T00:00:00+02:00 to 2015-11-01T00:00:00+01:00 is what happened
    And in it 2015-W41 holds

  @S0-056
  Scenario: Two disturbances that meet are one
    Given a disturbance from 2015-10-07T10:00:00+02:00 to 2015-10-07T12:10:00+02:00 is recorded
    And a disturbance from 2015-10-07T12:10:00+02:00 to 2015-10-07T14:20:00+02:00 is recorded
    Then the account from 2015-10-01T00:00:00+02:00 to 2015-11-01T00:00:00+01:00 is what happened
    And in it 2015-W41 does not hold

  @S0-055
  Scenario Outline: What lies outside the operator's control is not counted, if it is proven
    Given a disturbance from 2015-10-07T08:00:00+02:00 to 2015-10-07T20:00:00+02:00 is recorded
    When the operator puts it down to <cause> without evidence
    Then it is refused because of "D4"
    And the account from 2015-10-01T00:00:00+02:00 to 2015-11-01T00:00:00+01:00 is what happened
    And in it 2015-W41 does not hold
    When the operator puts it down to <cause> by "Ticket 4711"
    Then it is done
    And the account from 2015-10-01T00:00:00+02:00 to 2015-11-01T00:00:00+01:00 is what happened
    And in it 2015-W41 holds
    And in it 2015-10 holds

    Examples:
      | cause         |
      | dmda          |
      | carrier       |
      | tenant        |
      | force-majeure |

  @S0-049 @S0-055
  Scenario: Maintenance of the DMDA follows the DMDA's conditions
    Given a disturbance from 2015-10-07T08:00:00+02:00 to 2015-10-07T20:00:00+02:00 is recorded
    When the operator puts it down to dmda by "Wartungsankündigung des DMDA vom Vortag"
    Then it is done
    And the account from 2015-10-01T00:00:00+02:00 to 2015-11-01T00:00:00+01:00 is what happened
    And in it 2015-W41 holds

  @S0-055
  Scenario: Where an own fault overlaps a foreign one, the own counts
    Given a disturbance from 2015-10-07T11:00:00+02:00 to 2015-10-07T16:00:01+02:00 is recorded
    And a disturbance from 2015-10-07T08:00:00+02:00 to 2015-10-07T20:00:00+02:00 is recorded
    When the operator puts it down to dmda by "Ticket 4711"
    Then it is done
    And the account from 2015-10-01T00:00:00+02:00 to 2015-11-01T00:00:00+01:00 is what happened
    And in it 2015-W41 does not hold

  @S0-055 @S0-065
  Scenario: Nobody classifies without a change request
    Given a disturbance from 2015-10-07T08:00:00+02:00 to 2015-10-07T20:00:00+02:00 is recorded
    When the operator puts it down to dmda by "Ticket 4711" without change request
    Then it is refused because of "D10b"
    And the account from 2015-10-01T00:00:00+02:00 to 2015-11-01T00:00:00+01:00 is what happened
    And in it 2015-W41 does not hold

  @S0-055
  Scenario: An outage of the DMDA is not the gateway's
    Given the DMDA answers 451 to MAIL for 8 hours
    When clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    And 9 hours pass
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"
    And the clerk gets a delivery status notification with status "4"
    And the account of the last 9 hours is what happened
    And in it 2015-W45 holds

  @S0-056
  Scenario: The gateway's own log and the probes tell of the same outage
    Given probes look at the gateway from annaberg each minute
    When 1 hours pass
    And the gateway is stopped
    And 5 hours pass
    And the gateway is started again
    And 1 hours pass
    Then the account of the last 7 hours is what happened
    And in it 2015-W45 does not hold
    And it agrees with what the probes measured

  @S0-056
  Scenario: The gateway's own log tells of a crash
    Given probes look at the gateway from annaberg each minute
    And the gateway will be killed in the instant in which sakd-mail reads its 250
    When 1 hours pass
    And clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    Then the gateway has been killed
    When 5 hours pass
    And the gateway is started again
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"
    And the account of the last 6 hours is what happened
    And in it 2015-W45 does not hold
    And it agrees with what the probes measured

  Scenario: Times that cannot be are refused
    When the Administrator of the operator does "incident.open":
      | start  | now+1h                  |
      | impact | De-Mails bleiben liegen |
    Then it is refused
    When the Administrator of the operator does "incident.open":
      | start  | now-1h                  |
      | impact | De-Mails bleiben liegen |
    Then it is done
    And its number is called "disturbance"
    When the Administrator of the operator does "incident.close":
      | incident | {disturbance} |
      | end      | now-2h        |
    Then it is refused
    When the Administrator of the operator does "incident.close":
      | incident | {disturbance} |
      | end      | now+1h        |
    Then it is refused
    When the Administrator of the operator does "availability.report":
      | from  | now+1h |
      | until | now+2h |
    Then it is refused
