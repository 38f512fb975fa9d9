package backup

import (
	"fmt"
	"slices"

	"quanxiang/gov"
)

// Format is the version of the archive format this program writes, and the
// newest it reads.
const Format = 1

// The names of members. The first is the stamp, which tells what the file is;
// the last is the manifest, whose absence tells that the archive was cut off.
const (
	stampName    = "quanxiang-backup"
	manifestName = "manifest.json"
	rowsFolder   = "rows/"
	filesFolder  = "files/"

	// The private keys, each only in an archive that was asked to carry them.
	LedgerKey  = "ledger.key"  // signs the ledger
	PrivacyKey = "privacy.key" // seals personal data
)

// Manifest tells what an archive holds.
type Manifest struct {
	Format     int              `json:"format"`
	Program    string           `json:"program"`  // version that wrote it
	TakenAt    int64            `json:"taken_at"` // Unix milliseconds
	District   gov.District     `json:"district"`
	Schema     int64            `json:"schema"` // number of the last migration
	Pack       Pack             `json:"pack"`
	Keys       []string         `json:"keys"`                 // public keys of the ledger, the one that signs first
	Sealing    []string         `json:"sealing,omitempty"`    // names of the keys that seal personal data, the present one first
	Checkpoint string           `json:"checkpoint,omitempty"` // the newest of the rows
	Rows       map[string]int64 `json:"rows"`                 // by table
	Files      Total            `json:"files"`
	Absent     []string         `json:"absent,omitempty"` // files the rows refer to that could not be read
	Members    []Member         `json:"members"`          // of rows, and the keys'; a file's name is its hash
}

// Pack names the pack an installation runs.
type Pack struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	Hash    string `json:"hash"`
}

// Total sums up files.
type Total struct {
	Count int64 `json:"count"`
	Bytes int64 `json:"bytes"`
}

// Member is a part of the archive.
type Member struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// RowCount is how many rows the archive holds.
func (m *Manifest) RowCount() (n int64) {
	for _, k := range m.Rows {
		n += k
	}
	return n
}

// WithKey reports whether the archive holds a private key.
func (m *Manifest) WithKey() bool {
	return slices.ContainsFunc(m.Members, func(one Member) bool { return isKey(one.Name) })
}

// isKey reports whether a member is one of the private keys.
func isKey(member string) bool { return member == LedgerKey || member == PrivacyKey }

// bad is the error about a member of an archive. zh and en say what is wrong
// with it.
func bad(member, zh, en string, args ...any) error {
	what := gov.Textf(zh, en, args...)
	return gov.Errorf(gov.Invalid, "备份已损坏：%[1]s：%[2]s", "The backup is damaged: %[1]s: %[3]s", member, what.ZH, what.EN)
}

// about wraps an error of restoring a member so that it names it.
func about(member string, err error) error {
	if err == nil || gov.CodeOf(err) == gov.Internal {
		if err != nil {
			err = fmt.Errorf("%s: %w", member, err)
		}
		return err
	}
	return gov.Errorf(gov.CodeOf(err), "%[1]s：%[2]s", "%[1]s: %[3]s", member, gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN)).Because(err)
}
