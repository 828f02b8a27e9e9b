// Package postfix is a real mail server in the place of a simulated one: how Postfix is configured to be a tenant's
// server, and how what it writes in its log and what it delivers become events of the record, so that the features and
// the judge see no difference.
//
// It leaves out containers (package docker) and the mailboxes, which an mta.Server behind Postfix keeps.
package postfix

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Mailboxes is where the mailboxes listen, on the server's own host: Postfix delivers there by SMTP.
const Mailboxes = "127.0.0.1:2424"

// Image is what `make images` calls the image.
const Image = "demailbench-postfix:bookworm"

// Config describes a mail server, in the words of mta.Config.
type Config struct {
	// Who is the host's name in the record, Hostname its name in the domain name system, Address its own.
	Who, Hostname string
	Address       netip.Addr
	// Domains are the mail domains whose mailboxes are here; Mailboxes are the addresses that exist, empty for all.
	Domains, Mailboxes []string
	// Relay are the networks whose hosts may send to any domain.
	Relay []netip.Prefix
	// Smarthosts maps a domain suffix, "." for all, to the "host:port" that takes its mail instead of MX.
	Smarthosts map[string]string
	// Chain is the key and the certificates in PEM, Roots the authority's; no STARTTLS without Chain.
	Chain, Roots []byte
}

// Where the files of the configuration are.
const (
	mainCF   = "/etc/postfix/main.cf"
	masterCF = "/etc/postfix/master.cf"
	chainPEM = "/etc/postfix/chain.pem"
	rootsPEM = "/etc/postfix/roots.pem"
)

// main is main.cf. Waits are short, because the wall clock is.
func (c *Config) main(starttls bool) string {
	level := "none"
	if starttls && len(c.Chain) > 0 {
		level = "may"
	}
	lines := []string{
		"compatibility_level = 3.6",
		"myhostname = " + c.Hostname,
		"mydestination =", "alias_maps =", "local_recipient_maps =", "local_header_rewrite_clients =",
		"inet_protocols = ipv4", "smtputf8_enable = no", "smtpd_peername_lookup = no", "smtpd_client_port_logging = yes",
		"mynetworks = 127.0.0.0/8" + spaced(c.Relay),
		"smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination",
		"virtual_mailbox_domains = " + strings.Join(c.Domains, " "),
		"virtual_mailbox_maps = " + c.mailboxes(),
		"virtual_transport = smtp:[127.0.0.1]:2424",
		"transport_maps = " + c.transports(),
		"smtpd_tls_security_level = " + level, "smtpd_tls_loglevel = 1", "smtpd_tls_received_header = yes",
		"smtp_tls_security_level = may", "smtp_tls_loglevel = 1", "smtp_tls_CAfile = " + rootsPEM,
		// Octets stay as they are: no other encoding, no folding of long lines.
		"disable_mime_output_conversion = yes", "smtp_line_length_limit = 0",
		"message_size_limit = 104857600", "mailbox_size_limit = 0", "virtual_mailbox_limit = 0",
		"minimal_backoff_time = 2s", "maximal_backoff_time = 5s", "queue_run_delay = 2s", "smtp_connect_timeout = 2s", "smtp_helo_timeout = 10s",
		"smtp_host_lookup = dns", "smtp_destination_concurrency_failed_cohort_limit = 100",
		"maillog_file = /dev/stdout",
	}
	if len(c.Chain) > 0 {
		lines = append(lines, "smtpd_tls_chain_files = "+chainPEM)
	}
	return strings.Join(lines, "\n") + "\n"
}

func spaced(list []netip.Prefix) (out string) {
	for _, p := range list {
		out += " " + p.Masked().String()
	}
	return out
}

// mailboxes is the table of addresses that exist.
func (c *Config) mailboxes() string {
	if len(c.Mailboxes) == 0 {
		return "static:all"
	}
	var rows []string
	for _, m := range c.Mailboxes {
		rows = append(rows, m+"=here")
	}
	for _, d := range c.Domains {
		if m := "postmaster@" + d; !slices.Contains(c.Mailboxes, m) {
			rows = append(rows, m+"=here")
		}
	}
	return "inline:{ " + strings.Join(rows, ", ") + " }"
}

// transports is the table of smarthosts. A suffix stands for the domain and what is below it.
func (c *Config) transports() string {
	var rows []string
	for suffix, to := range c.Smarthosts {
		host, port, _ := strings.Cut(to, ":")
		way := fmt.Sprintf("=smtp:[%s]:%s", host, port)
		if suffix == "." {
			rows = append(rows, "*"+way)
			continue
		}
		rows = append(rows, suffix+way, "."+suffix+way)
	}
	for _, d := range c.Domains { // not by the smarthost of all
		rows = append(rows, d+"=smtp:[127.0.0.1]:2424")
	}
	slices.Sort(rows)
	return "inline:{ " + strings.Join(rows, ", ") + " }"
}

// master is master.cf: the services of Debian's that are needed, none in a chroot.
const master = `smtp      inet  n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`
