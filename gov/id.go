package gov

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// ID is a UUID version 7 (RFC 9562): its first 48 bits are the Unix
// milliseconds of its making, so keys made later sort later. The program makes
// IDs, never the database; for intake the caller may bring its own, which then
// serves as the idempotency key.
type ID [16]byte

// NewID returns an ID stamped with at. Two IDs of the same millisecond differ
// in 74 random bits.
func NewID(at time.Time) ID {
	var id ID
	rand.Read(id[:]) // never fails since Go 1.24
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.UnixMilli())<<16)
	copy(id[:6], ms[:6])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ParseID reads the canonical 36-character form. It returns an Invalid error
// for anything else.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		h := s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
		if _, err := hex.Decode(id[:], []byte(h)); err == nil {
			return id, nil
		}
	}
	return ID{}, Errorf(Invalid, "“%s”不是有效的标识", "%q is not an identifier", s)
}

// String returns the canonical lower-case form, 36 characters.
func (id ID) String() string {
	h := hex.EncodeToString(id[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// IsZero reports whether the ID was never set.
func (id ID) IsZero() bool { return id == ID{} }

// Time is the instant the ID was made, to the millisecond.
func (id ID) Time() time.Time {
	var ms [8]byte
	copy(ms[2:], id[:6])
	return time.UnixMilli(int64(binary.BigEndian.Uint64(ms[:])))
}

// MarshalText and UnmarshalText give the ID its string form in JSON and forms.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the form MarshalText writes.
func (id *ID) UnmarshalText(b []byte) error {
	v, err := ParseID(string(b))
	if err == nil {
		*id = v
	}
	return err
}
