package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
)

// Row is the state of one database row after an act, so that a row changed
// behind the program's back is found and named. Version counts the acts about
// the row from 1; the digest with the greatest version is the one the row must
// have now. A deleted row has a zero Digest.
type Row struct {
	Table   string
	Key     string // primary key without the district, see RowKey
	Version int64
	Digest  Hash
}

const (
	rowDigestDomain = "quanxiang/row/v1\n"
	rowLeafDomain   = "quanxiang/rowleaf/v1\n"
)

// DigestRow is the digest of a row from its canonical form, the JSON of
// docs/spec/ledger.md section 5.
func DigestRow(canonical []byte) Hash {
	h := sha256.New()
	h.Write([]byte(rowDigestDomain))
	h.Write(canonical)
	return Hash(h.Sum(nil))
}

// Leaf is the hash of the row in the tree of its RowSet.
func (r Row) Leaf() Hash {
	b := append(make([]byte, 0, 256), rowLeafDomain...)
	b = appendBytes(b, r.Table)
	b = appendBytes(b, r.Key)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Version))
	b = append(b, r.Digest[:]...)
	return LeafHash(b)
}

// CommitRows makes the RowSet of an act from the tree over its rows' leaves in
// their order. It is the zero RowSet when there are no rows.
func CommitRows(salt Salt, rows *Builder) RowSet {
	if rows.Size() == 0 {
		return RowSet{}
	}
	root := rows.Root()
	return RowSet{Count: rows.Size(), Root: Commit(salt, root[:])}
}

// RowKey joins the parts of a primary key by "/". A "/" or "%" inside a part is
// written %2F or %25, so different keys never meet.
func RowKey(parts ...string) string {
	esc := make([]string, len(parts))
	for i, p := range parts {
		esc[i] = keyEscaper.Replace(p)
	}
	return strings.Join(esc, "/")
}

// SplitRowKey undoes RowKey.
func SplitRowKey(key string) []string {
	parts := strings.Split(key, "/")
	for i, p := range parts {
		parts[i] = keyUnescaper.Replace(p)
	}
	return parts
}

var (
	keyEscaper   = strings.NewReplacer("%", "%25", "/", "%2F")
	keyUnescaper = strings.NewReplacer("%2F", "/", "%25", "%")
)

// appendBytes writes a string behind its length, so that "ab","c" and "a","bc"
// differ.
func appendBytes[S ~string | ~[]byte](b []byte, s S) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(len(s)))
	return append(b, s...)
}
