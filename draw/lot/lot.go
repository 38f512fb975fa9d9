// Package lot is the arithmetic of the draw: the two suites of hash functions,
// the injective hash TH, identifiers, seed, seal chains, keys and tickets, as
// sections 2 and 4 of docs/spec/draw.md fix them.
package lot

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"

	"quanxiang/draw/sm3"
)

// Suite chooses the hash function of a plan.
type Suite uint8

// The suites: SHA-256, and SM3 for systems under Chinese commercial
// cryptography rules.
const (
	SHA256 Suite = 1
	SM3    Suite = 2
)

// Hash is a digest of either suite.
type Hash [32]byte

// String is the hex form.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Compare orders digests as big-endian numbers.
func (h Hash) Compare(o Hash) int { return bytes.Compare(h[:], o[:]) }

// Head is the digest's first 64 bits, which decide nearly every comparison.
func (h *Hash) Head() uint64 { return binary.BigEndian.Uint64(h[:8]) }

// Sum is H of the specification.
func (s Suite) Sum(b []byte) Hash {
	if s == SM3 {
		return sm3.Sum(b)
	}
	return sha256.Sum256(b)
}

// New is a running H.
func (s Suite) New() hash.Hash {
	if s == SM3 {
		return sm3.New()
	}
	return sha256.New()
}

// TH hashes parts under a tag so that no two lists of parts are hashed alike.
// Tags of the protocol have at least two characters, so that none begins as an
// inner node of a tree does.
func (s Suite) TH(tag string, parts ...[]byte) Hash {
	h := s.New()
	b := make([]byte, 0, 64)
	b = append(b, byte(len(tag)))
	b = append(b, tag...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(parts)))
	for _, p := range parts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		h.Write(b)
		h.Write(p)
		b = b[:0]
	}
	h.Write(b)
	return Hash(h.Sum(b[:0]))
}

// U8, U32 and U64 are the big-endian bytes of a number.
func U8(n int) []byte     { return []byte{byte(n)} }
func U32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
func U64(n int64) []byte  { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

// Purpose separates what a key is for.
type Purpose uint8

// The purposes. Inspecting a sample again (6) has no record yet.
const (
	Subjects    Purpose = 1
	Substitutes Purpose = 2
	Visits      Purpose = 3
	Inspectors  Purpose = 4
	Stand       Purpose = 5 // inspectors in place of others
	Salts       Purpose = 8
)

// Seed mixes what was fixed before the draw, what the witnesses revealed (nil:
// nothing) and the outside values.
func (s Suite) Seed(plan, closing Hash, reveals [][]byte, outside []Hash) Hash {
	parts := [][]byte{plan[:], closing[:], U8(len(reveals))}
	parts = append(parts, reveals...)
	parts = append(parts, U8(len(outside)))
	for i := range outside {
		parts = append(parts, outside[i][:])
	}
	return s.TH("seed", parts...)
}

// Next is the element of a holder's chain that follows x: what is used comes
// before what is anchored.
func (s Suite) Next(plan string, holder int, x Hash) Hash {
	return s.TH("chain", []byte(plan), U8(holder), x[:])
}

// Key is the key of a purpose at a use, with one element of each holder.
func (s Suite) Key(seed Hash, p Purpose, use uint32, elements []Hash) Hash {
	parts := [][]byte{seed[:], U8(int(p)), U32(use)}
	for i := range elements {
		parts = append(parts, elements[i][:])
	}
	return s.TH("key", parts...)
}

// Ticket is what decides: a key and a subject give one, and nothing else moves
// it. Its 55 bytes are exactly one compression.
func (s Suite) Ticket(key *Hash, uid *UID, c uint16, p Purpose) Hash {
	var b [55]byte
	copy(b[:32], key[:])
	copy(b[32:52], uid[:])
	b[52], b[53], b[54] = byte(c>>8), byte(c), byte(p)
	if s == SM3 {
		return sm3.Sum(b[:])
	}
	return sha256.Sum256(b[:])
}
