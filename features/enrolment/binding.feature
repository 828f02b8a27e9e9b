@administered @S0-016
Feature: Only what the DMDA has bound is assigned to the gateway
  The gateway administers accounts of the participating DMDA and no others; their domains end in de-mail.de
  (S0-008). Before a domain is assigned to it, the DMDA has bound the domain to the gateway's ITSP (S0-016); the
  gateway asks the DMDA at that moment, because a list of its own would be wrong one day.

  Scenario: A domain whose account is not bound is not assigned, and is as soon as it is bound
    Given annaberg has a Technischer Admin
    And the account of annaberg is not bound to the ITSP
    When the Technischer Admin of annaberg does "domain.bind":
      | tenant    | annaberg                     |
      | domain    | annaberg-buchholz.de-mail.de |
      | direction | both                         |
    Then it is refused because of "S0-016"
    When the account of annaberg is bound to the ITSP
    And the Technischer Admin of annaberg does "domain.bind":
      | tenant    | annaberg                     |
      | domain    | annaberg-buchholz.de-mail.de |
      | direction | both                         |
    Then it is done

  Scenario: A subdomain that the account does not have is not assigned
    Given annaberg has a Technischer Admin
    When the Technischer Admin of annaberg does "domain.bind":
      | tenant    | annaberg                         |
      | domain    | bau.annaberg-buchholz.de-mail.de |
      | direction | both                             |
    Then it is refused because of "S0-016"

  @S0-007
  Scenario: A domain of another provider is not assigned
    Given annaberg has a Technischer Admin
    When the Technischer Admin of annaberg does "domain.bind":
      | tenant    | annaberg              |
      | domain    | andere-dmda.de-mail.de |
      | direction | both                  |
    Then it is refused because of "S0-016"

  @S0-008
  Scenario: A domain outside De-Mail is not administered here
    Given annaberg has a Technischer Admin
    When the Technischer Admin of annaberg does "domain.bind":
      | tenant    | annaberg                |
      | domain    | annaberg-buchholz.test |
      | direction | both                    |
    Then it is refused because of "S0-008"
