package signer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Create makes a key pair and writes it to two new files: the private key to name, the public one to name.pub.
func Create(name string, random io.Reader) (Key, error) {
	k, err := New(random)
	if err != nil {
		return k, err
	}
	private, err := k.PEM()
	if err != nil {
		return k, err
	}
	for _, f := range []struct {
		name string
		mode fs.FileMode
		text []byte
	}{{name, 0o600, private}, {name + ".pub", 0o644, k.Public().PEM()}} {
		if err := create(f.name, f.mode, f.text); err != nil {
			return k, fmt.Errorf("%w; name a file that is not there yet, in a directory that is", err)
		}
	}
	return k, nil
}

// create writes a new file; one that is there is left alone.
func create(name string, mode os.FileMode, text []byte) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// ReadKey reads the private key in a file.
func ReadKey(name string) (Key, error) {
	text, err := small(name)
	if err != nil {
		return Key{}, fmt.Errorf("%w; demailbench key new FILE makes one", err)
	}
	k, err := ParseKey(text)
	if err != nil {
		return k, fmt.Errorf("%s %w", name, err)
	}
	return k, nil
}

// ReadPublic reads the public key in a file.
func ReadPublic(name string) (Public, error) {
	text, err := small(name)
	if err != nil {
		return Public{}, fmt.Errorf("%w; name the file of the public key", err)
	}
	k, err := ParsePublic(text)
	if err != nil {
		return k, fmt.Errorf("%s %w", name, err)
	}
	return k, nil
}

// small reads a file that a person named; one that is too large for a key is not read.
func small(name string) ([]byte, error) {
	const most = 1 << 16
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("is no file")}
	case info.Size() > most:
		return nil, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("has more than %d octets", most)}
	}
	return os.ReadFile(name)
}
