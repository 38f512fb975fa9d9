package inspections

import (
	"cmp"
	"context"
	"slices"

	"quanxiang/canon"
	"quanxiang/draw/frame"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/inspection"
)

// Inspectors lists the inspectors of a unit, or with "" of all, by certificates, to who
// may see plans.
func (s *Plans) Inspectors(ctx context.Context, by people.Standing, unit string) (list []Inspector, err error) {
	if err := Enter(by); err != nil {
		return nil, err
	}
	r, err := s.Rules()
	if err != nil {
		return nil, err
	}
	err = s.Store.Snapshot(ctx, func(x Snapshot) error {
		list, err = force(ctx, x, r, gov.DateOf(s.Clock()))
		return err
	})
	return slices.DeleteFunc(list, func(i Inspector) bool { return unit != "" && i.Unit != unit }), err
}

// Expiring lists those whose certificate has ended, or ends within the days the pack
// names, the first to end first.
func Expiring(r *inspection.Rules, list []Inspector, today gov.Date) (out []Inspector) {
	for _, i := range list {
		if i.Expires < today.Add(r.Expiry).String() {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b Inspector) int { return cmp.Compare(a.Expires, b.Expires) })
	return out
}

// force reads the register of inspectors, by certificates. What has ended before a day
// is left out.
func force(ctx context.Context, x Snapshot, r *inspection.Rules, day gov.Date) ([]Inspector, error) {
	entries, err := x.Entries(ctx, r.Inspectors)
	if err != nil {
		return nil, err
	}
	told, err := x.Records(ctx, r.Inspectors)
	if err != nil {
		return nil, err
	}
	list := make([]Inspector, len(entries))
	at := make(map[string]*Inspector, len(entries))
	for i, e := range entries {
		v := e.Values
		list[i] = Inspector{Certificate: e.Key, Name: v.Text("name"), Unit: v.Text("unit"), Login: v.Text("login"), Street: v.Text("street"), Issued: v.Text("issued"), Expires: v.Text("expires")}
		list[i].District, _ = v["district"].(bool)
		at[e.Key] = &list[i]
	}
	for _, t := range told {
		i := at[t.Subject]
		if i == nil || t.Until != "" && t.Until < day.String() {
			continue
		}
		switch t.Kind {
		case "qualification":
			i.Items = append(i.Items, t.Values.Text("item"))
		case "leave":
			i.Leave = append(i.Leave, [2]string{t.Values.Text("from"), t.Values.Text("to")})
		case "conflict":
			i.Conflicts = append(i.Conflicts, t.Values.Text("firm"))
		}
	}
	for i := range list {
		slices.Sort(list[i].Items)
		list[i].Items = slices.Compact(list[i].Items)
		slices.SortFunc(list[i].Leave, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	}
	return list, nil
}

// salting makes the salts of what is frozen for a plan out of one secret, so that none
// says anything about another.
type salting struct {
	suite  lot.Suite
	secret []byte
}

func (s salting) of(parts ...[]byte) []byte {
	h := s.suite.TH("salt", append([][]byte{s.secret}, parts...)...)
	return h[:16]
}

// freezeForce makes the inspectors of a plan's departments into what is frozen of them,
// in the order of their uids: everybody whose certificate does not end before the first
// day. Of their leave only what touches the days of the plan is there.
func freezeForce(p *Plan, salts salting, pack string, list []Inspector) ([]record.Inspector, error) {
	var out []record.Inspector
	for i := range list {
		j := &list[i]
		at := slices.IndexFunc(p.Frames, func(f Share) bool { return f.Unit == j.Unit })
		if at < 0 || j.Expires < p.First.String() {
			continue
		}
		uid, err := salts.suite.NewUID(lot.Inspector, j.Certificate)
		if err != nil {
			return nil, err
		}
		r := record.Inspector{UID: uid, Dept: p.Frames[at].Dept, Salt: salts.of(uid[:]), Attributes: record.Attributes{
			From: j.Issued, To: j.Expires, Items: []string{}, Unit: j.Unit, Street: cmp.Or(j.Street, pack), Leave: [][2]string{}}}
		if j.District {
			r.Flags |= record.FlagDistrict
		}
		for _, item := range j.Items {
			if slices.Contains(p.Frames[at].Items, item) { // what else they may do bears on no team
				r.Attributes.Items = append(r.Attributes.Items, item)
			}
		}
		for _, l := range j.Leave {
			if l[0] <= p.Last.String() && p.First.String() <= l[1] {
				r.Attributes.Leave = append(r.Attributes.Leave, l)
			}
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b record.Inspector) int { return a.UID.Compare(b.UID) })
	return out, nil
}

// barred gathers who must not inspect whom.
type barred struct {
	salts  salting
	known  map[lot.UID]bool     // inspectors of the plan
	stated map[string][]lot.UID // by subject
	pairs  []frame.Pair
}

func newBarred(salts salting, list []Inspector, frozen []record.Inspector) *barred {
	b := &barred{salts: salts, known: map[lot.UID]bool{}, stated: map[string][]lot.UID{}}
	for _, j := range frozen {
		b.known[j.UID] = true
	}
	for i := range list {
		uid, err := salts.suite.NewUID(lot.Inspector, list[i].Certificate)
		if err != nil || !b.known[uid] {
			continue
		}
		for _, firm := range list[i].Conflicts {
			b.stated[firm] = append(b.stated[firm], uid)
		}
	}
	return b
}

// add takes up a subject of a frame: those who declared a conflict, those who were at its
// last visits, and those who were at a visit that is inspected again.
func (b *barred) add(r *row, met []Past, recent int, shares []Share) {
	list := slices.Clone(b.stated[r.key])
	for i := range met {
		again := slices.ContainsFunc(shares, func(s Share) bool { return s.Again != nil && s.Again.Plan == met[i].Plan })
		if len(met[i].Certificates) == 0 || recent <= 0 && !again {
			continue
		}
		recent--
		for _, c := range met[i].Certificates {
			if uid, err := b.salts.suite.NewUID(lot.Inspector, c); err == nil && b.known[uid] {
				list = append(list, uid)
			}
		}
	}
	for _, uid := range list {
		b.pairs = append(b.pairs, frame.Pair{Subject: r.uid, Inspector: uid})
	}
}

// freeze is the conflicts in their order, each once.
func (b *barred) freeze() (out frame.Pairs) {
	slices.SortFunc(b.pairs, func(x, y frame.Pair) int {
		return cmp.Or(x.Subject.Compare(y.Subject), x.Inspector.Compare(y.Inspector))
	})
	for _, p := range slices.Compact(b.pairs) {
		out = out.Append(p, [16]byte(b.salts.of(p.Subject[:], p.Inspector[:])))
	}
	return out
}

func encodeForce(list []record.Inspector) []byte {
	return canon.Marshal(&struct {
		Inspectors []record.Inspector `json:"inspectors"`
	}{list})
}

func decodeForce(b []byte) ([]record.Inspector, error) {
	var v struct {
		Inspectors []record.Inspector `json:"inspectors"`
	}
	return v.Inspectors, canon.Unmarshal(b, &v)
}
