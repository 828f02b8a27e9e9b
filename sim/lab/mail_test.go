package lab_test

import (
	"bytes"
	"context"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket/pcapgo"

	"demailbench/sim/ipnet"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// TestOrdinaryMail goes from a desk over the central relay to the Internet, and from the relay to another
// tenant.
func TestOrdinaryMail(t *testing.T) {
	p := load(t, "saxony")
	in(t, p, 1, func(w *place) {
		env := wire.Envelope{From: "bauamt@annaberg-buchholz.example", To: []string{"buergerin@webmail.example", "technik@kdn-gmbh.de", "haushalt@sakd.de"}}
		if err := w.Client("annaberg-desk").Send(context.Background(), "192.168.10.25:25", env, w.message("Rundbrief")).Err(); err != nil {
			t.Error(err)
		}
		w.wait(5 * time.Minute)
		for host, box := range map[string]string{"internet-mail": env.To[0], "kdn-gmbh": env.To[1], "sakd-mail": env.To[2]} {
			if n := len(w.Mail(host).Mailbox(box)); n != 1 {
				t.Errorf("%d messages for %s at %s, want 1", n, box, host)
			}
		}
	})
}

// TestProviderLink proves card, certificates and names of the link to the provider in both directions.
func TestProviderLink(t *testing.T) {
	p := load(t, "saxony")
	events := in(t, p, 1, func(w *place) {
		card, pin := w.Card()
		if err := card.Unlock(pin); err != nil {
			t.Error(err)
			return
		}
		cert, err := card.Certificate()
		if err != nil {
			t.Error(err)
			return
		}
		c := w.Client("gateway")
		c.ImplicitTLS, c.External, c.TLS = true, true, w.PKI().ClientConfig(p.Accounts.Provider.Hostname, cert)
		addrs, err := w.Resolver("gateway").LookupNetIP(context.Background(), "ip4", p.Accounts.Provider.Hostname)
		if err != nil {
			t.Error(err)
			return
		}
		env := wire.Envelope{From: "poststelle@annaberg-buchholz.de-mail.de", To: []string{"pn_buergerin@t-systems.de-mail.de"}}
		msg := w.message("Bescheid")
		msg.Header = strings.Replace(msg.Header, "poststelle@annaberg-buchholz.example", env.From, 1)
		msg.Size += int64(len(env.From) - len("poststelle@annaberg-buchholz.example"))
		out := c.Send(context.Background(), netip.AddrPortFrom(addrs[0], p.Accounts.Provider.Port).String(), env, msg)
		w.wait(time.Minute)
		t.Logf("provider says: %v", out.Err())
	})
	seen := ""
	for _, e := range events {
		if e.Kind == record.Session && e.Who == "dmda" && e.Text == "auth" {
			seen = e.Remote[:strings.Index(e.Remote, ":")] + " " + e.Cert
		}
	}
	if seen != "192.0.2.25 itsp-card" {
		t.Errorf("the provider saw %q at AUTH, want 192.0.2.25 itsp-card", seen)
	}
}

// TestCarrierSeesOnlyESP proves that nothing of an IPSEC line shows on the segment that carries it.
func TestCarrierSeesOnlyESP(t *testing.T) {
	p := load(t, "saxony")
	var file bytes.Buffer
	in(t, p, 1, func(w *place) {
		capture := w.Net().Capture(&file, ipnet.CaptureOptions{})
		if _, err := w.Resolver("pirna-mail").LookupMX(context.Background(), "sakd.de"); err != nil {
			t.Error(err)
		}
		if err := capture.Close(); err != nil {
			t.Error(err)
		}
	})
	r, err := pcapgo.NewNgReader(&file, pcapgo.NgReaderOptions{WantMixedLinkType: true})
	if err != nil {
		t.Fatal(err)
	}
	const esp = 50
	carried := 0
	for {
		data, info, err := r.ReadPacketData()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		iface, err := r.Interface(info.InterfaceIndex)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(iface.Name, "router-pirna.carrier") {
			continue
		}
		carried++
		if data[9] != esp {
			t.Errorf("IP protocol %d on the carrier (%s)", data[9], iface.Name)
		}
	}
	if carried == 0 {
		t.Error("nothing crossed the carrier")
	}
}
