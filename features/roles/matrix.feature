@administered @S0-017 @S0-019 @S0-032 @S0-065 @S1-041 @S1-048
Feature: Who may do what
  Nineteen actors try every operation of the administration: the three roles of a tenant, a person who has left,
  another tenant, KDN GmbH with each state of a power of attorney, the operator's two roles with and without a
  change request. What must come of it stands in fixtures/roles. Where only a decision of ours says no (D8, D9,
  D10b), a gateway that says yes is warned, not failed.

  Scenario Outline: Everybody tries everything
    When everybody tries every operation of group "<group>"
    Then each is answered as the role table says
    And the audit logs say of each who it was and how it ended

    @S1-149
    Examples: The mapping is the Account Admin's
      | group   |
      | mapping |

    @S1-151
    Examples: Technical settings are the Technischer Admin's
      | group              |
      | technical settings |
      | domains            |

    @S1-150
    Examples: People are the User Admin's
      | group              |
      | people             |
      | powers of attorney |

    @S0-062 @S0-063
    Examples: Papers are the operator's, the account is the tenant's
      | group  |
      | papers |

    @S0-015
    Examples: Tenants are the operator's
      | group      |
      | inspection |
      | tenants    |

    @S0-035
    Examples: The service is the operator's
      | group   |
      | service |
