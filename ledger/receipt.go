package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"quanxiang/gov"
)

// receiptFormat is the value of "format" in every receipt of this version.
const receiptFormat = "quanxiang-receipt/v1"

// maxReceipt bounds the receipts that are read: an entry, a path of at most 48
// hashes, a checkpoint and openings fit many times over.
const maxReceipt = 1 << 20

// Receipt is what a citizen keeps: with the ledger's public key alone it proves
// that the act was recorded, where, and in which state of the ledger. Entry
// holds the canonical bytes; a receipt for someone who may not read the entry
// carries the Leaf hash instead.
type Receipt struct {
	Format     string    `json:"format"`
	Entry      string    `json:"entry,omitempty"`
	Leaf       Hash      `json:"leaf,omitzero"`
	Index      int64     `json:"index"`
	Proof      []Hash    `json:"proof"`
	Checkpoint string    `json:"checkpoint"` // the signed note
	Openings   []Opening `json:"openings,omitempty"`
}

// Opening shows the holder, and whoever the holder shows it to, what a
// commitment of the entry hides. Name is "actor" or the name of a sealed fact.
type Opening struct {
	Name  string `json:"name"`
	Salt  Hash   `json:"salt"`
	Value string `json:"value"`
}

// ActorOpening is the name under which the actor of an entry is opened.
const ActorOpening = "actor"

// NewReceipt makes a receipt from what ProveInclusion returned for a signed
// checkpoint.
func NewReceipt(entry []byte, index int64, proof []Hash, signed []byte, openings ...Opening) Receipt {
	if proof == nil {
		proof = []Hash{}
	}
	return Receipt{
		Format: receiptFormat, Entry: string(entry), Index: index,
		Proof: proof, Checkpoint: string(signed), Openings: openings,
	}
}

// Blind returns the receipt without its entry: it still proves that these
// bytes, whatever they say, stand in the ledger.
func (r Receipt) Blind() Receipt {
	if r.Entry != "" {
		r.Leaf, r.Entry, r.Openings = LeafHash([]byte(r.Entry)), "", nil
	}
	return r
}

// Marshal writes the receipt as a file for people to keep.
func (r Receipt) Marshal() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(r)
	return b.Bytes(), err
}

// Verified is what a receipt proves.
type Verified struct {
	Checkpoint Checkpoint
	Index      int64
	Leaf       Hash
	Entry      *Entry            // nil in a blind receipt
	Opened     map[string]string // what the openings show, by name
}

// ParseReceipt reads the file Marshal writes, in any JSON spelling, and checks
// nothing but its form.
func ParseReceipt(b []byte) (Receipt, error) {
	var r Receipt
	if len(b) > maxReceipt {
		return r, gov.Errorf(gov.TooLarge, "回执超过 %d 字节", "the receipt is over %d bytes", maxReceipt)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return r, gov.Errorf(gov.Invalid, "回执文件不是有效的回执 JSON", "the file is not the JSON of a receipt").Because(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return r, gov.Errorf(gov.Invalid, "回执之后还有别的内容", "something follows the receipt")
	}
	if r.Format != receiptFormat {
		return r, gov.Errorf(gov.Unsupported, "不认识回执格式“%.60s”", "receipt format %.60q is not known", r.Format).On("format")
	}
	if (r.Entry == "") == r.Leaf.IsZero() {
		return r, gov.Errorf(gov.Invalid, "回执应含条目或叶哈希之一", "a receipt holds either the entry or its leaf hash").On("entry")
	}
	return r, nil
}

// Check verifies a receipt: the checkpoint's signature, the path from the entry
// to its root, the entry's form and every opening.
func (v *Verifier) Check(r Receipt) (Verified, error) {
	c, err := v.Open([]byte(r.Checkpoint))
	if err != nil {
		return Verified{}, err
	}
	got := Verified{Checkpoint: c, Index: r.Index, Leaf: r.Leaf, Opened: map[string]string{}}
	if r.Entry != "" {
		got.Leaf = LeafHash([]byte(r.Entry))
	}
	if err := CheckInclusion(r.Proof, c, r.Index, got.Leaf); err != nil {
		return Verified{}, err
	}
	if r.Entry != "" {
		e, err := Decode([]byte(r.Entry))
		if err != nil {
			return Verified{}, err
		}
		got.Entry = &e
	}
	for _, o := range r.Openings {
		if err := got.open(o); err != nil {
			return Verified{}, err
		}
	}
	return got, nil
}

func (v *Verified) open(o Opening) error {
	var want Hash
	if v.Entry != nil {
		want = v.Entry.Sealed[o.Name]
		if o.Name == ActorOpening {
			want = v.Entry.Actor
		}
	}
	if want.IsZero() || Commit(Salt(o.Salt), []byte(o.Value)) != want {
		return gov.Errorf(gov.Invalid, "所揭示的“%.80s”与条目中的承诺值不符", "the opening of %.80q does not fit the commitment in the entry", o.Name).On("openings")
	}
	v.Opened[o.Name] = o.Value
	return nil
}

// VerifyReceipt reads and checks a receipt file.
func (v *Verifier) VerifyReceipt(b []byte) (Verified, error) {
	r, err := ParseReceipt(b)
	if err != nil {
		return Verified{}, err
	}
	return v.Check(r)
}
