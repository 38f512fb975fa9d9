package ceremony

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"quanxiang/canon"
	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/party"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections"
)

// Ceremonies is what pages and jobs stand on. It is safe for concurrent use.
type Ceremonies struct {
	Store    Store
	Plans    Plans
	Cases    Cases // nil: visits are not handed out
	Safe     *Safe // account keys
	Clock    gov.Clock
	Platform ed25519.PrivateKey
	Name     string   // of the platform, as it stands in plans
	Verifier lot.Hash // SHA-256 of the verifier's program that is published

	mu   sync.Mutex
	open map[gov.ID]*held
}

// held is a ceremony while somebody works on it. Its campaign is kept from one
// piece of work to the next, as long as nobody else has gone on meanwhile.
type held struct {
	mu sync.Mutex // guards everything below

	c        Ceremony
	frozen   *inspections.Frozen
	campaign *draw.Campaign // nil as long as there is no plan
	elements []Element
	provers  []*draw.Prover // of the days drawn, made when the first opening is asked for
	platform ed25519.PrivateKey

	dry    bool // the platform does not sign: what would be asked is found out, and nothing is written
	lines  []Line
	given  []Element // new
	visits []Handed  // new or changed
	asks   map[string]*party.Request
	stuck  *gov.Text // why the next step cannot be made
}

// with works on a ceremony and keeps what the work gave. kind names the act; ""
// reads and keeps nothing.
func (s *Ceremonies) with(ctx context.Context, id gov.ID, kind string, by gov.Actor, fn func(h *held) error) error {
	s.mu.Lock()
	if s.open == nil {
		s.open = map[gov.ID]*held{}
	}
	h := s.open[id]
	if h == nil {
		h = &held{platform: s.Platform}
		s.open[id] = h
	}
	s.mu.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := s.load(ctx, id, h); err != nil {
		return err
	}
	h.dry, h.lines, h.given, h.visits, h.stuck = kind == "", nil, nil, nil, nil
	before := h.c
	before.State.Queue = slices.Clone(before.State.Queue)
	err := fn(h)
	if kind == "" {
		return err
	}
	if err == nil && (len(h.lines) > 0 || len(h.visits) > 0 || kind != actAdvance || len(h.c.State.Queue) != len(before.State.Queue)) {
		h.summary(s.Clock())
		err = s.Store.Save(ctx, Change{Ceremony: h.c, Lines: h.lines, Elements: h.given, Visits: h.visits, Kind: kind, Actor: by, Wake: len(h.lines) > 0})
		if err == nil {
			h.c.Version++
			return nil
		}
	}
	if err != nil { // what the campaign wrote does not stand: it is read again
		h.campaign, h.frozen = nil, nil
		h.c = Ceremony{}
	}
	return err
}

// load brings a ceremony up to what the store has.
func (s *Ceremonies) load(ctx context.Context, id gov.ID, h *held) error {
	c, err := s.Store.Ceremony(ctx, id)
	if err != nil {
		return err
	}
	if h.frozen != nil && c.Version == h.c.Version {
		h.c = c // a private copy of the state
		return nil
	}
	h.c = c
	f, err := s.Plans.Frozen(ctx, id)
	if err != nil {
		return err
	}
	h.frozen, h.campaign, h.provers = f, nil, nil
	if h.elements, err = s.Store.Elements(ctx, id); err != nil {
		return err
	}
	lines, err := s.Store.Lines(ctx, id)
	if err != nil {
		return err
	}
	var transcript []byte
	for _, l := range lines {
		transcript = append(append(transcript, l.Text...), '\n')
	}
	if c.State.Body == nil {
		return nil
	}
	return h.resume(transcript)
}

// resume makes the campaign of a plan whose body is fixed.
func (h *held) resume(transcript []byte) error {
	p, err := parsed(h.c.State.Body)
	if err != nil {
		return err
	}
	h.campaign, err = draw.Resume(p, h.frozen.Data, h.frozen.Attributes, h.sign, transcript, h.complete(p.Seals))
	return err
}

// complete lists the elements of uses that were taken: whatever a holder gave for
// the use at hand is not among them.
func (h *held) complete(seals []record.Seal) (out []record.Element) {
	for use := range uint32(h.c.Uses) {
		e := record.Element{Use: use, X: make([]lot.Hash, len(seals))}
		for _, x := range h.elements {
			if x.Use == use && x.Holder < len(e.X) {
				e.X[x.Holder] = x.X
			}
		}
		out = append(out, e)
	}
	return out
}

// element are what holders gave for a use; missing are those who did not.
func (h *held) element(use uint32) (x []lot.Hash, missing []int) {
	holders := len(h.c.State.Setup.Of(SealHolder))
	x = make([]lot.Hash, holders)
	for a := range holders {
		i := slices.IndexFunc(h.elements, func(e Element) bool { return e.Use == use && e.Holder == a })
		if i < 0 {
			missing = append(missing, a)
			continue
		}
		x[a] = h.elements[i].X
	}
	return x, missing
}

// sign is the campaign's signer: the platform's key, and what others gave.
func (h *held) sign(by string, message []byte) ([]byte, error) {
	if by == record.Platform {
		if h.dry {
			return nil, record.ErrUnsigned
		}
		return ed25519.Sign(h.platform, message), nil
	}
	for _, s := range h.c.State.Sigs {
		if s.By == by && string(s.Act) == string(message) {
			return s.Sig, nil
		}
	}
	return nil, record.ErrUnsigned
}

// took keeps a line that the campaign wrote.
func (h *held) took(line []byte) error {
	line = line[:len(line)-1]
	l, err := record.Parse(line)
	if err != nil {
		return err
	}
	if l.Type == record.TypePlan { // of another attempt
		h.provers = nil
	}
	var by []string
	for _, sig := range l.Sigs {
		by = append(by, sig.By)
	}
	if l.Type == record.TypeReveal { // the secret proves whose it is: the platform alone signs
		var b record.Reveal
		if err := canon.Unmarshal(l.Body, &b); err != nil {
			return err
		}
		by = append(by, record.Witness(b.Witness))
	}
	h.lines = append(h.lines, Line{Seq: l.Seq, Type: l.Type, At: l.Time, By: by, Text: line, Head: record.Link(h.frozen.Plan.Suite, line).String()})
	act := record.Act(h.frozen.Plan.Suite, l.Type, l.Body)
	h.c.State.Sigs = slices.DeleteFunc(h.c.State.Sigs, func(s Sig) bool { return string(s.Act) == string(act[:]) })
	h.c.Records++
	if uses := h.campaign.Use(); int(uses) != h.c.Uses {
		h.c.Uses = int(uses)
		h.c.State.Consents = slices.DeleteFunc(h.c.State.Consents, func(c Consent) bool { return c.Use+1 < uses })
	}
	return nil
}

// proofs are the provers of the days drawn. Their trees are built once.
func (h *held) proofs() ([]*draw.Prover, error) {
	days := h.status().Days
	for day := len(h.provers); day < days; day++ {
		p, err := h.campaign.Prover(day)
		if err != nil {
			return nil, err
		}
		h.provers = append(h.provers, p)
	}
	return h.provers, nil
}

// summary brings the row's columns up to date.
func (h *held) summary(now time.Time) {
	h.c.Touched = now.UnixMilli()
	h.c.Stage = draw.Begins
	if h.campaign == nil {
		return
	}
	head := h.campaign.Head()
	h.c.Head = hex.EncodeToString(head[:])
	st := h.campaign.Status()
	h.c.Stage = st.Stage
	if st.Plan != nil {
		h.c.Attempt = st.Plan.Attempt
	}
	for _, l := range h.lines {
		if l.Type != record.TypeVoid {
			continue
		}
		if r, err := record.Parse(l.Text); err == nil {
			if scope, _ := canon.Member(r.Body, "scope"); scope == record.ScopeDraw {
				h.c.Aborted++
			} else {
				h.c.Voids++
			}
		}
	}
}
