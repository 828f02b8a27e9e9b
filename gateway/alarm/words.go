package alarm

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Names of the troubles that have one; the others begin with their prefix.
const (
	// Card: the card gives no certificate, or one that is not valid.
	Card = "card"
	// PINPrefix, with a hint to the PIN: the card has refused it; it is not presented again (S1-055).
	PINPrefix = "card/pin/"
	// Link: the DMDA does not take the gateway's card or has blocked the gateway (S1-036, S1-056).
	Link = "dmda"
	// ExpiryPrefix, with what expires and its serial number: the end of a certificate is near (S1-033).
	ExpiryPrefix = "expiry/"
	// UnmappedPrefix, with the De-Mail address: De-Mails to it wait at the DMDA (D11).
	UnmappedPrefix = "unmapped/"
)

// waits is what all troubles of sending have in common.
const waits = "Ausgehende De-Mails warten im Gateway und werden gesendet, sobald die Störung behoben ist.\r\n" +
	"Sie erhalten für diese Störung keine weitere Nachricht.\r\n\r\n" +
	"Outbound De-Mail waits at the gateway and is sent as soon as the trouble is over. No further alert is sent for it.\r\n"

// RaiseCard tells the operator that nothing can be sent for want of a usable card.
func (a *Alarm) RaiseCard(ctx context.Context, reason string) {
	a.Raise(ctx, Trouble{Name: Card, Reason: reason, Subject: "De-Mail-Gateway: Zertifikatskarte nicht verwendbar (card)",
		Words: "Die Zertifikatskarte des Gateways kann nicht verwendet werden (the card cannot be used):\r\n\r\n  " + reason + "\r\n\r\n" +
			"Bitte die Karte prüfen, entsperren oder ersetzen.\r\nCheck, unlock or replace the card.\r\n\r\n" + waits})
}

// RaisePIN tells the operator that the card has refused the PIN; name begins with PINPrefix.
func (a *Alarm) RaisePIN(ctx context.Context, name, reason string) {
	a.Raise(ctx, Trouble{Name: name, Reason: reason, Subject: "De-Mail-Gateway: PIN der Zertifikatskarte abgelehnt (card PIN)",
		Words: "Die Zertifikatskarte hat die PIN abgelehnt (the card has refused the PIN):\r\n\r\n  " + reason + "\r\n\r\n" +
			"Das Gateway versucht es nicht noch einmal, damit sich die Karte nicht sperrt. Bitte die richtige PIN hinterlegen.\r\n" +
			"It is not presented again, so that the card does not block itself. Give the gateway the right PIN.\r\n\r\n" + waits})
}

// RaiseLink tells the operator that the DMDA refuses the gateway.
func (a *Alarm) RaiseLink(ctx context.Context, reason string) {
	a.Raise(ctx, Trouble{Name: Link, Reason: reason, Subject: "De-Mail-Gateway: vom DMDA abgewiesen (gateway refused by the DMDA)",
		Words: "Der De-Mail-Diensteanbieter nimmt das Gateway nicht an (the DMDA refuses the gateway):\r\n\r\n  " + reason + "\r\n\r\n" +
			"Bitte bei der Sperr-Hotline des DMDA klären, ob Zertifikat oder Gateway gesperrt sind.\r\n" +
			"Ask the DMDA's blocking hotline whether the certificate or the gateway is blocked.\r\n\r\n" + waits})
}

// RaiseExpiry tells the operator that a certificate is about to end, or has ended. serial keeps it apart from
// its successor.
func (a *Alarm) RaiseExpiry(ctx context.Context, what, serial string, end time.Time) {
	a.Raise(ctx, Trouble{Name: ExpiryPrefix + what + "/" + serial, Reason: what + " ends " + day(end),
		Subject: "De-Mail-Gateway: Zertifikat läuft ab am " + end.Format("02.01.2006") + " (certificate expires)",
		Words: fmt.Sprintf("Ein Zertifikat des Gateways läuft ab (a certificate of the gateway expires):\r\n\r\n  %s, %s, %s\r\n\r\n", what, serial, day(end)) +
			"Bitte rechtzeitig erneuern; der Austausch unterbricht den Betrieb nicht.\r\nRenew it in time; the exchange needs no outage.\r\n"})
}

// unmappedMax is the number of addresses of one domain that are told of one by one: whoever guesses addresses must
// not fill the contact's mailbox.
const unmappedMax = 50

// RaiseUnmapped tells a technical contact that De-Mails to an address wait at the DMDA; of a domain with very many
// such addresses it tells once more, and not of each.
func (a *Alarm) RaiseUnmapped(ctx context.Context, tenant, address, reason string) {
	_, domain, _ := strings.Cut(address, "@")
	open := 0
	for _, name := range a.Named(UnmappedPrefix) {
		if strings.HasSuffix(name, "@"+domain) {
			open++
		}
	}
	if open >= unmappedMax {
		address = "*@" + domain
	}
	a.Raise(ctx, Trouble{Name: UnmappedPrefix + address, Tenant: tenant, Reason: reason,
		Subject: "De-Mail-Gateway: De-Mail an " + address + " nicht zugestellt (not delivered)",
		Words: "Eine De-Mail an " + address + " wurde nicht angenommen und liegt im De-Mail-Postfach beim Diensteanbieter:\r\n\r\n  " + reason + "\r\n\r\n" +
			"Bitte die Adresse zuordnen, oder CatchAll oder BounceAll für die Domain einrichten.\r\n" +
			"Sie erhalten für diese Adresse keine weitere Nachricht, bis wieder eine De-Mail an sie zugestellt wurde.\r\n\r\n" +
			"A De-Mail stays at the DMDA. Map the address, or set CatchAll or BounceAll for its domain.\r\n"})
}

// EndUnmapped ends what was told of an address, because a De-Mail to it has found its way.
func (a *Alarm) EndUnmapped(ctx context.Context, address string) {
	if name := UnmappedPrefix + address; a.Open(name) {
		_, domain, _ := strings.Cut(address, "@")
		a.End(ctx, name, UnmappedPrefix+"*@"+domain)
	}
}
