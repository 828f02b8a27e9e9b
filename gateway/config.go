package gateway

import (
	"errors"
	"time"
)

// Config is the gateway's configuration file. Every key is checked strictly: an unknown key, a wrong type
// or a value out of range is an error that names file, line, column, field, value and what to do.
type Config struct {
	// Hostname is the gateway's own name in greetings, EHLO, Received lines and Message-IDs.
	Hostname string `yaml:"hostname"`
	// Data is the directory of the durable queue; it is made when missing (mode 0700).
	Data     string   `yaml:"data"`
	Listen   Listen   `yaml:"listen"`
	DMDA     DMDA     `yaml:"dmda"`
	Retry    Retry    `yaml:"retry"`
	Limits   Limits   `yaml:"limits"`
	Drain    Duration `yaml:"drain"`
	Operator string   `yaml:"operator"`
	Tenants  []Tenant `yaml:"tenants"`
}

// Listen names the two listeners, "IP:port" or ":port".
type Listen struct {
	Tenants  string `yaml:"tenants"`
	Provider string `yaml:"provider"`
}

// DMDA is the provider's side of the link (D16).
type DMDA struct {
	// Address is "host:port" of the ITSP link (implicit TLS); a name is resolved through the internal view.
	Address string `yaml:"address"`
	// ServerName is the name its certificate must carry; default the host of Address.
	ServerName string `yaml:"server_name"`
	// Client is the common name of the client certificate with which the DMDA pushes inbound De-Mail.
	Client string `yaml:"client"`
}

// Retry is D27.
type Retry struct {
	// After are the waits before each further try; the last repeats. Default 1m, 5m, 15m, 30m, 1h.
	After []Duration `yaml:"after"`
	// DelayNotice is the age at which the sender is told once that his mail is late. Default 4h.
	DelayNotice Duration `yaml:"delay_notice"`
	// GiveUp is the age of the last try. Default 120h.
	GiveUp Duration `yaml:"give_up"`
}

// Limits bound what one peer may ask for.
type Limits struct {
	// Message is the largest accepted message in octets; default 45 MiB (D20).
	Message int64 `yaml:"message"`
	// Deliveries is the number of deliveries at once, PerRoute of these towards one tenant or account.
	Deliveries int `yaml:"deliveries"`
	PerRoute   int `yaml:"per_route"`
}

// Tenant is one enrolled tenant as the configuration writes it; package tenant has the rules.
type Tenant struct {
	ID               string   `yaml:"id"`
	Name             string   `yaml:"name"`
	Networks         []string `yaml:"networks"`
	Transport        string   `yaml:"transport"`
	NextHop          string   `yaml:"next_hop"`
	MailDomains      []string `yaml:"mail_domains"`
	Domains          []Domain `yaml:"domains"`
	Mapping          []Pair   `yaml:"mapping"`
	TechnicalContact string   `yaml:"technical_contact"`
}

// Domain is a De-Mail (sub)domain with its direction: both, receive-only or send-only (D14).
type Domain struct {
	Name      string `yaml:"name"`
	Direction string `yaml:"direction"`
}

// Pair is one row of the mapping table (D12).
type Pair struct {
	Mail   string `yaml:"mail"`
	DeMail string `yaml:"demail"`
}

// Duration is a time.Duration written as "90s", "5m", "4h".
type Duration time.Duration

// Parse decodes a configuration; name is the file's name in errors.
func Parse(name string, text []byte) (Config, error) {
	return Config{}, errors.New("gateway: not built yet")
}
