package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// readKeys loads every key file at the top of fsys, by its name without ".pem".
func readKeys(fsys fs.FS) (map[string]*ecdsa.PrivateKey, error) {
	files, err := fs.Glob(fsys, "*.pem")
	if err != nil {
		return nil, fmt.Errorf("pki: read keys: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("pki: read keys: no *.pem at the top of the given file system; pass the directory fixtures/pki itself (fs.Sub)")
	}
	keys := map[string]*ecdsa.PrivateKey{}
	for _, file := range files {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("pki: read keys: %w", err)
		}
		if keys[strings.TrimSuffix(file, ".pem")], err = parseKey(data); err != nil {
			return nil, fmt.Errorf("pki: key file %s: %w", file, err)
		}
	}
	return keys, nil
}

// parseKey reads one PKCS #8 key in PEM. Other curves are refused: handshakes would differ in size and
// speed from party to party.
func parseKey(data []byte) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("holds no PEM block \"PRIVATE KEY\" (PKCS #8)")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("not a PKCS #8 key: %w", err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, fmt.Errorf("is a %T; the bench uses ECDSA P-256 only", parsed)
	}
	return key, nil
}

func (a *Authority) lookup(name string) (*ecdsa.PrivateKey, error) {
	if key, ok := a.keys[name]; ok {
		return key, nil
	}
	return nil, fmt.Errorf("no key %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(a.keys)), ", "))
}
