@administered
Feature: People administer the gateway, each by their own right
  A municipality administers its own part of the gateway: its User Admin makes administrators, its Account Admin
  keeps the mapping, its Technischer Admin the rest (S1-149 to S1-151). KDN GmbH does it for those who have given
  it a power of attorney (S1-048), the operator only on a change request (S0-065, S1-041). Everybody reaches the
  gateway from his own network, and the audit log says who did what by which right.

  @S1-149
  Scenario: What the Account Admin maps is reached
    When the Account Admin of annaberg does "mapping.put":
      | tenant | annaberg                                |
      | mail   | bauamt@annaberg-buchholz.example        |
      | demail | standesamt@annaberg-buchholz.de-mail.de |
    Then it is done
    And the answer says:
      | mail | bauamt@annaberg-buchholz.example |
    And the audit log of annaberg says who did it, by which right
    When the citizen sends a De-Mail to "standesamt@annaberg-buchholz.de-mail.de"
    Then it arrives unchanged in mailbox "standesamt@annaberg-buchholz.example"
    And it arrives unchanged in mailbox "bauamt@annaberg-buchholz.example"
    And a confirmation of receipt arrives in the citizen's mailbox
    And a confirmation of receipt arrives in mailbox "standesamt@annaberg-buchholz.example"
    And a confirmation of receipt arrives in mailbox "bauamt@annaberg-buchholz.example"

  @S1-149 @S1-150
  Scenario: Who lacks the role is refused, and that is kept too
    Given annaberg has a Technischer Admin "haustechnik"
    When "haustechnik", Technischer Admin of annaberg, does "mapping.put":
      | tenant | annaberg                            |
      | mail   | bauamt@annaberg-buchholz.example    |
      | demail | bauamt@annaberg-buchholz.de-mail.de |
    Then it is refused because of "S1-149"
    And the audit log of annaberg says who did it, by which right
    When the User Admin of annaberg does "user.list":
      | org | annaberg |
    Then it is done
    And the answer lists:
      | person      | roles             |
      | haustechnik | technischer-admin |
    And the answer does not list:
      | roles         |
      | account-admin |

  @S1-154
  Scenario: A tenant does not act in another tenant's part
    Given annaberg has an Account Admin
    When the Account Admin of annaberg does "mapping.list":
      | tenant | radebeul |
    Then it is refused
    And the audit log of the operator says who did it, by which right

  @S1-048 @S1-159 @S1-167
  Scenario: KDN GmbH acts by power of attorney until it ends
    Given annaberg has given KDN GmbH power of attorney "Vollmacht" for commissioning as Technischer Admin and Account Admin for 28 days
    When by power of attorney "Vollmacht" the Account Admin of KDN GmbH does "mapping.put":
      | tenant | annaberg                            |
      | mail   | bauamt@annaberg-buchholz.example    |
      | demail | bauamt@annaberg-buchholz.de-mail.de |
    Then it is done
    And the audit log of annaberg says who did it, by which right
    When 672 hours pass
    And by power of attorney "Vollmacht" the Account Admin of KDN GmbH does "mapping.delete":
      | tenant | annaberg                            |
      | mail   | bauamt@annaberg-buchholz.example    |
      | demail | bauamt@annaberg-buchholz.de-mail.de |
    Then it is refused because of "D9"

  @S1-048
  Scenario: A power of attorney counts in its tenant and its role only
    Given annaberg has given KDN GmbH power of attorney "Annaberg" for administration as Account Admin without end
    And radebeul has given KDN GmbH power of attorney "Radebeul" for administration as Technischer Admin for 90 days
    When by power of attorney "Radebeul" the Account Admin of KDN GmbH does "mapping.list":
      | tenant | annaberg |
    Then it is refused because of "D9"
    When by power of attorney "Annaberg" the Technischer Admin of KDN GmbH does "smtp-inbound.show":
      | tenant | annaberg |
    Then it is refused because of "D9"

  @S0-065 @S1-041
  Scenario: The operator changes a tenant's settings on a change request only
    Given change request "CR" of kind "domains" about "annaberg-buchholz.de-mail.de" of annaberg is filed
    When the Administrator of the operator does "domain.direction":
      | tenant    | annaberg                     |
      | domain    | annaberg-buchholz.de-mail.de |
      | direction | receive-only                 |
    Then it is refused because of "D10b"
    When on change request "CR" the Support Administrator of the operator does "domain.direction":
      | tenant    | annaberg                     |
      | domain    | annaberg-buchholz.de-mail.de |
      | direction | receive-only                 |
    Then it is done
    And the audit log of annaberg says who did it, by which right
    When clerk "standesamt@annaberg-buchholz.example" of annaberg sends "pn_buergerin@t-systems.de-mail.de" a De-Mail
    Then the clerk gets a delivery status notification with status "5"

  @S0-062 @S0-063 @S0-064
  Scenario: The operator intervenes in an account on written order and change request only
    Given change request "CR" of kind "account" about "annaberg-buchholz.de-mail.de" of annaberg is filed
    And written order "Auftrag" of annaberg about "annaberg-buchholz.de-mail.de" is filed for 7 days
    When on change request "CR" the Administrator of the operator does "account.change":
      | tenant | annaberg                     |
      | object | annaberg-buchholz.de-mail.de |
      | change | activate                     |
    Then it is refused because of "S0-062"
    When on change request "CR" and written order "Auftrag" the Administrator of the operator does "account.change":
      | tenant | annaberg                     |
      | object | annaberg-buchholz.de-mail.de |
      | change | activate                     |
    Then it is done
    And the audit log of annaberg says who did it, by which right

  @S0-004 @S0-065
  Scenario: The operator enrols a tenant, and the operator's list shows it
    Given annaberg is not enrolled yet
    When the Administrator of the operator does "change-request.file":
      | service     | Land- De-Mail Gateway   |
      | object      | annaberg                |
      | kind        | platform                |
      | description | enrolment, ordered 2/11 |
    Then it is done
    And its number is called "Mandatierung"
    When on change request "Mandatierung" the Administrator of the operator does "tenant.enrol":
      | tenant                      | annaberg                     |
      | name                        | Stadt Annaberg-Buchholz      |
      | kind                        | municipal                    |
      | networks                    | 10.2.12.0/24                 |
      | transport                   | starttls                     |
      | mail_domains                | annaberg-buchholz.example    |
      | process_owner.authority     | Stadt Annaberg-Buchholz      |
      | process_owner.person        | Amtsleitung                  |
      | process_owner.email         | amt@annaberg-buchholz.example |
      | technical_contact.authority | KDN GmbH                     |
      | technical_contact.person    | Technik                      |
      | technical_contact.email     | technik@kdn-gmbh.de          |
      | technical_administrator     | annaberg-technischer-admin   |
      | account_administrator       | annaberg-account-admin       |
    Then it is done
    When the Administrator of the operator does "tenant.list"
    Then it is done
    And the answer lists:
      | tenant   | state    |
      | annaberg | enrolled |
