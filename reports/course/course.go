// Package course tells the course of one scenario from its record, for people: who spoke to whom and when
// (Rows), which way a mail took through the networks and at which hop it stopped (Way), and the SMTP
// dialogs and DNS queries as lines of text (Sessions, Queries). It judges nothing, and speaks no
// language of its own: what a person reads is named by a key of reports/messages. It leaves out drawing
// (reports/diagram) and pages (reports).
package course

import (
	"mime"
	"net/netip"
	"slices"
	"strings"

	"demailbench/features/check"
	"demailbench/sim/record"
)

// Course is the record of one scenario with its scene, prepared for looking up who is who.
type Course struct {
	Events []record.Event
	Scene  check.Scene

	// hosts by address; overlapping networks make one address belong to several.
	hosts map[string][]string
	// home is the zone that a router serves, as its translations show it.
	home map[string]string
	// accepted holds "server|body" of every accepted message, refused the servers' refusals.
	accepted map[string]bool
	refused  []record.Event
}

// New prepares a record. Events must be numbered from 1 without gaps, as record.Read makes sure.
func New(events []record.Event, scene check.Scene) *Course {
	c := &Course{Events: events, Scene: scene, hosts: map[string][]string{}, home: map[string]string{}, accepted: map[string]bool{}}
	for h, addrs := range scene.Addresses {
		for _, a := range addrs {
			c.hosts[a] = append(c.hosts[a], h)
		}
	}
	for _, l := range c.hosts {
		slices.Sort(l)
	}
	for _, e := range events {
		switch e.Kind {
		case record.Flow, record.Drop:
			c.learn(e)
		case record.Accepted:
			c.accepted[e.Who+"|"+e.Msg.Body] = true
		case record.Refused:
			c.refused = append(c.refused, e)
		}
	}
	return c
}

// learn finds out which zone a router serves: the outer address of a translation belongs to one host only.
func (c *Course) learn(e record.Event) {
	if c.home[e.Who] != "" {
		return
	}
	outer := ""
	switch {
	case e.Kind == record.Flow && e.Local != e.NATLocal:
		outer = ip(e.NATLocal)
	case e.Kind == record.Flow && e.Remote != e.NATRemote:
		outer = ip(e.Remote)
	}
	if l := c.hosts[outer]; len(l) == 1 {
		c.home[e.Who] = c.Scene.Zones[l[0]]
		return
	}
	for _, z := range c.zones() {
		if _, name, ok := strings.Cut(z, "-"); ok && strings.Contains(e.Who, name) {
			c.home[e.Who] = z
			return
		}
	}
}

// zones returns the names of all zones, sorted.
func (c *Course) zones() []string {
	var out []string
	for _, z := range c.Scene.Zones {
		out = append(out, z)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Zone returns the zone of a host, or of the hosts that a router serves, or "".
func (c *Course) Zone(who string) string {
	if z, ok := c.Scene.Zones[who]; ok {
		return z
	}
	return c.home[who]
}

// IsHost tells whether who is a host of the scene; routers and segments are not.
func (c *Course) IsHost(who string) bool {
	_, ok := c.Scene.Zones[who]
	return ok
}

// Host returns the host that who knows by address ("IP:port" or "IP"), or the IP when it is nobody's or
// several hosts' behind one.
func (c *Course) Host(who, address string) string {
	a := ip(address)
	list := c.hosts[a]
	if len(list) == 1 {
		return list[0]
	}
	zone := c.Zone(who)
	var near []string
	for _, h := range list {
		if zone != "" && c.Scene.Zones[h] == zone {
			near = append(near, h)
		}
	}
	if len(near) == 1 {
		return near[0]
	}
	return a
}

// has tells whether address is one of host's.
func (c *Course) has(host, address string) bool {
	return slices.Contains(c.Scene.Addresses[host], ip(address))
}

// About tells whether a message is the mail with this nonce, or speaks of it in its header.
func About(m *record.Message, nonce string) bool {
	return m != nil && nonce != "" && strings.Contains(m.Header, nonce)
}

// Subject returns the decoded subject of a message, or "-".
func Subject(m *record.Message) string {
	if m == nil {
		return "-"
	}
	raw := "\r\n" + m.Header
	i := strings.Index(strings.ToLower(raw), "\r\nsubject:")
	if i < 0 {
		return "-"
	}
	var s strings.Builder
	for line := range strings.SplitSeq(raw[i+len("\r\nsubject:"):], "\r\n") {
		if s.Len() > 0 && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			break
		}
		s.WriteString(line)
	}
	if d, err := new(mime.WordDecoder).DecodeHeader(s.String()); err == nil {
		return orDash(strings.TrimSpace(d))
	}
	return orDash(strings.TrimSpace(s.String()))
}

// itself tells whether a message is the mail with this nonce, not a confirmation of it or a report on it.
func itself(m *record.Message, nonce string) bool {
	if !About(m, nonce) {
		return false
	}
	h := strings.ToLower(m.Header)
	return !strings.Contains(h, "multipart/report") && !strings.Contains(h, "x-de-mail-message-type: confirmation") && !strings.Contains(h, "auto-submitted:")
}

// echoed tells whether a client's event only repeats what the server wrote into the record.
func (c *Course) echoed(e record.Event) bool {
	server := c.Host(e.Who, e.Remote)
	if e.Kind == record.Sent {
		return c.accepted[server+"|"+e.Msg.Body]
	}
	return e.Code > 0 && slices.ContainsFunc(c.refused, func(r record.Event) bool {
		return r.Who == server && r.Code == e.Code && e.At.Sub(r.At).Abs().Minutes() < 1
	})
}

// ip returns the IP of "IP:port", or the text itself.
func ip(address string) string {
	if ap, err := netip.ParseAddrPort(address); err == nil {
		return ap.Addr().String()
	}
	return address
}
