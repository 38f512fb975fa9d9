package ledger

import "quanxiang/gov"

// Entry is one act, as it goes into the tree. It holds no personal data in
// clear: the actor and every value that could point to a person are salted
// commitments; Facts are public.
type Entry struct {
	ID       gov.ID            // of the event; makes a retried write harmless
	District gov.District      // whose ledger
	At       int64             // Unix milliseconds
	Kind     string            // what happened: "library.document.imported"
	Object   string            // what it happened to: "document:xzf-2016-8"
	Actor    Hash              // Commit(salt, actor)
	Facts    map[string]string // public facts, e.g. number, version, digests
	Rows     []Row             // the state of each row this act wrote
}

// Row is the digest of one database row after the act, so that a row changed
// behind the program's back is found and named. A deleted row has a zero Digest.
type Row struct {
	Table  string
	Key    string // primary key without the district, parts joined by "/"
	Digest Hash
}

// Hash is a SHA-256.
type Hash [32]byte
