package ledger

import (
	"crypto/sha256"
	"encoding/base64"

	"golang.org/x/mod/sumdb/tlog"

	"quanxiang/gov"
)

// Hash is a SHA-256. As text it is standard base64 with padding, 44
// characters, as in checkpoints.
type Hash [32]byte

// SaltSize is the length of a salt in bytes.
const SaltSize = 32

// Salt hides a committed value. It is drawn at random by the caller, once per
// value, and kept outside the ledger.
type Salt [SaltSize]byte

// commitDomain separates commitments from every other use of SHA-256 here.
const commitDomain = "quanxiang/commit/v1\n"

// Commit binds to a value without showing it: whoever has salt and value can
// check it, and once the salt is erased nobody can link the value to the
// commitment any more, not even by trying all values.
func Commit(salt Salt, value []byte) Hash {
	h := sha256.New()
	h.Write([]byte(commitDomain))
	h.Write(salt[:])
	h.Write(value)
	return Hash(h.Sum(nil))
}

// LeafHash is the RFC 6962 leaf hash of an entry's canonical bytes,
// SHA-256(0x00 || bytes).
func LeafHash(entry []byte) Hash { return Hash(tlog.RecordHash(entry)) }

// nodeHash is the RFC 6962 hash of an inner node, SHA-256(0x01 || left || right).
func nodeHash(left, right Hash) Hash {
	return Hash(tlog.NodeHash(tlog.Hash(left), tlog.Hash(right)))
}

// IsZero reports whether the hash was never set.
func (h Hash) IsZero() bool { return h == Hash{} }

// String is the base64 form.
func (h Hash) String() string { return base64.StdEncoding.EncodeToString(h[:]) }

// ParseHash reads the form String writes and nothing else: base64 has several
// spellings of the same bytes, a proof has one.
func ParseHash(s string) (Hash, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b) != len(Hash{}) || Hash(b).String() != s {
		return Hash{}, gov.Errorf(gov.Invalid, "“%.60s”不是规范的 SHA-256 摘要（44 个 base64 字符）", "%.60q is not a canonical SHA-256 digest (44 base64 characters)", s)
	}
	return Hash(b), nil
}

// MarshalText gives the hash its base64 form in JSON.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads the form MarshalText writes.
func (h *Hash) UnmarshalText(b []byte) error {
	v, err := ParseHash(string(b))
	if err == nil {
		*h = v
	}
	return err
}
