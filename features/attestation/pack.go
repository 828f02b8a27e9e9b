package attestation

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"demailbench/features/suite"
	"demailbench/reports"
	"demailbench/reports/certificate"
	"demailbench/reports/folder"
	"demailbench/reports/manifest"
	"demailbench/reports/messages"
	"demailbench/reports/parcel"
	"demailbench/reports/signer"
)

// Order is what somebody wants to be packed.
type Order struct {
	// Dir is the directory of a run, File the package that is made of it; it must not be there.
	Dir, File string
	Key       signer.Key
	// Required is what Required returned. Partial allows that some of it was not selected; the certificate says so.
	Required []string
	Partial  bool
	// Lang is the language that comes first on the certificate.
	Lang messages.Lang
}

// Pack judges the run again, writes certificate, manifest and signatures into its directory, and packs it. The error
// is an *OpenError when something is open; then nothing was written.
func Pack(o Order) error {
	again, err := suite.ReplayRun(o.Dir)
	if err != nil {
		return err
	}
	open, left := Open(again.Summary, o.Required, o.Partial)
	if len(open) > 0 {
		return &OpenError{open}
	}
	if wrong := slicesOf(again.Changed, again.Differences, again.Kept); len(wrong) > 0 {
		return fmt.Errorf("no package: the evidence in %s does not bear the verdicts: %s; run again", o.Dir, wrong[0])
	}
	if err := sign(o, again.Summary, left); err != nil {
		return fmt.Errorf("no package: %w", err)
	}
	return pack(o)
}

func slicesOf(lists ...[]string) (all []string) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// sign puts certificate, key, manifest and signature into the run's directory.
func sign(o Order, s *reports.Summary, left []string) error {
	dir := os.DirFS(o.Dir)
	m, err := manifest.Read(dir)
	if err != nil {
		return err
	}
	to := &folder.Folder{Dir: o.Dir}
	facts := certificate.Facts{Summary: s, Origin: m.Origin, Required: len(o.Required), Left: left, Statements: certificate.StatementsOf(s),
		Fingerprint: o.Key.Public().Fingerprint()}
	if err := to.Write(certificate.File, folder.Plain, func(w io.Writer) error { return certificate.Write(w, facts, o.Lang) }); err != nil {
		return err
	}
	if err := to.Put(signer.PublicFile, folder.Plain, o.Key.Public().PEM()); err != nil {
		return err
	}
	if err := manifest.Write(to, dir, m.Origin, m.Redacted); err != nil {
		return err
	}
	raw, err := os.ReadFile(filepath.Join(o.Dir, manifest.File))
	if err != nil {
		return err
	}
	return to.Put(manifest.Signature, folder.Plain, o.Key.Sign(raw))
}

// pack writes the file under another name until it is complete.
func pack(o Order) (err error) {
	part := o.File + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return folder.Fault(o.File, err)
	}
	err = errors.Join(parcel.Write(f, os.DirFS(o.Dir), o.Key), f.Close())
	if err == nil {
		err = os.Rename(part, o.File)
	}
	if err != nil {
		os.Remove(part)
		return folder.Fault(o.File, err)
	}
	return nil
}
