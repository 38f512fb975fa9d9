package record

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"

	"quanxiang/canon"
	"quanxiang/draw/lot"
	"quanxiang/gov"
)

// MaxRecord is the length of the longest record other than a release, in
// bytes.
const MaxRecord = 1 << 20

// Sig is a signature of a record.
type Sig struct {
	By  string   `json:"by"`
	Sig [64]byte `json:"sig"`
}

// Line is a record as it stands in a transcript.
type Line struct {
	Seq  int64     `json:"seq"`
	Prev lot.Hash  `json:"prev"`
	Time int64     `json:"time"`
	Type Type      `json:"type"`
	Body canon.Raw `json:"body"`
	Sigs []Sig     `json:"sigs"`
}

// Parse reads a line without its LF.
func Parse(line []byte) (l Line, err error) {
	if err = canon.Unmarshal(line, &l); err != nil {
		return l, err
	}
	if len(line) > MaxRecord && l.Type != TypeRelease {
		return l, gov.Errorf(gov.TooLarge, "记录长 %d 字节，超过 %d 字节", "the record takes %d bytes, over the limit of %d", len(line), MaxRecord)
	}
	if l.Time < 1 || l.Seq < 0 {
		return l, gov.Errorf(gov.Invalid, "记录的序号或时间不在允许的范围内", "number or time of the record is out of range")
	}
	if !ascending(l.Sigs, func(a, b Sig) int { return strings.Compare(a.By, b.By) }) {
		return l, gov.Errorf(gov.Invalid, "签名未按名称排列", "the signatures are not in order")
	}
	return l, nil
}

// Link is what the line after this one names.
func Link(s lot.Suite, line []byte) lot.Hash { return s.TH("rec", line) }

// Act is what everyone but the platform signs.
func Act(s lot.Suite, t Type, body []byte) lot.Hash { return s.TH("act", []byte(t), body) }

// place is what the platform signs: the act and where it stands.
func (l *Line) place(s lot.Suite, act lot.Hash) lot.Hash {
	return s.TH("record", l.Prev[:], lot.U64(l.Seq), lot.U64(l.Time), []byte(l.Type), act[:])
}

// CheckSigs checks that a line has the signatures of exactly those in want,
// which must be sorted; of a group of witnesses, "witness" stands for one or more.
func (l *Line) CheckSigs(p *Plan, want []string) error {
	var have []string
	act := Act(p.Suite, l.Type, l.Body)
	place := l.place(p.Suite, act)
	for _, sig := range l.Sigs {
		key, ok := p.Key(sig.By)
		if !ok {
			return gov.Errorf(gov.Invalid, "计划中没有签名人 %.40q", "the plan has no signer %.40q", sig.By)
		}
		message := act
		if sig.By == Platform {
			message = place
		}
		if !ed25519.Verify(key[:], message[:], sig.Sig[:]) {
			return gov.Errorf(gov.Invalid, "%s 的签名不成立", "the signature of %s fails", sig.By)
		}
		name := sig.By
		if slices.Contains(want, "witness") && strings.HasPrefix(name, "witness-") {
			name = "witness"
		}
		have = append(have, name)
	}
	if have = slices.Compact(have); !slices.Equal(have, want) {
		return gov.Errorf(gov.Invalid, "应由 %[1]v 签名，实由 %[2]v", "signed by %[2]v, not by %[1]v", want, have)
	}
	return nil
}

// Signer makes the signatures of whoever it has the keys of.
type Signer func(by string, message []byte) (sig []byte, err error)

// Writer makes the lines of a transcript.
type Writer struct {
	Suite lot.Suite
	Sign  Signer

	seq  int64
	head lot.Hash
}

// Head pins everything written so far.
func (w *Writer) Head() lot.Hash { return w.head }

// Follow sets the writer behind a line without its LF that was written and
// checked before.
func (w *Writer) Follow(line []byte) {
	w.seq++
	w.head = Link(w.Suite, line)
}

// ErrUnsigned is what a Signer says of a signer who has not signed yet.
var ErrUnsigned = errors.New("not signed yet")

// Pending is a record that lacks signatures. Who signs Act, all but the
// platform, signs it wherever and whenever the record will stand.
type Pending struct {
	Type Type
	Body []byte // canonical
	Act  lot.Hash
	By   []string // whose signatures are missing
}

func (p *Pending) Error() string {
	return "record " + string(p.Type) + " lacks the signatures of " + strings.Join(p.By, ", ")
}

// Append signs a record and returns its line, LF included. signers need no
// order. What is refused with ErrUnsigned makes the error a Pending.
func (w *Writer) Append(at int64, t Type, body any, signers ...string) ([]byte, error) {
	l := Line{Seq: w.seq, Prev: w.head, Time: at, Type: t, Body: canon.Marshal(body)}
	act := Act(w.Suite, t, l.Body)
	place := l.place(w.Suite, act)
	slices.Sort(signers)
	var missing []string
	for _, by := range signers {
		message := act[:]
		if by == Platform {
			message = place[:]
		}
		sig, err := w.Sign(by, message)
		if errors.Is(err, ErrUnsigned) {
			missing = append(missing, by)
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(sig) != ed25519.SignatureSize {
			return nil, gov.Errorf(gov.Invalid, "%s 的签名长度不对", "the signature of %s is not as long as it must be", by)
		}
		l.Sigs = append(l.Sigs, Sig{by, [64]byte(sig)})
	}
	if missing != nil {
		return nil, &Pending{Type: t, Body: l.Body, Act: act, By: missing}
	}
	line := canon.Marshal(&l)
	w.Follow(line)
	return append(line, '\n'), nil
}
