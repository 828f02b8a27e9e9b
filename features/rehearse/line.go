package rehearse

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Flows are the rows of the communication matrix that a tenant needs (S1-058): its mail server to the gateway, the
// gateway to its mail server, names.
var Flows = []string{"submission", "delivery", "names"}

// central are networks that tenants cannot have: those of the central services, of SVN and KDN, and of the lines.
var central = map[string]netip.Prefix{
	"SVN": netip.MustParsePrefix("10.1.0.0/24"), "KDN": netip.MustParsePrefix("10.2.0.0/24"),
	"central services": netip.MustParsePrefix("172.16.0.0/23"), "lines": netip.MustParsePrefix("10.3.0.0/24"),
}

func (c *checker) mail() {
	m := c.form.Mail
	if len(m.Domains) == 0 {
		c.miss("mail.none", "mail.domains", "")
	}
	for i, d := range m.Domains {
		at := fmt.Sprintf("mail.domains[%d]", i)
		switch problem := wrongDomain(d); {
		case problem.Key != "":
			c.miss("mail.form", at, d, "problem", problem)
		case strings.HasSuffix(strings.ToLower("."+d), ".de-mail.de"):
			c.miss("mail.demail", at, d)
		}
	}
	if m.RoutedOver != "kdn" && m.RoutedOver != "svn" {
		c.miss("mail.routed", "mail.routed_over", m.RoutedOver)
	}
	s := m.Server
	switch {
	case s.Hostname == "" || !s.Address.IsValid():
		c.miss("mail.server", "mail.server", "")
	case wrongDomain(s.Hostname).Key != "":
		c.miss("mail.hostname", "mail.server.hostname", s.Hostname, "problem", wrongDomain(s.Hostname))
	}
	if s.Address.IsValid() && s.LAN.IsValid() && !s.LAN.Contains(s.Address.Addr) {
		c.miss("mail.lan", "mail.server.address", s.Address.String(), "lan", s.LAN.Masked())
	}
	if !m.Connector {
		c.miss("mail.connector", "mail.connector", "")
	}
}

// version finds the year of an Exchange server's name.
var version = regexp.MustCompile(`(?i)exchange\D*(\d{4})`)

func (c *checker) transport() {
	m := c.form.Mail
	switch m.Transport {
	case "ipsec":
		if !m.Line {
			c.miss("mail.line", "mail.line_in_service", "")
		}
		return
	case "starttls":
	default:
		c.miss("mail.transport", "mail.transport", m.Transport)
		return
	}
	if found := version.FindStringSubmatch(m.Server.Product); found != nil {
		if year, err := strconv.Atoi(found[1]); err == nil && year < 2007 {
			c.miss("mail.exchange", "mail.server.product", m.Server.Product)
		}
	}
	switch {
	case len(m.Certificate.Names) == 0 || m.Certificate.Until.IsZero():
		c.miss("mail.certificate", "mail.certificate", "")
		return
	case m.Server.Hostname != "" && !slices.ContainsFunc(m.Certificate.Names, func(n string) bool { return strings.EqualFold(n, m.Server.Hostname) }):
		c.miss("mail.certname", "mail.certificate.names", strings.Join(m.Certificate.Names, ", "), "hostname", m.Server.Hostname)
	}
	until := dateOf(m.Certificate.Until.Time)
	if before(until, c.sheet.AsOf) || before(until, c.sheet.Production) {
		c.miss("mail.certdate", "mail.certificate.until", until.String())
	}
}

func (c *checker) network() {
	s := c.form.Mail.Server
	switch seen := s.SeenAs.Addr; {
	case !seen.IsValid():
		c.miss("network.seen", "mail.server.seen_as", "")
	case seen == s.Address.Addr || s.LAN.IsValid() && s.LAN.Contains(seen):
		c.miss("network.private", "mail.server.seen_as", seen.String())
	default:
		for name, n := range central {
			if n.Contains(seen) {
				c.miss("network.taken", "mail.server.seen_as", seen.String(), "owner", name, "network", n)
			}
		}
	}
	enabled := c.form.Mail.Enabled
	for i, row := range enabled {
		if !slices.Contains(Flows, row) {
			c.miss("network.row", fmt.Sprintf("mail.enabled[%d]", i), row)
		}
	}
	for _, row := range Flows {
		if !slices.Contains(enabled, row) {
			c.miss("network.matrix", "mail.enabled", "", "row", Said{Key: "rehearse.flow." + row})
		}
	}
}
