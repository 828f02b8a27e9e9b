@administered @S1-039
Feature: A disturbance goes to the desk that attends to it
  Disturbances of signature and encryption go to BaK ESV in service hours (S0-042), those of the platform to the UHD
  (S0-043), questions about the gateway to BaK ESV (S0-066), those about a tenant's own De-Mail account to its DMDA
  (S0-067). Suspected misuse leads to a request to the DMDA to block the certificate (S1-036). Service hours are
  assumed (decision D30).

  Scenario Outline: What is reported in service hours is attended to at once
    When the Support Administrator of the operator does "incident.open":
      | start  | now                     |
      | kind   | <kind>                  |
      | impact | De-Mails bleiben liegen |
    Then it is done
    And the answer says:
      | state   | open      |
      | channel | <channel> |
      | counted | <counted> |

    @S0-042
    Examples: signature and encryption
      | kind      | channel                         | counted |
      | signature | BaK ESV <esv@sid.sachsen.de>    | true    |

    @S0-043
    Examples: the platform
      | kind      | channel                         | counted |
      | platform  | UHD <support@egov.sachsen.de>   | true    |

    @S0-066
    Examples: advice
      | kind      | channel                         | counted |
      | advice    | BaK ESV <esv@sid.sachsen.de>    | false   |

    @S0-067
    Examples: the tenant's own account
      | kind      | channel                         | counted |
      | account   | DMDA                            | false   |

  @S0-042
  Scenario Outline: What is reported out of service hours waits for them
    Given it is <now>
    When the Support Administrator of the operator does "incident.open":
      | start  | now                     |
      | kind   | signature               |
      | impact | De-Mails bleiben liegen |
    Then it is done
    And the answer says:
      | attended | <attended> |

    Examples:
      | now                                   | attended                  |
      | working day 4 at 14:00                | 2015-11-09T08:00:00+01:00 |
      | the day after working day 4 at 10:00  | 2015-11-09T08:00:00+01:00 |
      | working day 11 at 16:00               | 2015-11-19T08:00:00+01:00 |

  @S1-036
  Scenario: Suspected misuse is kept, and the certificate blocked
    When the Administrator of the operator does "incident.open":
      | start  | now                                  |
      | kind   | misuse                               |
      | impact | Verdacht auf Missbrauch der Karte    |
    Then it is done
    And the audit log of the operator says who did it, by which right
    When the DMDA has blocked the ITSP
    And clerk "sakd@sakd.de" of sakd sends the citizen a De-Mail
    And 2 hours pass
    Then nothing of it is in the citizen's mailbox yet
    And "esv@sid.sachsen.de" is alerted about "DMDA"
    When the DMDA has released the ITSP
    Then it arrives in the citizen's mailbox from "info@sakd.de-mail.de"
