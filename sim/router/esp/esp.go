// Package esp is the packet format of an IPSEC line: ESP in tunnel mode (RFC 4303) with AES-256-GCM
// (RFC 4106), with the anti-replay window. It seals and opens; addresses, outer headers and routes are
// package router's. Left out: key exchange (keys follow from a shared secret), rekeying, extended sequence
// numbers, transport mode.
package esp

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// Sizes of ESP with AES-GCM (RFC 4303 2, RFC 4106 3).
const (
	headerSize  = 8 // SPI, sequence number
	ivSize      = 8
	trailerSize = 2 // pad length, next header
	icvSize     = 16
	alignment   = 4
	nextIPv4    = 4 // next header in tunnel mode

	outerHeader = 20 // of IPv4
)

// Why a packet of a tunnel is refused. The texts are the reasons in the record.
var (
	// ErrSPI: the packet names another association.
	ErrSPI = errors.New("esp unknown spi")
	// ErrReplay: the sequence number was seen, or is too old for the window.
	ErrReplay = errors.New("esp replay")
	// ErrForged: the integrity check fails.
	ErrForged = errors.New("esp authentication")
	// ErrPayload: the packet is too short, or what is in it is not IPv4.
	ErrPayload = errors.New("esp payload")
	// ErrWorn: the last sequence number was used (RFC 4303 3.3.3).
	ErrWorn = errors.New("esp sequence numbers used up")
)

// Association is a pair of security associations (RFC 4301 4.1), one for each direction of a tunnel.
type Association struct {
	out, in keys
	sent    uint32
	window  window
}

// keys are those of one direction.
type keys struct {
	aead cipher.AEAD
	salt [4]byte
	spi  uint32
}

// Sent is the sequence number of the last sealed packet.
func (a *Association) Sent() uint32 { return a.sent }

// SPI is the security parameters index of the packets that Seal makes.
func (a *Association) SPI() uint32 { return a.out.spi }

// New derives both directions of the tunnel from own to peer. Both ends get the same keys.
func New(secret []byte, own, peer netip.Addr) (*Association, error) {
	out, err := newKeys(secret, own, peer)
	if err != nil {
		return nil, err
	}
	in, err := newKeys(secret, peer, own)
	if err != nil {
		return nil, err
	}
	return &Association{out: out, in: in}, nil
}

func newKeys(secret []byte, from, to netip.Addr) (keys, error) {
	material, err := hkdf.Key(sha256.New, secret, nil, fmt.Sprintf("esp %v > %v", from, to), 32+4+4)
	if err != nil {
		return keys{}, fmt.Errorf("derive tunnel keys: %w", err)
	}
	block, err := aes.NewCipher(material[:32])
	if err != nil {
		return keys{}, fmt.Errorf("derive tunnel keys: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return keys{}, fmt.Errorf("derive tunnel keys: %w", err)
	}
	// SPIs up to 255 are reserved (RFC 4303 2.1).
	spi := binary.BigEndian.Uint32(material[36:]) | 0x100
	return keys{aead, [4]byte(material[32:36]), spi}, nil
}

func (k *keys) nonce(iv []byte) (n [12]byte) {
	copy(n[:], k.salt[:])
	copy(n[4:], iv)
	return n
}

// InnerMTU is the largest packet that fits a carrier packet of mtu octets.
func InnerMTU(mtu int) int {
	return (mtu-outerHeader-headerSize-ivSize-icvSize)/alignment*alignment - trailerSize
}

// Seal appends the ESP packet for an inner packet to b, whose capacity should be SealedSize.
func (a *Association) Seal(b, inner []byte) ([]byte, error) {
	if a.sent == ^uint32(0) { // RFC 4303 3.3.3: the counter must not cycle, and there is no key exchange
		return nil, ErrWorn
	}
	a.sent++
	b = binary.BigEndian.AppendUint32(b, a.out.spi)
	b = binary.BigEndian.AppendUint32(b, a.sent)
	header := b[len(b)-headerSize:]
	b = binary.BigEndian.AppendUint64(b, uint64(a.sent)) // the IV: a counter never repeats (RFC 4106 3.1)
	nonce := a.out.nonce(b[len(b)-ivSize:])
	start := len(b)
	b = append(b, inner...)
	pad := padding(len(inner))
	for i := 1; i <= pad; i++ { // RFC 4303 2.4
		b = append(b, byte(i))
	}
	b = append(b, byte(pad), nextIPv4)
	return a.out.aead.Seal(b[:start], nonce[:], b[start:], header), nil
}

func padding(inner int) int { return (alignment - (inner+trailerSize)%alignment) % alignment }

// SealedSize is the length of the ESP packet for an inner packet.
func SealedSize(inner int) int {
	return headerSize + ivSize + inner + padding(inner) + trailerSize + icvSize
}

// Open checks an ESP packet and returns the inner packet, in place. Replays and forgeries are refused; only
// authentic packets move the window (RFC 4303 3.4.3).
func (a *Association) Open(b []byte) ([]byte, error) {
	if len(b) < headerSize+ivSize+trailerSize+icvSize {
		return nil, ErrPayload
	}
	header, iv, body := b[:headerSize], b[headerSize:headerSize+ivSize], b[headerSize+ivSize:]
	if binary.BigEndian.Uint32(header) != a.in.spi {
		return nil, ErrSPI
	}
	sequence := binary.BigEndian.Uint32(header[4:])
	if !a.window.fresh(sequence) {
		return nil, ErrReplay
	}
	nonce := a.in.nonce(iv)
	plain, err := a.in.aead.Open(body[:0], nonce[:], body, header)
	if err != nil {
		return nil, ErrForged
	}
	a.window.accept(sequence)
	pad := int(plain[len(plain)-2])
	if plain[len(plain)-1] != nextIPv4 || pad > len(plain)-trailerSize {
		return nil, ErrPayload
	}
	return plain[:len(plain)-trailerSize-pad], nil
}

// windowSize is how far a packet may lag behind the newest (RFC 4303 3.4.3 recommends 64).
const windowSize = 64

// window is the receiver's memory of sequence numbers.
type window struct {
	top  uint32
	seen uint64 // bit n: top-n has arrived
}

// fresh reports whether a sequence number has not been seen and is not too old.
func (w *window) fresh(sequence uint32) bool {
	switch {
	case sequence == 0:
		return false
	case sequence > w.top:
		return true
	case w.top-sequence >= windowSize:
		return false
	}
	return w.seen&(1<<(w.top-sequence)) == 0
}

func (w *window) accept(sequence uint32) {
	if sequence > w.top {
		w.seen <<= min(sequence-w.top, windowSize)
		w.top = sequence
	}
	w.seen |= 1 << (w.top - sequence)
}
