package ledger

import (
	"regexp"
	"unicode"
	"unicode/utf8"

	"quanxiang/gov"
)

// MaxEntry is the greatest length of an entry's canonical bytes: the tlog-tiles
// entry bundle prefixes each with a uint16.
const MaxEntry = 1<<16 - 1

// maxInstant is the greatest integer every JSON reader keeps exact.
const maxInstant = 1<<53 - 1

// Entry is one act, as it goes into the tree. It holds no personal data in
// clear: the actor and every value that could point to a person are salted
// commitments; Facts are public.
type Entry struct {
	ID       gov.ID            // of the event; makes a retried write harmless
	District gov.District      // whose ledger
	At       int64             // Unix milliseconds
	Kind     string            // what happened: "library.document.imported"
	Object   string            // what it happened to: "document:xzf-2016-8"
	Actor    Hash              // Commit(salt, gov.Actor.String())
	Facts    map[string]string // public facts, e.g. number, version, digests
	Sealed   map[string]Hash   // commitments to facts that are not public, by name
	Rows     RowSet            // the database rows this act wrote
}

// Recorded is an entry with its place in the tree.
type Recorded struct {
	Index int64 // from 0; -1 while the entry waits for the sequencer
	Entry
}

// RowSet commits to the state of every row an act wrote without saying which
// rows they are. The rows themselves, a list of [Row], stay with the store.
type RowSet struct {
	Count int64 // how many rows
	Root  Hash  // Commit(salt, root of the Merkle tree over the rows' leaves)
}

var (
	districtForm = regexp.MustCompile(`^[0-9a-z-]{1,32}$`)
	kindForm     = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,5}$`)
	objectForm   = regexp.MustCompile(`^[a-z][a-z0-9_]*:.+$`)
	nameForm     = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
)

// Validate checks the rules of docs/spec/ledger.md section 2. It returns an
// Invalid error on the field that breaks one.
func (e Entry) Validate() error {
	switch {
	case e.ID.IsZero():
		return gov.Errorf(gov.Invalid, "缺少事件标识", "the event has no identifier").On("id")
	case !districtForm.MatchString(string(e.District)):
		return gov.Errorf(gov.Invalid, "“%s”不是有效的区划代码", "%q is not a district code", e.District).On("district")
	case e.At <= 0 || e.At > maxInstant:
		return gov.Errorf(gov.Invalid, "时间 %d 超出范围", "the instant %d is out of range", e.At).On("at")
	case len(e.Kind) > 100 || !kindForm.MatchString(e.Kind):
		return gov.Errorf(gov.Invalid, "“%.120s”不是有效的事件类别，应形如 library.document.imported", "%.120q is not a kind of event; write it like library.document.imported", e.Kind).On("kind")
	case len(e.Object) > 300 || !objectForm.MatchString(e.Object) || !printable(e.Object):
		return gov.Errorf(gov.Invalid, "“%.320s”不是有效的对象名，应形如 document:xzf-2016-8", "%.320q is not an object; write it like document:xzf-2016-8", e.Object).On("object")
	case e.Actor.IsZero():
		return gov.Errorf(gov.Invalid, "缺少行为人承诺值", "the commitment to the actor is missing").On("actor")
	case e.Rows.Count < 0 || e.Rows.Count > maxInstant || (e.Rows.Count == 0) != e.Rows.Root.IsZero():
		return gov.Errorf(gov.Invalid, "数据行承诺与行数 %d 不符", "the commitment to the rows does not fit their number %d", e.Rows.Count).On("rows")
	}
	for name, value := range e.Facts {
		if !nameForm.MatchString(name) {
			return gov.Errorf(gov.Invalid, "“%.80s”不是有效的事实名称", "%.80q is not the name of a fact", name).On("facts")
		}
		if !utf8.ValidString(value) {
			return gov.Errorf(gov.Invalid, "事实“%s”不是有效的 UTF-8", "the fact %q is not valid UTF-8", name).On("facts." + name)
		}
	}
	for name, c := range e.Sealed {
		if !nameForm.MatchString(name) || name == ActorOpening || c.IsZero() {
			return gov.Errorf(gov.Invalid, "密封事实“%.80s”无效", "the sealed fact %.80q is not valid", name).On("sealed")
		}
		if _, both := e.Facts[name]; both {
			return gov.Errorf(gov.Invalid, "事实“%s”既公开又密封", "the fact %q is both public and sealed", name).On("sealed." + name)
		}
	}
	return nil
}

// printable refuses blanks, controls and broken UTF-8 in names that people
// compare by eye.
func printable(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsGraphic(r) || unicode.IsSpace(r) {
			return false
		}
	}
	return true
}
