@administered @S0-044
Feature: Who plans work on the gateway tells people in time
  Work that will probably take longer than 240 minutes is told to the technical contacts three working days
  before (S0-044), with the window and its effects (S0-045); all other work in good time to all named responsible
  persons (S0-050). A notice counts when the contact's mail server has taken it, until the end of service hours,
  by the holidays of Saxony (decisions D5, D6, D30). Nobody is asked for consent (S0-051).

  @S0-045 @S0-050 @S0-074
  Scenario: Everybody named is told at once, with window and effects
    When the operator plans work from working day 5 at 18:00 for 300 min: "De-Mails bleiben bis 23 Uhr liegen"
    Then it is done
    And everybody whom it concerns is told in time
    And the answer says until when people must be told

  @S0-046 @S0-050
  Scenario: Up to 240 minutes a working day is enough
    When the operator plans work from working day 2 at 18:00 for 240 min: "De-Mails bleiben bis 22 Uhr liegen"
    Then it is done
    And the answer says until when people must be told
    And everybody whom it concerns is told in time

  @S0-046
  Scenario: One second longer, and the same notice is late
    When the operator plans work from working day 1 at 18:00 for 240 min 1 s: "De-Mails bleiben liegen"
    Then it is done
    And the answer says until when people must be told
    And everybody whom it concerns is told late

  @S0-050
  Scenario: Only those whom the work concerns are told
    When the operator plans work for annaberg only from working day 5 at 18:00 for 300 min: "De-Mails von Annaberg bleiben liegen"
    Then it is done
    And everybody whom it concerns is told in time

  Scenario Outline: The deadline counts working days of Saxony
    When the operator plans work from <start> for <length>: "De-Mails bleiben liegen"
    Then it is done
    And the answer says until when people must be told
    And everybody whom it concerns is told at all

    Examples:
      | day                                  | start                                                    | length      |
      | the day after Easter                 | the working day after Ostermontag at 06:00               | 241 min     |
      | the day after Repentance Day         | the working day after Buß- und Bettag at 18:00           | 300 min     |
      | the day after Christmas              | the working day after 2. Weihnachtstag at 18:00          | 300 min     |

    @extended
    Examples: every other holiday, and the nights in which the clock changes
      | day                                  | start                                                    | length      |
      | the day after New Year               | the working day after Neujahr at 18:00                   | 240 min 1 s |
      | the day after New Year, short        | the working day after Neujahr at 18:00                   | 240 min     |
      | Good Friday itself                   | Karfreitag at 08:00                                      | 300 min     |
      | the day after Labour Day             | the working day after Tag der Arbeit at 18:00            | 300 min     |
      | the day after Ascension Day          | the working day after Christi Himmelfahrt at 18:00       | 300 min     |
      | the day after Whitsun                | the working day after Pfingstmontag at 00:00             | 300 min     |
      | the day after German Unity Day       | the working day after Tag der Deutschen Einheit at 18:00 | 300 min     |
      | the day after Reformation Day        | the working day after Reformationsfest at 18:00          | 300 min     |
      | the day after Repentance Day, short  | the working day after Buß- und Bettag at 18:00           | 240 min     |
      | the night in which the clock goes on | the Sunday on which the clock goes forward at 00:00      | 240 min 1 s |
      | the night that has an hour more      | the Sunday on which the clock goes back at 00:00         | 240 min 1 s |
      | the night that has an hour more, too | the Sunday on which the clock goes back at 00:00         | 240 min     |

  Scenario: By the other way of counting the deadline is a working day earlier
    Given the gateway counts whole working days between a notice and the work
    When the operator plans work from the working day after Ostermontag at 18:00 for 300 min: "De-Mails bleiben liegen"
    Then it is done
    And the answer says until when people must be told
    And everybody whom it concerns is told in time

  @S0-050
  Scenario: Moved work is told anew
    When the operator plans work from working day 6 at 18:00 for 300 min: "De-Mails bleiben liegen"
    Then it is done
    And everybody whom it concerns is told in time
    When the operator moves the work to working day 7 at 20:00 for 360 min: "De-Mails bleiben bis 2 Uhr liegen"
    Then it is done
    And everybody whom it concerns is told in time
    And the answer says until when people must be told
    When the work is cancelled: "Das Update wurde zurückgezogen"
    Then it is done
    And everybody whom it concerns is told at all

  Scenario Outline: The last moment before Repentance Day 2015
    Given it is <now>
    When the operator plans work from 2015-11-19T18:00:00+01:00 for 300 min: "De-Mails bleiben liegen"
    Then it is done
    And everybody whom it concerns is told <how>
    When the time of the work comes
    And the work begins
    Then it is done
    When 5 hours pass
    And the work ends
    Then it is done
    And the account of the last 24 hours is what happened
    And in it 2015-W47 <holds>

    Examples: The third working day before is Friday, 13 November, service ends at 14:00
      | how             | now                                  | holds          |
      | in time         | working day 9 at 13:59               | holds          |
      | disputably late | working day 9 at 14:01               | holds          |
      | late            | the day after working day 9 at 00:01 | does not hold  |

  Scenario: A notice counts when it is taken, not when it was sent
    Given the internal name server answers SERVFAIL for 60 hours
    When the operator plans work from 2015-11-05T18:00:00+01:00 for 300 min: "De-Mails bleiben liegen"
    Then it is done
    When 62 hours pass
    Then everybody whom it concerns is told late
    When the time of the work comes
    And the work begins
    Then it is done
    When 5 hours pass
    And the work ends
    Then it is done
    And the account of the last 24 hours is what happened
    And in it 2015-W45 does not hold

  @S0-051
  Scenario: Nobody is asked, and nobody can stop it
    Given annaberg has a Technischer Admin
    When the operator plans work from working day 5 at 18:00 for 300 min: "De-Mails bleiben liegen"
    Then it is done
    And its number is called "work"
    And everybody whom it concerns is told in time
    When the Technischer Admin of annaberg does "maintenance.cancel":
      | maintenance | {work}             |
      | reason      | wir widersprechen |
    Then it is refused
    When the Technischer Admin of annaberg does "maintenance.list":
      | from  | now     |
      | until | now+30d |
    Then it is done
    And the answer lists:
      | state   | impact                |
      | planned | De-Mails bleiben liegen |
