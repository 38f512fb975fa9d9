// Package party is what a party of a draw does with its key: a witness commits and
// reveals, a seal holder gives the elements of its chain, and everyone but the
// platform signs. A platform that asks writes a Request; the party's own program,
// which may stand on another machine, answers it (docs/spec/draw-parties.md).
//
// All of a party's secrets follow from one key, so there is nothing to keep
// between the steps of a draw but the key itself.
package party

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"

	"quanxiang/canon"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
)

// Random is how many random bytes a key is made of.
const Random = 64

// Key is the secret of a party.
type Key struct {
	Name   string   // of its holder, for people
	seed   [32]byte // of the Ed25519 key
	secret [32]byte // of commitments and chains
}

// NewKey makes a key of Random bytes of a cryptographic source.
func NewKey(name string, random []byte) (Key, error) {
	if len(random) != Random {
		return Key{}, gov.Errorf(gov.Invalid, "密钥应由 %d 字节随机数产生", "a key is made of %d random bytes", Random)
	}
	return Key{Name: name, seed: [32]byte(random[:32]), secret: [32]byte(random[32:])}, nil
}

// String keeps keys out of logs.
func (Key) String() string { return "draw key" }

// GoString keeps keys out of logs.
func (Key) GoString() string { return "draw key" }

// file is a key as it is kept.
type file struct {
	V      string   `json:"v"`
	Name   string   `json:"name"`
	Seed   [32]byte `json:"seed"`
	Secret [32]byte `json:"secret"`
}

const keyVersion = "SSJ1-key"

// File is the key as ParseKey reads it. It is secret.
func (k Key) File() []byte {
	return append(canon.Marshal(&file{keyVersion, k.Name, k.seed, k.secret}), '\n')
}

// ParseKey reads what File wrote.
func ParseKey(b []byte) (Key, error) {
	var f file
	if err := canon.Unmarshal(trim(b), &f); err != nil || f.V != keyVersion {
		return Key{}, gov.Errorf(gov.Invalid, "这不是抽取密钥文件", "this is no key file of a draw").Because(err)
	}
	return Key{f.Name, f.Seed, f.Secret}, nil
}

// Public is the key that stands in plans.
func (k Key) Public() [32]byte {
	return [32]byte(ed25519.NewKeyFromSeed(k.seed[:]).Public().(ed25519.PublicKey))
}

// Sign signs an act.
func (k Key) Sign(act lot.Hash) [64]byte {
	return [64]byte(ed25519.Sign(ed25519.NewKeyFromSeed(k.seed[:]), act[:]))
}

// of derives a secret of the key for a purpose.
func (k Key) of(purpose string, parts ...[]byte) lot.Hash {
	m := hmac.New(sha256.New, k.secret[:])
	inner := lot.SHA256.TH("party", append([][]byte{[]byte(purpose)}, parts...)...)
	m.Write(inner[:])
	return lot.Hash(m.Sum(nil))
}

// Reveal is r of witness i of a plan of a planHash: another attempt has another.
func (k Key) Reveal(plan lot.Hash, i int) lot.Hash { return k.of("witness", plan[:], lot.U8(i)) }

// chain is the element number n of holder i's chain of a plan.
func (k Key) chain(s lot.Suite, plan string, i int, n uint32) lot.Hash {
	x := k.of("chain", []byte(plan), lot.U8(i))
	for range n {
		x = s.Next(plan, i, x)
	}
	return x
}

// Anchor is the end of the chain of holder i, of a length.
func (k Key) Anchor(s lot.Suite, plan string, i int, length uint32) lot.Hash {
	return k.chain(s, plan, i, length)
}

// Element is what holder i gives for a use.
func (k Key) Element(s lot.Suite, plan string, i int, length, use uint32) (lot.Hash, error) {
	if use >= length {
		return lot.Hash{}, gov.Errorf(gov.Invalid, "密封链只有 %[1]d 段，没有第 %[2]d 段", "the chain has %[1]d elements and none for use %[2]d", length, use)
	}
	return k.chain(s, plan, i, length-1-use), nil
}

func trim(b []byte) []byte {
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return b
}

// act is what a signer signs of a body.
func act(s lot.Suite, t record.Type, body any) lot.Hash {
	return record.Act(s, t, canon.Marshal(body))
}
