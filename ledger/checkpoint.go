package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"quanxiang/gov"
)

// Checkpoint is the head of a ledger: whoever holds one pins everything that
// was in the tree at that size. Signed, it is a C2SP tlog-checkpoint.
type Checkpoint struct {
	Origin string // name of the ledger and of its key, e.g. "xicheng.example/ledger/110102"
	Size   int64  // number of entries
	Root   Hash
}

// Text is the body that is signed: origin, size and root, a line each.
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + c.Root.String() + "\n"
}

// parseCheckpoint reads a body that Text wrote. Extension lines, which the C2SP
// format discourages and this program never writes, are refused.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) == 4 {
		size, err := strconv.ParseInt(lines[1], 10, 64)
		root, hashErr := ParseHash(lines[2])
		c := Checkpoint{Origin: lines[0], Size: size, Root: root}
		if err == nil && hashErr == nil && size >= 0 && size <= MaxSize && c.Text() == text {
			return c, nil
		}
	}
	return Checkpoint{}, gov.Errorf(gov.Invalid, "检查点正文不是“来源、条数、根哈希”三行", "the checkpoint does not consist of origin, size and root hash, a line each")
}

// NewKey makes an Ed25519 key pair for a ledger in the encoding of C2SP signed
// notes. The private key stays with the sequencer; the public one is published
// where the district's own computers cannot change it.
func NewKey(random io.Reader, origin string) (private, public string, err error) {
	if !validOrigin(origin) {
		return "", "", gov.Errorf(gov.Invalid, "账本名称“%s”无效：不能为空，不能含空白或“+”", "the ledger's name %q is not valid: it must not be empty or contain blanks or a plus", origin)
	}
	private, public, err = note.GenerateKey(random, origin)
	if err != nil {
		return "", "", fmt.Errorf("generate key: %w", err)
	}
	return private, public, nil
}

func validOrigin(s string) bool { return s != "" && printable(s) && !strings.Contains(s, "+") }

// Signer signs checkpoints of one ledger.
type Signer struct {
	key    note.Signer
	public string
}

// NewSigner reads a private key made by NewKey.
func NewSigner(private string) (*Signer, error) {
	invalid := gov.Errorf(gov.Invalid, "账本签名私钥无效", "the ledger's private key is not valid").On("key")
	private = strings.TrimSpace(private)
	key, err := note.NewSigner(private)
	if err != nil {
		return nil, invalid // the cause might quote the key
	}
	// PRIVATE+KEY+<name>+<hash>+<base64>, where base64 may hold a plus too.
	data, err := base64.StdEncoding.DecodeString(strings.SplitN(private, "+", 5)[4])
	if err != nil || len(data) != 1+ed25519.SeedSize {
		return nil, invalid
	}
	pub := ed25519.NewKeyFromSeed(data[1:]).Public().(ed25519.PublicKey)
	public, err := note.NewEd25519VerifierKey(key.Name(), pub)
	if err != nil {
		return nil, invalid
	}
	return &Signer{key, public}, nil
}

// Origin is the ledger's name.
func (s *Signer) Origin() string { return s.key.Name() }

// PublicKey is the key others verify with.
func (s *Signer) PublicKey() string { return s.public }

// Sign returns the signed note of a tree head under the signer's origin.
func (s *Signer) Sign(size int64, root Hash) ([]byte, error) {
	c := Checkpoint{Origin: s.Origin(), Size: size, Root: root}
	msg, err := note.Sign(&note.Note{Text: c.Text()}, s.key)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint of size %d: %w", size, err)
	}
	return msg, nil
}

// Verifier checks signatures of one ledger. It may know several keys of the
// same name: the present one and those it replaced.
type Verifier struct {
	origin string
	keys   note.Verifiers
}

// NewVerifier reads public keys made by NewKey, all of one ledger.
func NewVerifier(public ...string) (*Verifier, error) {
	v := &Verifier{}
	var list []note.Verifier
	for _, p := range public {
		key, err := note.NewVerifier(strings.TrimSpace(p))
		if err != nil {
			return nil, gov.Errorf(gov.Invalid, "“%.200s”不是有效的账本公钥", "%.200q is not a ledger's public key", p).On("key").Because(err)
		}
		if v.origin != "" && v.origin != key.Name() {
			return nil, gov.Errorf(gov.Invalid, "公钥分属两个账本：%s 与 %s", "the keys belong to two ledgers, %s and %s", v.origin, key.Name()).On("key")
		}
		v.origin = key.Name()
		list = append(list, key)
	}
	if len(list) == 0 {
		return nil, gov.Errorf(gov.Invalid, "没有给出账本公钥", "no public key was given").On("key")
	}
	v.keys = note.VerifierList(list...)
	return v, nil
}

// Origin is the name of the ledger whose keys these are.
func (v *Verifier) Origin() string { return v.origin }

// maxNote bounds a signed checkpoint: three lines and up to a hundred
// signatures, of which all but one come from witnesses.
const maxNote = 64 << 10

// Open verifies a signed checkpoint. Signatures by unknown keys are ignored, as
// the signed-note format demands, so that witnesses may add theirs.
func (v *Verifier) Open(msg []byte) (Checkpoint, error) {
	if len(msg) > maxNote {
		return Checkpoint{}, gov.Errorf(gov.TooLarge, "检查点超过 %d 字节", "the checkpoint is over %d bytes", maxNote)
	}
	n, err := note.Open(msg, v.keys)
	if err != nil {
		return Checkpoint{}, gov.Errorf(gov.Invalid, "检查点没有 %s 的有效签名", "the checkpoint bears no valid signature of %s", v.origin).Because(err)
	}
	if !canonicalNote(n, msg) {
		return Checkpoint{}, gov.Errorf(gov.Invalid, "检查点的签名行不是规范写法", "the signature lines of the checkpoint are not in canonical form")
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != v.origin {
		return Checkpoint{}, gov.Errorf(gov.Invalid, "检查点属于 %s，不属于 %s", "the checkpoint is of %s, not of %s", c.Origin, v.origin)
	}
	return c, nil
}

// canonicalNote refuses spare bits in base64 and repeated signatures, which
// note.Open lets pass: two files of one checkpoint should not differ unnoticed.
func canonicalNote(n *note.Note, msg []byte) bool {
	sigs := append(append([]note.Signature{}, n.Sigs...), n.UnverifiedSigs...)
	length := len(n.Text) + 1
	for _, s := range sigs {
		raw, err := base64.StdEncoding.DecodeString(s.Base64)
		if err != nil || base64.StdEncoding.EncodeToString(raw) != s.Base64 {
			return false
		}
		length += len("— ") + len(s.Name) + len(" ") + len(s.Base64) + len("\n")
	}
	return length == len(msg) // a dropped repetition would make it shorter
}
