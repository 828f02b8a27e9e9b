@S0-003 @S0-037
Feature: The gateway is reached over SVN and KDN only, as the communication matrix allows
  The gateway serves SVN and KDN (S0-003); the tenants' mail domains are routed inside these networks
  (S0-037). What the communication matrix does not list is dropped, whatever the gateway would say to it.

  Scenario: A host on the Internet does not reach the gateway
    When host internet-host submits mail from "poststelle@annaberg-buchholz.example" to 192.0.2.25
    Then router edge drops packets from 203.0.113.66 to port 25 by rule default:drop
    And host internet-host is refused
    And nothing of it is at host dmda

  Scenario: Mail waits while the matrix entry is missing
    Given matrix entry M-111 is removed
    When clerk "poststelle@annaberg-buchholz.example" of annaberg sends the citizen a De-Mail
    And 10 minutes pass
    Then router router-annaberg drops packets from 192.168.10.25 to port 25 by rule default:drop
    And nothing of it is at host dmda yet
    When matrix entry M-111 is added again
    Then it arrives in the citizen's mailbox from "poststelle@annaberg-buchholz.de-mail.de"
