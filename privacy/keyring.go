package privacy

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

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

// keys are what a rotation changes: those that seal and open, and those of the
// blind indexes. The first of each is the present one.
type keys struct {
	seal  []sealingKey
	blind [][]byte
}

// Keyring is the secret side of the privacy of a district's installation: the
// key that seals and the older ones that still open, the key of the blind indexes
// with the older ones by which some may still be found, and the root that other
// keys are derived from, which no rotation changes. Any number of goroutines may
// use it. One that follows its file (Follow) takes a rotation up by itself; all
// others stay what they are.
type Keyring struct {
	root []byte
	held atomic.Pointer[keys]
	look func() *Keyring // newer keys, nil for none; nil: it follows nothing
	from *Keyring        // what Pin was called on
}

func ring(root []byte, k keys) *Keyring {
	r := &Keyring{root: root}
	r.held.Store(&k)
	return r
}

// NewKeyring makes a keyring with fresh random keys.
func NewKeyring() *Keyring {
	root := fresh()
	return ring(root, keys{[]sealingKey{newSealingKey(fresh())}, [][]byte{root}})
}

// KeyringOf is the keyring of one key of 32 bytes that is kept elsewhere, such as
// what a passphrase was stretched to. Other lengths are a mistake of the program.
func KeyringOf(key []byte) *Keyring {
	return ring(key, keys{[]sealingKey{newSealingKey(key)}, [][]byte{key}})
}

// Rotate returns a keyring with a fresh sealing key and a fresh key of the blind
// indexes in front. What the older ones sealed still opens; see Stale for sealing
// it anew.
func (k *Keyring) Rotate() *Keyring {
	h := k.held.Load()
	return ring(k.root, keys{append([]sealingKey{newSealingKey(fresh())}, h.seal...), append([][]byte{fresh()}, h.blind...)})
}

// Newest returns a keyring that has forgotten all keys but the present ones.
func (k *Keyring) Newest() *Keyring {
	h := k.held.Load()
	return ring(k.root, keys{h.seal[:1:1], h.blind[:1:1]})
}

// Follow makes the keyring look for newer keys before it seals and when it lacks
// one: look returns them, or nil while nothing has changed. Keys with another root
// belong elsewhere, and keys without the one that seals here are of before a rotation:
// neither are taken. It is called before the keyring is used.
func (k *Keyring) Follow(look func() *Keyring) { k.look = look }

// refresh takes up newer keys, if there are any.
func (k *Keyring) refresh() {
	if k.look == nil {
		return
	}
	n := k.look()
	if n == nil || !bytes.Equal(n.root, k.root) {
		return
	}
	held, present := n.held.Load(), k.held.Load().seal[0].id
	if slices.ContainsFunc(held.seal, func(s sealingKey) bool { return s.id == present }) {
		k.held.Store(held)
	}
}

// Pin returns the keyring as it is at this moment, for what must be sealed and
// indexed under keys of one time. It opens what k opens, also what a newer key
// sealed.
func (k *Keyring) Pin() *Keyring {
	k.refresh()
	p := &Keyring{root: k.root, from: k}
	p.held.Store(k.held.Load())
	return p
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

// ParseKeyring reads the text of a key file: lines "index KEY", "blind KEY" and
// "seal KEY" with keys of 32 bytes in base64. There is one index, the root of all
// that is derived; the present sealing key stands before the older ones, and so
// does that of blind indexes. A file without a line blind uses the root for them,
// as all did before the first rotation. Lines that begin with # are comments. It
// returns an Invalid error that names the line and never repeats it.
func ParseKeyring(text string) (*Keyring, error) {
	var k keys
	var root []byte
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
			if root != nil {
				return nil, bad("索引密钥只能有一个", "there can be one index key only")
			}
			root = key
		case "blind":
			if slices.ContainsFunc(k.blind, func(o []byte) bool { return bytes.Equal(o, key) }) {
				return nil, bad("密钥重复", "the key is there already")
			}
			k.blind = append(k.blind, key)
		case "seal":
			s := newSealingKey(key)
			if slices.ContainsFunc(k.seal, func(o sealingKey) bool { return o.id == s.id }) {
				return nil, bad("密钥重复", "the key is there already")
			}
			k.seal = append(k.seal, s)
		default:
			return nil, bad("行首应为 index、blind 或 seal", "a line begins with index, blind or seal")
		}
	}
	if root == nil || len(k.seal) == 0 {
		return nil, gov.Errorf(gov.Invalid, "密钥文件缺少 index 或 seal 行", "the key file lacks a line index or seal")
	}
	if k.blind == nil {
		k.blind = [][]byte{root}
	}
	return ring(root, k), nil
}

// Text is the keyring as ParseKeyring reads it. It is secret.
func (k *Keyring) Text() string {
	var b strings.Builder
	h := k.held.Load()
	fmt.Fprintf(&b, "index %s\n", base64.StdEncoding.EncodeToString(k.root))
	if len(h.blind) > 1 || !bytes.Equal(h.blind[0], k.root) {
		for _, key := range h.blind {
			fmt.Fprintf(&b, "blind %s\n", base64.StdEncoding.EncodeToString(key))
		}
	}
	for _, s := range h.seal {
		fmt.Fprintf(&b, "seal %s\n", s.text)
	}
	return b.String()
}

// IDs names the sealing keys, as envelopes do, the present one first. A name
// tells nothing of its key.
func (k *Keyring) IDs() []string {
	seal := k.held.Load().seal
	list := make([]string, len(seal))
	for i, s := range seal {
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
// the life of the keyring, rotations included; purposes tell nothing about each
// other.
func (k *Keyring) Derive(purpose string) []byte {
	return derive(k.root, "quanxiang/privacy/derive/v1\n"+purpose)
}

func derive(secret []byte, info string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, info, keySize)
	if err != nil {
		panic(err) // only for lengths over 255 blocks
	}
	return key
}
