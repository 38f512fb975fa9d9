package privacy

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"quanxiang/gov"
)

// keySize is the length of every key in bytes.
const keySize = 32

// keyID names a sealing key inside envelopes.
type keyID [4]byte

// sealingKey is a key with what is derived from it.
type sealingKey struct {
	id   keyID
	text string // base64, as it stands in the file
	aead cipher.AEAD
}

// Keyring is the secret side of the privacy of a district's installation: the
// key that seals, the older ones that still open, and the root of the blind
// indexes, which stays when sealing keys change. It is immutable; any number of
// goroutines may use it.
type Keyring struct {
	seal  []sealingKey // the first one seals
	index []byte
}

// NewKeyring makes a keyring with fresh random keys.
func NewKeyring() *Keyring {
	k := &Keyring{index: fresh()}
	k.seal = []sealingKey{newSealingKey(fresh())}
	return k
}

// KeyringOf is the keyring of one key of 32 bytes that is kept elsewhere, such as
// what a passphrase was stretched to. Other lengths are a mistake of the program.
func KeyringOf(key []byte) *Keyring {
	return &Keyring{index: key, seal: []sealingKey{newSealingKey(key)}}
}

// Rotate returns a keyring with a fresh sealing key in front. What the older
// ones sealed still opens; see Stale for sealing it anew.
func (k *Keyring) Rotate() *Keyring {
	return &Keyring{index: k.index, seal: append([]sealingKey{newSealingKey(fresh())}, k.seal...)}
}

func fresh() []byte {
	b := make([]byte, keySize)
	rand.Read(b) // never fails since Go 1.24
	return b
}

// newSealingKey takes keySize bytes.
func newSealingKey(key []byte) sealingKey {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic(err) // the length is the only reason
	}
	sum := sha256.Sum256(append([]byte("quanxiang/privacy/keyid/v1\n"), key...))
	return sealingKey{id: keyID(sum[:4]), text: base64.StdEncoding.EncodeToString(key), aead: aead}
}

// ParseKeyring reads the text of a key file: lines "index KEY" and "seal KEY"
// with keys of 32 bytes in base64, one index, the present sealing key before
// the older ones. Lines that begin with # are comments. It returns an Invalid
// error that names the line and never repeats it.
func ParseKeyring(text string) (*Keyring, error) {
	k := &Keyring{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		bad := func(zh, en string) error {
			return &gov.Error{Code: gov.Invalid, Text: gov.Text{ZH: zh, EN: en}, Pos: gov.Pos{Line: n}}
		}
		kind, value, _ := strings.Cut(line, " ")
		key, err := base64.StdEncoding.Strict().DecodeString(value)
		if err != nil || len(key) != keySize {
			return nil, bad("密钥应为 32 字节的 base64", "a key is 32 bytes in base64")
		}
		switch kind {
		case "index":
			if k.index != nil {
				return nil, bad("索引密钥只能有一个", "there can be one index key only")
			}
			k.index = key
		case "seal":
			s := newSealingKey(key)
			if slices.ContainsFunc(k.seal, func(o sealingKey) bool { return o.id == s.id }) {
				return nil, bad("密钥重复", "the key is there already")
			}
			k.seal = append(k.seal, s)
		default:
			return nil, bad("行首应为 index 或 seal", "a line begins with index or seal")
		}
	}
	if k.index == nil || len(k.seal) == 0 {
		return nil, gov.Errorf(gov.Invalid, "密钥文件缺少 index 或 seal 行", "the key file lacks a line index or seal")
	}
	return k, nil
}

// Text is the keyring as ParseKeyring reads it. It is secret.
func (k *Keyring) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "index %s\n", base64.StdEncoding.EncodeToString(k.index))
	for _, s := range k.seal {
		fmt.Fprintf(&b, "seal %s\n", s.text)
	}
	return b.String()
}

// IDs names the sealing keys, as envelopes do, the present one first. A name
// tells nothing of its key.
func (k *Keyring) IDs() []string {
	list := make([]string, len(k.seal))
	for i, s := range k.seal {
		list[i] = hex.EncodeToString(s.id[:])
	}
	return list
}

// String keeps keys out of logs.
func (k *Keyring) String() string { return "keyring" }

// Format keeps keys out of every verb of fmt, %#v included.
func (k *Keyring) Format(f fmt.State, _ rune) { fmt.Fprint(f, k.String()) }

// Derive makes a key of 32 bytes for a purpose that is neither sealing nor an
// index, such as the names of sessions. The same purpose gives the same key for
// the life of the keyring; purposes tell nothing about each other.
func (k *Keyring) Derive(purpose string) []byte {
	return k.derive("quanxiang/privacy/derive/v1\n" + purpose)
}

func (k *Keyring) derive(info string) []byte {
	key, err := hkdf.Key(sha256.New, k.index, nil, info, keySize)
	if err != nil {
		panic(err) // only for lengths over 255 blocks
	}
	return key
}
