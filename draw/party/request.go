package party

import (
	"crypto/ed25519"
	"strconv"
	"strings"

	"quanxiang/canon"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
)

// The kinds of Ask.
const (
	AskKey     = "key"     // the public key, and of a seal holder the anchor of its chain
	AskCommit  = "commit"  // a witness's commitment, signed
	AskReveal  = "reveal"  // a witness's secret
	AskElement = "element" // a seal holder's element of a use
	AskSign    = "sign"    // a signature of a record
)

// Ask is one thing asked of a party.
type Ask struct {
	Kind string      `json:"kind"`
	Use  uint32      `json:"use"`  // of an element, otherwise 0
	Type record.Type `json:"type"` // of a record to be signed, otherwise ""
	Body canon.Raw   `json:"body"` // of it, otherwise {}
}

// Request is what a platform asks of a party.
type Request struct {
	V      string    `json:"v"`
	Suite  lot.Suite `json:"suite"`
	Plan   string    `json:"plan"` // id
	Hash   lot.Hash  `json:"hash"` // planHash of the attempt, zero before the plan is recorded
	By     string    `json:"by"`   // witness-0, seal-1, authority, auditor-0
	Length uint32    `json:"length"`
	Asks   []Ask     `json:"asks"`
}

const (
	requestVersion = "SSJ1-request"
	answerVersion  = "SSJ1-answer"
)

// NewRequest is a request without questions.
func NewRequest(p *record.Plan, hash lot.Hash, by string) Request {
	r := Request{V: requestVersion, Suite: p.Suite, Plan: p.ID, Hash: hash, By: by, Asks: []Ask{}}
	if len(p.Seals) > 0 {
		r.Length = p.Seals[0].Length
	}
	return r
}

// Want adds a question without a record.
func (r *Request) Want(kind string, use uint32) {
	r.Asks = append(r.Asks, Ask{Kind: kind, Use: use, Body: canon.Raw("{}")})
}

// WantSigned adds a record to be signed.
func (r *Request) WantSigned(t record.Type, body []byte) {
	r.Asks = append(r.Asks, Ask{Kind: AskSign, Type: t, Body: body})
}

// Bytes is the request as ParseRequest reads it.
func (r *Request) Bytes() []byte { return append(canon.Marshal(r), '\n') }

// Link names the request in its answer.
func (r *Request) Link() lot.Hash { return lot.SHA256.TH("request", canon.Marshal(r)) }

// ParseRequest reads what Bytes wrote.
func ParseRequest(b []byte) (r Request, err error) {
	if err = canon.Unmarshal(trim(b), &r); err != nil || r.V != requestVersion || r.Suite != lot.SHA256 && r.Suite != lot.SM3 {
		return r, gov.Errorf(gov.Invalid, "这不是抽取的请求文件", "this is no request of a draw").Because(err)
	}
	return r, nil
}

// Given is the answer to one Ask: the public key's anchor, the commitment, the
// secret or the element, and a signature where one is asked for.
type Given struct {
	Value canon.Hex `json:"value"`
	Sig   canon.Hex `json:"sig"`
}

// Answer is what a party gives to a request, in the order of its asks.
type Answer struct {
	V       string   `json:"v"`
	Request lot.Hash `json:"request"`
	Key     [32]byte `json:"key"`
	Given   []Given  `json:"given"`
}

// Bytes is the answer as ParseAnswer reads it.
func (a *Answer) Bytes() []byte { return append(canon.Marshal(a), '\n') }

// ParseAnswer reads what Bytes wrote.
func ParseAnswer(b []byte) (a Answer, err error) {
	if err = canon.Unmarshal(trim(b), &a); err != nil || a.V != answerVersion {
		return a, gov.Errorf(gov.Invalid, "这不是抽取的答复文件", "this is no answer of a draw").Because(err)
	}
	return a, nil
}

// place is the number in a signer's name, -1 for the authority.
func place(by string) int {
	_, n, ok := strings.Cut(by, "-")
	if !ok {
		return -1
	}
	i, err := strconv.Atoi(n)
	if err != nil || i < 0 || i > 255 {
		return -1
	}
	return i
}

// holds is what the proof of a key binds: a key pasted by another than its holder
// has none.
func (r *Request) holds(key [32]byte, anchor []byte) lot.Hash {
	return r.Suite.TH("holds", []byte(r.Plan), []byte(r.By), key[:], anchor)
}

func (r *Request) isSeal() bool    { return strings.HasPrefix(r.By, "seal-") && place(r.By) >= 0 }
func (r *Request) isWitness() bool { return strings.HasPrefix(r.By, "witness-") && place(r.By) >= 0 }

func (r *Request) commit(reveal lot.Hash) record.Commit {
	i := place(r.By)
	return record.Commit{Plan: r.Hash, Witness: i, Commit: r.Suite.TH("commit", r.Hash[:], lot.U8(i), reveal[:])}
}

// Answer answers everything that is asked.
func (k Key) Answer(r *Request) (Answer, error) {
	out := Answer{V: answerVersion, Request: r.Link(), Key: k.Public(), Given: []Given{}}
	refuse := func(kind string) error {
		return gov.Errorf(gov.Invalid, "%[1]s 不应被要求“%.20[2]s”", "%[1]s must not be asked for %.20[2]q", r.By, kind)
	}
	for _, a := range r.Asks {
		var g Given
		switch {
		case a.Kind == AskKey:
			if r.isSeal() {
				x := k.Anchor(r.Suite, r.Plan, place(r.By), r.Length)
				g.Value = x[:]
			}
			sig := k.Sign(r.holds(out.Key, g.Value))
			g.Sig = sig[:]
		case a.Kind == AskCommit && r.isWitness():
			b := r.commit(k.Reveal(r.Hash, place(r.By)))
			sig := k.Sign(act(r.Suite, record.TypeCommit, &b))
			g.Value, g.Sig = b.Commit[:], sig[:]
		case a.Kind == AskReveal && r.isWitness():
			x := k.Reveal(r.Hash, place(r.By))
			g.Value = x[:]
		case a.Kind == AskElement && r.isSeal():
			x, err := k.Element(r.Suite, r.Plan, place(r.By), r.Length, a.Use)
			if err != nil {
				return out, err
			}
			g.Value = x[:]
		case a.Kind == AskSign:
			sig := k.Sign(record.Act(r.Suite, a.Type, a.Body))
			g.Sig = sig[:]
		default:
			return out, refuse(a.Kind)
		}
		out.Given = append(out.Given, g)
	}
	return out, nil
}

// Check reports whether an answer is one to the request and its signatures hold.
// key is the party's, nil as long as it is asked for. That reveals fit commitments
// and elements anchors is for whoever records them to check.
func (r *Request) Check(a *Answer, key *[32]byte) error {
	if a.Request != r.Link() || len(a.Given) != len(r.Asks) {
		return gov.Errorf(gov.Conflict, "这份答复不是对当前请求的：请重新下载请求文件", "this answers another request: download the present one")
	}
	if key != nil && a.Key != *key {
		return gov.Errorf(gov.Forbidden, "签名用的不是计划中登记的密钥", "it was signed with another key than the plan's")
	}
	for i, q := range r.Asks {
		g := a.Given[i]
		sized := func(value, sig int) bool { return len(g.Value) == value && len(g.Sig) == sig }
		verify := func(message lot.Hash) bool { return ed25519.Verify(a.Key[:], message[:], g.Sig) }
		ok := false
		switch q.Kind {
		case AskKey:
			n := 0
			if r.isSeal() {
				n = 32
			}
			ok = sized(n, 64) && verify(r.holds(a.Key, g.Value))
		case AskCommit:
			ok = sized(32, 64)
			if ok {
				b := record.Commit{Plan: r.Hash, Witness: place(r.By), Commit: lot.Hash(g.Value)}
				ok = verify(act(r.Suite, record.TypeCommit, &b))
			}
		case AskReveal, AskElement:
			ok = sized(32, 0)
		case AskSign:
			ok = sized(0, 64) && verify(record.Act(r.Suite, q.Type, q.Body))
		}
		if !ok {
			return gov.Errorf(gov.Invalid, "答复的第 %d 项不成立", "item %d of the answer fails", i+1)
		}
	}
	return nil
}
