package gateway

import (
	"strconv"
	"strings"

	"demailbench/gateway/demail"
	"demailbench/gateway/document"
)

// ConfigError is one fault of a configuration, in one line.
type ConfigError = document.Fault

// form of a configuration: 1,000 tenants with 10 mappings each are a third of its size.
var form = document.Form{Size: 4 << 20, Compare: "compare with the example configuration", Begin: "write at least hostname, data, listen and dmda"}

// Parse decodes and checks a configuration; name is the file's name in errors, which are *ConfigError. The
// result has its defaults filled in and is good for New.
func Parse(name string, text []byte) (Config, error) {
	var c Config
	d, err := document.Decode(name, text, &c, form)
	if err != nil {
		return Config{}, err
	}
	c = c.withDefaults()
	if fault := c.check(); fault != nil {
		d.Place(fault)
		return Config{}, fault
	}
	return c, nil
}

// hostPort splits "host:port" and checks both parts.
func hostPort(s string) (host string, port uint16, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return "", 0, false
	}
	n, err := strconv.ParseUint(s[i+1:], 10, 16)
	host = strings.TrimSuffix(strings.TrimPrefix(s[:i], "["), "]")
	return host, uint16(n), err == nil
}

// isName reports a host name of the DNS.
func isName(s string) bool {
	_, err := demail.CanonicalDomain(s)
	return err == nil
}
