package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"demailbench/features/suite"
	"demailbench/reports/signer"
)

// keyCommand makes and shows the keys with which packages are signed.
type keyCommand struct {
	New  keyNewCommand  `cmd:"" help:"Make a key: FILE is secret and signs, FILE.pub goes to who verifies."`
	Show keyShowCommand `cmd:"" help:"Print the fingerprint of a key."`
}

type keyNewCommand struct {
	File string `arg:"" help:"Where the private key is to be; no file may be there."`
}

// Run makes a key and prints its fingerprint.
func (c *keyNewCommand) Run() error {
	k, err := signer.New(rand.Reader)
	if err != nil {
		return err
	}
	private, err := k.PEM()
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		mode os.FileMode
		text []byte
	}{{c.File, 0o600, private}, {c.File + ".pub", 0o644, k.Public().PEM()}} {
		if err := create(f.name, f.mode, f.text); err != nil {
			return &suite.UsageError{Text: fmt.Sprintf("key new: %v; name a file that is not there yet, in a directory that is", err)}
		}
	}
	fmt.Printf("private key: %s (keep it secret)\npublic key:  %s.pub\nfingerprint: %s\n", c.File, c.File, k.Public().Fingerprint())
	return nil
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

type keyShowCommand struct {
	File string `arg:"" help:"A private or a public key."`
}

// Run prints the fingerprint.
func (c *keyShowCommand) Run() error {
	public, err := readPublic("key show", c.File)
	if err != nil {
		k, private := readKey("key show", c.File)
		if private != nil {
			return err
		}
		public = k.Public()
	}
	fmt.Println(public.Fingerprint())
	return nil
}

// readKey reads the private key that option names.
func readKey(option, file string) (signer.Key, error) {
	text, err := readSmall(file)
	if err != nil {
		return signer.Key{}, &suite.UsageError{Text: fmt.Sprintf("%s: %v; demailbench key new FILE makes one", option, err)}
	}
	k, err := signer.ParseKey(text)
	if err != nil {
		return k, &suite.UsageError{Text: fmt.Sprintf("%s: %s %v", option, file, err)}
	}
	return k, nil
}

// readPublic reads the public key that option names.
func readPublic(option, file string) (signer.Public, error) {
	text, err := readSmall(file)
	if err != nil {
		return signer.Public{}, &suite.UsageError{Text: fmt.Sprintf("%s: %v; name the file of the public key", option, err)}
	}
	k, err := signer.ParsePublic(text)
	if err != nil {
		return k, &suite.UsageError{Text: fmt.Sprintf("%s: %s %v", option, file, err)}
	}
	return k, nil
}

// readSmall reads a file that a person wrote or named; one that is too large for that is not read.
func readSmall(name string) ([]byte, error) {
	const most = 1 << 20
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
