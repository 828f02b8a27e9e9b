package stage

import (
	"fmt"
	"net/netip"
	"slices"
)

// seen is the network in which the gateway sees the town.
func (b *builder) seen() netip.Prefix {
	return netip.PrefixFrom(b.form.Mail.Server.SeenAs.Addr, 24).Masked()
}

// lan is the town's own network; of one that the form leaves out, the 256 addresses around its mail server.
func (b *builder) lan() netip.Prefix {
	if n := b.form.Mail.Server.LAN; n.IsValid() {
		return n.Masked()
	}
	return netip.PrefixFrom(b.form.Mail.Server.Address.Addr, 24).Masked()
}

// free is the first address of a network that is not taken.
func free(n netip.Prefix, taken ...netip.Addr) netip.Addr {
	a := n.Addr().Next()
	for slices.Contains(taken, a) {
		a = a.Next()
	}
	return a
}

// topology takes the other tenants out of the network and puts the town into the place of the model.
func (b *builder) topology() error {
	t := b.docs[topologyFile]
	gone := map[string]bool{}
	for _, o := range b.others {
		for word := range b.words(o) {
			gone[word] = true
		}
	}
	var left []tree // routers that go
	for _, r := range t.list("routers") {
		if mentions(r, gone) {
			left = append(left, r)
		}
	}
	for _, key := range []string{"segments", "hosts", "routers", "matrix"} {
		t.keep(key, func(v tree) bool { return !mentions(v, gone) })
	}
	addresses := map[netip.Addr]bool{}
	for _, r := range left {
		for _, i := range r.list("interfaces") {
			if p, err := netip.ParsePrefix(i.text("address")); err == nil {
				addresses[p.Addr()] = true
			}
		}
	}
	is := func(text string) bool {
		a, err := netip.ParseAddr(text)
		return err == nil && addresses[a]
	}
	for _, r := range t.list("routers") {
		r.keep("routes", func(route tree) bool { return !is(route.text("via")) })
		r.keep("interfaces", func(i tree) bool { return !is(i.inside("tunnel").text("peer")) })
	}
	return b.move(t)
}

// words are the names by which a tenant's things are known in the topology: hosts, segment, zone, realm, router.
func (b *builder) words(tenant tree) map[string]bool {
	t := b.docs[topologyFile]
	words := map[string]bool{tenant.text("mail_server"): true, tenant.text("desk"): true}
	for _, h := range t.list("hosts") {
		if h.text("name") != tenant.text("mail_server") {
			continue
		}
		for _, s := range t.list("segments") {
			if s.text("name") == h.text("segment") {
				words[s.text("name")], words[s.text("zone")], words[s.text("realm")] = true, true, true
			}
		}
	}
	return words
}

// move gives the model's place in the network the town's names and addresses.
func (b *builder) move(t tree) error {
	s := b.form.Mail.Server
	lan, seen := b.lan(), b.seen()
	router := free(lan, s.Address.Addr)
	desk := free(lan, s.Address.Addr, router)
	if !lan.Contains(desk) || desk.Next() == (netip.Addr{}) {
		return fmt.Errorf("network %v has no room for a mail server, a router and a desk", lan)
	}
	names := map[string]string{b.model.text("mail_server"): b.host("mail"), b.model.text("desk"): b.host("desk"), b.model.text("name"): b.form.Name}
	for _, h := range t.list("hosts") {
		for _, g := range t.list("segments") {
			if h.text("name") == b.model.text("mail_server") && g.text("name") == h.text("segment") {
				names[g.text("name")], names[g.text("realm")], names[g.text("zone")] = "lan-"+b.stage.Tenant, "lan-"+b.stage.Tenant, "tenant-"+b.stage.Tenant
			}
		}
	}
	for key, v := range t {
		t[key] = renamed(v, names)
	}
	segment := ""
	for _, h := range t.list("hosts") {
		switch h.text("name") {
		case b.host("mail"):
			segment = h.text("segment")
			h["address"], h["router"], h["hostname"], h["relays_for"] = s.Address.String(), router.String(), s.Hostname, []any{lan.String()}
		case b.host("desk"):
			h["address"], h["router"] = desk.String(), router.String()
		}
	}
	for _, g := range t.list("segments") {
		if g.text("name") == segment {
			g["prefix"] = lan.String()
		}
	}
	return b.route(t, segment, netip.PrefixFrom(router, lan.Bits()), seen)
}

// route sets the town's router: the mail server has an address of its own outside, everybody else shares one, so that
// any network fits.
func (b *builder) route(t tree, segment string, inside, seen netip.Prefix) error {
	s := b.form.Mail.Server
	old, _ := b.model["networks"].([]any)
	for _, r := range t.list("routers") {
		for _, route := range r.list("routes") {
			if slices.Contains(old, any(route.text("to"))) {
				route["to"] = seen.String()
			}
		}
		at := slices.IndexFunc(r.list("interfaces"), func(i tree) bool { return i.text("segment") == segment })
		if at < 0 {
			continue
		}
		r.list("interfaces")[at]["address"] = inside.String()
		static := r.inside("nat").list("static")
		if len(static) == 0 {
			return fmt.Errorf("router %s of the world has no translation to take over", r.text("name"))
		}
		out := static[0].text("interface")
		r["nat"] = map[string]any{
			"static":     []any{map[string]any{"interface": out, "inside": s.Address.String() + "/32", "outside": s.SeenAs.String() + "/32"}},
			"masquerade": []any{map[string]any{"interface": out, "from": inside.Masked().String(), "to": free(seen, s.SeenAs.Addr).String()}},
		}
	}
	for _, h := range t.list("hosts") { // relays serve the town as they serve other tenants
		if relays := h.texts("relays_for"); slices.Contains(relays, "10.0.0.0/8") && !netip.MustParsePrefix("10.0.0.0/8").Contains(seen.Addr()) {
			h["relays_for"] = values(append(relays, seen.String()))
		}
	}
	return nil
}
