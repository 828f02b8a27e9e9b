package esp

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"net/netip"
	"testing"
)

var secret = []byte("a secret of thirty-two octets ...")

func endpoints(t testing.TB) (a, b *Association) {
	t.Helper()
	left, right := netip.MustParseAddr("100.64.0.14"), netip.MustParseAddr("100.64.0.1")
	a, err := New(secret, left, right)
	if err != nil {
		t.Fatal(err)
	}
	if b, err = New(secret, right, left); err != nil {
		t.Fatal(err)
	}
	return a, b
}

func TestSealOpen(t *testing.T) {
	a, b := endpoints(t)
	for size := range 1500 {
		inner := bytes.Repeat([]byte{byte(size)}, size)
		packet, err := a.Seal(nil, inner)
		if err != nil {
			t.Fatal(err)
		}
		if len(packet) != SealedSize(size) || len(packet)%4 != 0 {
			t.Fatalf("%d octets became %d, want %d", size, len(packet), SealedSize(size))
		}
		if size >= 16 && bytes.Contains(packet, inner[:16]) {
			t.Fatal("the inner packet is legible")
		}
		got, err := b.Open(packet)
		if err != nil || !bytes.Equal(got, inner) {
			t.Fatalf("%d octets came out as %d: %v", size, len(got), err)
		}
	}
	if a.out.spi == a.in.spi || a.out.spi < 256 {
		t.Errorf("SPIs %d and %d", a.out.spi, a.in.spi)
	}
}

// The packet is what RFC 4303 and RFC 4106 say, opened by hand.
func TestESPFormat(t *testing.T) {
	a, _ := endpoints(t)
	packet, err := a.Seal(nil, []byte("inner"))
	if err != nil {
		t.Fatal(err)
	}
	material, err := hkdf.Key(sha256.New, secret, nil, "esp 100.64.0.14 > 100.64.0.1", 40)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(material[:32])
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := append(append([]byte(nil), material[32:36]...), packet[8:16]...) // salt, IV
	plain, err := gcm.Open(nil, nonce, packet[16:], packet[:8])
	if err != nil {
		t.Fatal(err)
	}
	if want := []byte("inner\x01\x01\x04"); !bytes.Equal(plain, want) { // padding 1, pad length 1, IPv4
		t.Errorf("plain text %q, want %q", plain, want)
	}
	if sequence := binary.BigEndian.Uint32(packet[4:]); sequence != 1 {
		t.Errorf("first sequence number %d", sequence)
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func([]byte) []byte
		want   error
	}{
		{"short", func(b []byte) []byte { return b[:20] }, ErrPayload},
		{"other SPI", func(b []byte) []byte { b[0]++; return b }, ErrSPI},
		{"other sequence number", func(b []byte) []byte { b[7]++; return b }, ErrForged},
		{"sequence number 0", func(b []byte) []byte { b[7] = 0; return b }, ErrReplay},
		{"IV", func(b []byte) []byte { b[9]++; return b }, ErrForged},
		{"body", func(b []byte) []byte { b[20]++; return b }, ErrForged},
		{"check value", func(b []byte) []byte { b[len(b)-1]++; return b }, ErrForged},
		{"cut", func(b []byte) []byte { return b[:len(b)-4] }, ErrForged},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, b := endpoints(t)
			packet, err := a.Seal(nil, []byte("inner packet"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.Open(test.change(bytes.Clone(packet))); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if _, err := b.Open(bytes.Clone(packet)); err != nil {
				t.Errorf("after the forgery the right packet fails: %v", err)
			}
			if _, err := b.Open(bytes.Clone(packet)); !errors.Is(err, ErrReplay) {
				t.Errorf("the right packet again: %v, want replay", err)
			}
		})
	}
}

func TestSequenceEnds(t *testing.T) {
	a, _ := endpoints(t)
	a.sent = 1<<32 - 2
	if _, err := a.Seal(nil, nil); err != nil {
		t.Errorf("last number: %v", err)
	}
	if _, err := a.Seal(nil, nil); !errors.Is(err, ErrWorn) {
		t.Errorf("beyond the last number: %v", err)
	}
}

// RFC 4303 3.4.3: the window, against a plain memory of all numbers.
func TestWindow(t *testing.T) {
	for _, order := range [][]uint32{
		{1, 2, 3, 2, 3, 4}, {5, 1, 2, 3, 4, 5, 1}, {64, 1, 65, 1, 2, 66, 2}, {1, 1000, 1, 937, 936, 937, 1000},
		{100, 36, 37, 36, 164, 100, 101}, {1, 65, 1}, {0, 1, 0}, {1 << 31, 1<<32 - 1, 1<<32 - 64, 1<<32 - 65, 1<<32 - 1},
	} {
		var w window
		seen, top := map[uint32]bool{}, uint32(0)
		for i, n := range order {
			want := n != 0 && !seen[n] && (n > top || top-n < 64)
			if got := w.fresh(n); got != want {
				t.Errorf("%v: number %d at %d is fresh %v, want %v", order, n, i, got, want)
			}
			if want {
				w.accept(n)
				seen[n], top = true, max(top, n)
			}
		}
	}
}

// Every carrier MTU is used as far as it goes and never exceeded.
func TestInnerMTU(t *testing.T) {
	for mtu := 576; mtu <= 9000; mtu++ {
		inner := InnerMTU(mtu)
		if 20+SealedSize(inner) > mtu || 20+SealedSize(inner+1) <= mtu {
			t.Fatalf("carrier %d: inner %d makes %d, one more makes %d", mtu, inner, 20+SealedSize(inner), 20+SealedSize(inner+1))
		}
	}
}

// FuzzOpen feeds a tunnel's end.
func FuzzOpen(f *testing.F) {
	a, _ := endpoints(f)
	for _, inner := range []string{"", "inner packet"} {
		packet, err := a.Seal(nil, []byte(inner))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packet)
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		_, b := endpoints(t)
		b.Open(bytes.Clone(packet))
	})
}
