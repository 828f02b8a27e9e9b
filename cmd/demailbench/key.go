package main

import (
	"crypto/rand"
	"fmt"

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
	k, err := signer.Create(c.File, rand.Reader)
	if err != nil {
		return &suite.UsageError{Text: fmt.Sprintf("key new: %v", err)}
	}
	fmt.Printf("private key: %s (keep it secret)\npublic key:  %s.pub\nfingerprint: %s\n", c.File, c.File, k.Public().Fingerprint())
	return nil
}

type keyShowCommand struct {
	File string `arg:"" help:"A private or a public key."`
}

// Run prints the fingerprint.
func (c *keyShowCommand) Run() error {
	public, err := signer.ReadPublic(c.File)
	if k, private := signer.ReadKey(c.File); private == nil {
		public, err = k.Public(), nil
	}
	if err != nil {
		return &suite.UsageError{Text: fmt.Sprintf("key show: %v", err)}
	}
	fmt.Println(public.Fingerprint())
	return nil
}
