package casework

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/library/fulltext"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

// Near is a case that may be about the same matter as another.
type Near struct {
	Row    docket.Row
	Metres int // how far away it is
}

// Bounds of a look around: how many metres the first is wide, how many cases are
// compared, and how many returned.
const (
	firstLook   = 50.0
	maxCompared = 200
	maxNear     = 50
)

// PublicSimilar lists cases the public is shown that may be about the same matter
// as one at a place, by what their procedure declares similar: the nearest first,
// of those equally near first those with most words in common, then the newest.
// same holds values, as a case has them, of the fields the declaration names; one
// it does not hold, or that is not open to everybody, is not asked for. It returns
// NotFound where the district shows no such cases, and none where nothing is
// declared.
func (w *Casework) PublicSimilar(ctx context.Context, procedureID string, at geo.Point, same map[string]string, limit int, now time.Time) ([]Near, error) {
	p, err := w.publishing(procedureID, "")
	if err != nil {
		return nil, err
	}
	list, err := w.similar(ctx, p, w.reader(people.Public(now)), docket.OpenToAll, at, same, limit, now)
	if unit, ok := p.Field(p.Unit); !ok || !everybodys(unit) {
		for i := range list {
			list[i].Row.Units = nil
		}
	}
	return list, err
}

// Similar is PublicSimilar with all cases somebody in the office sees at their
// places, but for those that ended without a result, by the fields they may read.
func (w *Casework) Similar(ctx context.Context, s people.Standing, procedureID string, at geo.Point, same map[string]string, limit int, now time.Time) ([]Near, error) {
	if err := Enter(s); err != nil {
		return nil, err
	}
	p, ok := w.packs.Current().Procedure(procedureID)
	if !ok {
		return nil, gov.Errorf(gov.NotFound, "没有程序“%s”", "there is no procedure %q", procedureID)
	}
	return w.similar(ctx, p, w.reader(s), docket.OpenToSome, at, same, limit, now)
}

// similar looks around a place, farther and farther, for what a reader may see.
func (w *Casework) similar(ctx context.Context, p *procedure.Procedure, r cases.Reader, least docket.Openness, at geo.Point, same map[string]string, limit int, now time.Time) ([]Near, error) {
	if p.Similar == nil {
		return nil, nil
	}
	limit = min(max(limit, 1), maxNear)
	days := time.Duration(p.Similar.Days) * 24 * time.Hour
	q := docket.Near{Procedure: p.ID, At: at, Least: least, OpenedFrom: now.Add(-days).UnixMilli(), OpenedTo: now.Add(days).UnixMilli()}
	like := likeness{p, same, r}
	var list []ranked
	seen := map[gov.ID]bool{}
	for most := float64(p.Similar.Within); ; q.Within *= 2 {
		q.Within = min(max(q.Within, firstLook), most)
		around, err := w.docket.Near(ctx, q, maxCompared)
		if err != nil {
			return nil, err
		}
		for _, x := range around {
			if seen[x.ID] {
				continue
			}
			seen[x.ID] = true
			f, err := w.docket.File(ctx, x.ID, now)
			if err != nil {
				return nil, err
			}
			words, ok := like.compare(f)
			if !ok || r.Kind == gov.PublicActor && !w.shows(f.Case.Procedure, f.Case.State) {
				continue
			}
			x.Subject = subject(f.Procedure, f.Case, r, f)
			list = append(list, ranked{Near{x.Row, int(math.Round(x.At.Distance(at)))}, words})
		}
		if len(list) >= limit || len(around) == maxCompared || q.Within == most {
			break
		}
	}
	slices.SortFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.Metres, b.Metres), cmp.Compare(b.words, a.words), cmp.Compare(b.Row.Opened, a.Row.Opened))
	})
	out := make([]Near, 0, limit)
	for _, x := range list[:min(len(list), limit)] {
		out = append(out, x.Near)
	}
	return out, nil
}

// ranked is a case with how many words it has in common with what is looked for.
type ranked struct {
	Near
	words int
}

// likeness is what similar cases have in common, as far as a reader may know it.
type likeness struct {
	p    *procedure.Procedure
	same map[string]string
	r    cases.Reader
}

// compare reports whether a case that lies near may be about the same matter, and
// how many words it shares.
func (l likeness) compare(f docket.File) (words int, ok bool) {
	if state, _ := f.Procedure.State(f.Case.State); state.Kind == procedure.VoidState || !l.reads(f, docket.SpotField(f.Procedure)) {
		return 0, false
	}
	for _, id := range l.p.Similar.Same {
		asked, _ := l.p.Field(id)
		if l.same[id] == "" || l.r.Kind == gov.PublicActor && !everybodys(asked) {
			continue
		}
		field, has := f.Procedure.Field(id)
		if !has || !l.reads(f, field) || docket.Heading(field, f.Case.Values.Text(id)) != docket.Heading(asked, l.same[id]) {
			return 0, false
		}
	}
	for _, id := range l.p.Similar.Text {
		if field, has := f.Procedure.Field(id); has && l.same[id] != "" && l.reads(f, field) {
			words += shared(l.same[id], f.Case.Values.Text(id))
		}
	}
	return words, true
}

func (l likeness) reads(f docket.File, field *procedure.Field) bool {
	return field != nil && f.Case.Seen(f.Procedure, field, l.r, f.Pack) == cases.Open
}

// shared counts the words, pairs of characters in Chinese, two texts share.
func shared(a, b string) (n int) {
	in := fulltext.Terms(fulltext.Normalise(b).Runes)
	for _, t := range fulltext.Terms(fulltext.Normalise(a).Runes) {
		if slices.Contains(in, t) {
			n++
		}
	}
	return n
}
