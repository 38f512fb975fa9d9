package privacy

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/text/unicode/norm"

	"quanxiang/gov"
)

// Place is where a sealed value belongs.
type Place struct {
	District gov.District
	Table    string
	Column   string
	Key      string // of the row, without the district; parts joined as ledger.RowKey does
}

// An envelope is version, key id, nonce and ciphertext with its tag.
const (
	version    = 1
	headLen    = 1 + len(keyID{})
	nonceLen   = chacha20poly1305.NonceSizeX
	overhead   = headLen + nonceLen + chacha20poly1305.Overhead
	sealDomain = "quanxiang/privacy/seal/v1\n"
)

// Overhead is how many bytes an envelope is longer than what it holds.
const Overhead = overhead

// Seal encrypts a value for a place with XChaCha20-Poly1305 under the present
// key. Sealing a value twice gives different envelopes of the same length.
func (k *Keyring) Seal(at Place, value []byte) []byte {
	k.refresh()
	key := k.held.Load().seal[0]
	out := make([]byte, headLen+nonceLen, len(value)+overhead)
	out[0] = version
	copy(out[1:], key.id[:])
	rand.Read(out[headLen:]) // 192 random bits never repeat in practice
	return key.aead.Seal(out, out[headLen:], value, at.bound(out[:headLen]))
}

// Open decrypts an envelope. It returns NotFound when the keyring lacks the
// key, and Conflict when the envelope was damaged or belongs elsewhere; both
// are for operators: what a user is shown says neither.
func (k *Keyring) Open(at Place, envelope []byte) ([]byte, error) {
	if len(envelope) < overhead || envelope[0] != version {
		return nil, gov.Errorf(gov.Conflict, "%s.%s 的密文已损坏", "the sealed value of %s.%s is damaged", at.Table, at.Column)
	}
	key, ok := k.find(keyID(envelope[1:headLen]))
	if ok {
		body := envelope[headLen:]
		value, err := key.aead.Open(nil, body[:nonceLen], body[nonceLen:], at.bound(envelope[:headLen]))
		if err != nil {
			return nil, gov.Errorf(gov.Conflict, "%s.%s 的密文被改动，或不属于这一行", "the sealed value of %s.%s was changed, or belongs to another row", at.Table, at.Column).Because(err)
		}
		return value, nil
	}
	return nil, gov.Errorf(gov.NotFound, "密钥文件中没有解开 %[1]s.%[2]s 所需的密钥 %[3]x", "the key file lacks the key %[3]x that opens %[1]s.%[2]s", at.Table, at.Column, envelope[1:headLen])
}

// find is the key of an id, looked for anew where it lacks.
func (k *Keyring) find(id keyID) (key sealingKey, ok bool) {
	has := func(o sealingKey) bool { return o.id == id }
	held := k.held.Load().seal
	i := slices.IndexFunc(held, has)
	if i < 0 && k.from != nil {
		return k.from.find(id)
	}
	if i < 0 {
		k.refresh()
		held = k.held.Load().seal
		i = slices.IndexFunc(held, has)
	}
	if i < 0 {
		return key, false
	}
	return held[i], true
}

// SealedBy names the key that sealed an envelope, as IDs does, or is "" for what
// is no envelope.
func SealedBy(envelope []byte) string {
	if len(envelope) < overhead || envelope[0] != version {
		return ""
	}
	return hex.EncodeToString(envelope[1:headLen])
}

// Stale reports that an envelope was sealed with an older key and should be
// sealed anew, so that the older key can be given up one day.
func (k *Keyring) Stale(envelope []byte) bool {
	return len(envelope) < headLen || keyID(envelope[1:headLen]) != k.held.Load().seal[0].id
}

// bound is what an envelope is tied to besides its value.
func (p Place) bound(head []byte) []byte {
	b := append(make([]byte, 0, 128), sealDomain...)
	for _, s := range []string{string(head), string(p.District), p.Table, p.Column, p.Key} {
		b = appendPart(b, s)
	}
	return b
}

// appendPart writes a string behind its length, so that "ab","c" and "a","bc"
// differ.
func appendPart(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint64(b, uint64(len(s))), s...)
}

// IndexLen is the length of a blind index in bytes. 128 bits do not collide by
// chance in any district, and say nothing without the key.
const IndexLen = 16

// Index is the blind index of a value in a column: equal values, after Normal,
// have equal indexes within a column of a district and unrelated ones anywhere
// else. The key of the place does not matter.
//
// An index shows which rows share a value. So it is made only for values that
// are searched and mostly unique, such as a telephone number; never for a sex,
// a date of birth or a surname.
func (k *Keyring) Index(at Place, value string) []byte { return k.Indexes(at, value)[0] }

// Indexes are the blind indexes a value may stand under: that of the present key,
// and while a rotation is under way those of the older ones.
func (k *Keyring) Indexes(at Place, value string) [][]byte {
	info := []byte("quanxiang/privacy/index/v1\n")
	for _, s := range []string{string(at.District), at.Table, at.Column} {
		info = appendPart(info, s)
	}
	k.refresh()
	var list [][]byte
	text := []byte(Normal(value))
	for _, key := range k.held.Load().blind {
		mac := hmac.New(sha256.New, derive(key, string(info)))
		mac.Write(text)
		list = append(list, mac.Sum(nil)[:IndexLen])
	}
	return list
}

// Normal is a value without what people do not mean: blanks, differences of
// width and of case.
func Normal(value string) string {
	value = strings.ToValidUTF8(value, "\uFFFD") // beside what is none NFKC leaves signs as they are
	// Folding case may leave a form that NFKC composes further.
	return norm.NFKC.String(strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(value))), ""))
}
