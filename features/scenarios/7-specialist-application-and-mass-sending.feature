@S1-132
Feature: A specialist application sends directly, and many at once
  Specialist applications hand their De-Mails to the gateway themselves, and may send many (S1-130): the level of
  authentication is high, so the DMDA's limits for normal accounts do not apply.

  @S1-130
  Scenario Outline: <number> De-Mails from a specialist application arrive, each once
    Given the matrix also lets annaberg-desk reach gateway on port 25
    When the application on host annaberg-desk submits <number> De-Mails from "poststelle@annaberg-buchholz.example" to the citizen
    Then each of them arrives once in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"

    Examples:
      | number |
      | 100    |

    @extended
    Examples:
      | number |
      | 1000   |

  Scenario: An application of nobody who is enrolled is refused
    Given the matrix also lets freital-desk reach gateway on port 25
    When host freital-desk submits mail from "poststelle@freital.example" to the gateway
    Then host freital-desk is refused with "5"
    And nothing of it is at host dmda

  Scenario: An application may not send as another tenant
    Given the matrix also lets annaberg-desk reach gateway on port 25
    When host annaberg-desk submits mail from "poststelle@radebeul.example" to the gateway
    Then host annaberg-desk is refused with "5"
    And nothing of it is at host dmda
