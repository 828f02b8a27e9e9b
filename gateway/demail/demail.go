// Package demail is the gateway's vocabulary of De-Mail: addresses, header fields and what each
// X-de-mail field may hold, read from the raw octets of a message.
//
// It is the gateway's own reading of TR-01201; the simulated world has another one, written apart. It
// leaves out tenants, mapping and every decision about a message (package tenant), MIME structure,
// confirmations and signatures.
package demail
