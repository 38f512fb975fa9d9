package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/rules/calculate"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/support/fund"
	"quanxiang/support/keyed"
)

// mostOf is how many applications of an organisation are looked through for what was
// promised in the year.
const mostOf = 500

// earlier puts into inputs the entries that other applications of the year were promised
// money for. Where payments are told apart by entries, an application states only those it
// is about; a limit of the year holds over all.
func (a *Applications) earlier(ctx context.Context, pack *policy.Pack, c Claim, in *Inputs) error {
	var decisions []Inputs
	for _, h := range in.Had {
		benefit := named(pack.Rules, h.Benefit)
		if len(h.Keys) == 0 || benefit == ir.None {
			continue
		}
		if decisions == nil {
			var err error
			if decisions, err = a.decisions(ctx, c); err != nil {
				return err
			}
		}
		if in.Earlier == nil {
			in.Earlier = map[string]map[string][]json.RawMessage{}
		}
		for _, by := range keyed.Of(pack.Rules, benefit) {
			list, err := missing(pack.Rules, by, h.Keys, in.Statement, decisions)
			if err != nil {
				return err
			}
			if len(list) > 0 {
				if in.Earlier[h.Benefit] == nil {
					in.Earlier[h.Benefit] = map[string][]json.RawMessage{}
				}
				in.Earlier[h.Benefit][listName(pack.Rules, by)] = list
			}
		}
	}
	if len(in.Earlier) == 0 {
		in.Earlier = nil
	}
	return nil
}

// decisions are what other decisions of the year of a claim were computed from.
func (a *Applications) decisions(ctx context.Context, c Claim) ([]Inputs, error) {
	ids, err := a.Store.Of(ctx, c.Code, gov.Page{Limit: mostOf})
	if err != nil {
		return nil, err
	}
	list := []Inputs{}
	for _, id := range ids {
		if id == c.ID {
			continue
		}
		d, err := a.Store.DecisionOf(ctx, id)
		if gov.CodeOf(err) == gov.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if d.Year != c.Year {
			continue
		}
		var in Inputs
		if err := json.Unmarshal(d.Inputs, &in); err != nil {
			return nil, fmt.Errorf("inputs of decision %s: %w", d.ID, err)
		}
		list = append(list, in)
	}
	return list, nil
}

func listName(p *ir.Program, by keyed.By) string { return p.Fields[p.Lists[by.List].Field].Name }

// entries are those of a list in a statement; known is false where it does not say.
func entries(statement []byte, list string) (rows []json.RawMessage, known bool, err error) {
	var s struct {
		Facts map[string]json.RawMessage `json:"facts"`
	}
	if err := json.Unmarshal(statement, &s); err != nil {
		return nil, false, err
	}
	raw, known := s.Facts[list]
	if !known {
		return nil, false, nil
	}
	return rows, true, json.Unmarshal(raw, &rows)
}

// keyOf is what the entry of a list says in a field, "" where it says nothing.
func keyOf(entry json.RawMessage, field string) string {
	var row map[string]json.RawMessage
	var key string
	if json.Unmarshal(entry, &row) != nil || json.Unmarshal(row[field], &key) != nil {
		return ""
	}
	return key
}

// missing are the entries of a list, in statements of decisions, that were promised money
// and that a statement does not have.
func missing(p *ir.Program, by keyed.By, had []HadKey, statement []byte, decisions []Inputs) (out []json.RawMessage, err error) {
	list, field := listName(p, by), p.Fields[by.Field].Name
	rows, known, err := entries(statement, list)
	if err != nil || !known {
		return nil, err
	}
	there := map[string]bool{}
	for _, row := range rows {
		there[keyOf(row, field)] = true
	}
	for _, d := range decisions {
		rows, _, err := entries(d.Statement, list)
		if err != nil {
			return nil, err
		}
		var fresh []string
		for _, row := range rows {
			key := keyOf(row, field)
			if !there[key] && slices.ContainsFunc(had, func(h HadKey) bool { return h.Key == key }) {
				out, fresh = append(out, row), append(fresh, key)
			}
		}
		for _, key := range fresh { // one decision may have several entries of a key
			there[key] = true
		}
	}
	return out, nil
}

// withEarlier is a statement with the entries of earlier applications of the year.
func withEarlier(statement json.RawMessage, lists map[string][]json.RawMessage) (json.RawMessage, error) {
	var s map[string]json.RawMessage
	var all map[string]json.RawMessage
	if err := json.Unmarshal(statement, &s); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(s["facts"], &all); err != nil {
		return nil, err
	}
	for name, more := range lists {
		rows, _, err := entries(statement, name)
		if err != nil {
			return nil, err
		}
		if all[name], err = json.Marshal(slices.Concat(rows, more)); err != nil {
			return nil, err
		}
	}
	var err error
	if s["facts"], err = json.Marshal(all); err != nil {
		return nil, err
	}
	return json.Marshal(s)
}

// whole computes benefits that were had for other entries in the year with those too. What
// was promised for them is taken off afterwards, as for every benefit.
func whole(c *calculate.Calculator, in Inputs, f *eval.Facts, r *calculate.Result) error {
	if len(in.Earlier) == 0 {
		return nil
	}
	r.Total = calculate.Amount{}
	for i := range r.Benefits {
		b := &r.Benefits[i]
		if lists := in.Earlier[b.Benefit]; lists != nil && b.Most > 0 {
			statement, err := withEarlier(in.Statement, lists)
			if err != nil {
				return err
			}
			g, err := given(c, in, statement, true)
			if err != nil {
				return err
			}
			g.Without = f.Without
			for _, x := range c.Facts(g, true).Benefits {
				if x.Benefit == b.Benefit {
					*b = x
				}
			}
		}
		if b.Title == "" {
			r.Total.Least, r.Total.Most = r.Total.Least+b.Least, r.Total.Most+b.Most
		}
	}
	return nil
}

// apart tells the lines of a decision apart by the entries they are for, where rules look
// at earlier payments by entries.
func apart(c *calculate.Calculator, in Inputs, list []fund.Line) (out []fund.Line, err error) {
	p := c.Program()
	for _, l := range list {
		benefit := named(p, l.Benefit)
		if len(keyed.Of(p, benefit)) == 0 {
			out = append(out, l)
			continue
		}
		statement := in.Statement
		if lists := in.Earlier[l.Benefit]; lists != nil {
			if statement, err = withEarlier(statement, lists); err != nil {
				return nil, err
			}
		}
		f, err := given(c, in, statement, true)
		if err != nil {
			return nil, err
		}
		shares, err := keyed.Shares(p, f, benefit)
		if err != nil {
			return nil, err
		}
		for _, h := range in.Had {
			if h.Benefit != l.Benefit {
				continue
			}
			for _, k := range h.Keys {
				for i := range shares {
					if shares[i].Key == k.Key {
						shares[i].Amount = max(0, shares[i].Amount-k.Amount)
					}
				}
			}
		}
		for _, s := range keyed.Split(l.Amount, shares) {
			l.Key, l.Amount = s.Key, s.Amount
			out = append(out, l)
		}
	}
	return out, nil
}

// jointly holds limits over several benefits against what was promised under them before in
// the same year: what goes beyond is taken from the last named first, as rules do it.
func jointly(p *ir.Program, f *eval.Facts, had []Had, out *Outcome) {
	var m *eval.Machine
	for g := range p.Groups {
		for i := range p.Groups[g].Caps {
			limit := &p.Groups[g].Caps[i]
			before := int64(0)
			for _, h := range had {
				if slices.Contains(limit.Members, named(p, h.Benefit)) {
					before += h.Amount
				}
			}
			if before == 0 {
				continue
			}
			if m == nil {
				m = eval.New(p)
				m.Run(f, false)
			}
			room := max(0, m.At(limit.Limit).High-before)
			for _, b := range limit.Members {
				k := slices.IndexFunc(out.Benefits, func(x calculate.Benefit) bool { return x.Benefit == p.Benefits[b].Key() })
				if k < 0 {
					continue
				}
				comes := max(0, out.Benefits[k].Most-out.less(out.Benefits[k].Benefit))
				if comes > room {
					out.take(out.Benefits[k].Benefit, comes-room)
				}
				room = max(0, room-comes)
			}
		}
	}
}

// take takes more off a benefit for what was promised before.
func (o *Outcome) take(benefit string, amount int64) {
	if i := slices.IndexFunc(o.Less, func(h Had) bool { return h.Benefit == benefit }); i >= 0 {
		o.Less[i].Amount += amount
		return
	}
	o.Less = append(o.Less, Had{Benefit: benefit, Amount: amount})
}
