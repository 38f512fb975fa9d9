package stamp

import (
	"math"
	"time"

	"quanxiang/geo"
)

// Scene is what a stamp is held against: what the server and the case know.
type Scene struct {
	Taken  int64                                   // when the server took the act, Unix ms
	Place  string                                  // where the case lies, as geo.Point writes it; "" for not known
	Within int                                     // so many metres from there fit
	Inside func(at geo.Point) (inside, known bool) // whether a point lies in the area of the case, which tells where no place is known; nil without one
	Age    time.Duration                           // how old a picture may be
}

// Kind is what was found.
type Kind string

// The kinds. Those of Note are no reason for doubt.
const (
	Missing  Kind = "missing"  // no stamp at all: it was not done on the page for it
	Unplaced Kind = "unplaced" // the phone did not say where it was
	Near     Kind = "near"     // Note: it was at the place; Metres from it
	Far      Kind = "far"      // it was elsewhere: Metres from the place, more than what the phone may be off
	Vague    Kind = "vague"    // where it was may be off by Metres, too much to tell
	Within   Kind = "within"   // Note: it was in the area
	Outside  Kind = "outside"  // it was outside the area
	OldFix   Kind = "oldfix"   // it knew where it was only from Time before
	Skewed   Kind = "skewed"   // its clock was Time off
	Later    Kind = "later"    // Note: it was sent Time after it was done
	Old      Kind = "old"      // a picture was taken Time before the act
	Ahead    Kind = "ahead"    // a picture was taken Time after the act
	Undated  Kind = "undated"  // Note: a picture does not say when it was taken
	Apart    Kind = "apart"    // a picture was taken Metres from the place
)

// Finding is one thing found about a stamp.
type Finding struct {
	Kind    Kind
	Metres  int
	Time    time.Duration // not negative
	Picture string        // its key; of the kinds about a picture
}

// Doubt reports that those who check should look at it.
func (f Finding) Doubt() bool {
	switch f.Kind {
	case Near, Within, Later, Undated:
		return false
	}
	return true
}

// How exact clocks and positions are.
const (
	skewed  = 5 * time.Minute  // the clock of a phone with a network is right to seconds
	later   = 10 * time.Minute // sending takes minutes over a poor network
	oldFix  = 5 * time.Minute  // one may have walked on since
	ahead   = 10 * time.Minute // of a camera that is not the phone
	tooWide = 500              // metres: a position from the network alone
)

// Judge holds a stamp against its scene. A nil stamp is Missing.
func Judge(s *Stamp, c Scene) (list []Finding) {
	if s == nil {
		return []Finding{{Kind: Missing}}
	}
	list = s.where(c)
	if skew, ok := s.Skew(c.Taken); ok && skew.Abs() > skewed {
		list = append(list, Finding{Kind: Skewed, Time: skew.Abs()})
	}
	if kept := span(c.Taken - s.Done(c.Taken)); kept > later {
		list = append(list, Finding{Kind: Later, Time: kept})
	}
	// The camera of a phone goes by the phone's clock, right or wrong.
	did := s.Did
	if did == 0 {
		did = c.Taken
	}
	for _, p := range s.Pictures {
		switch age := span(did - p.Taken); {
		case p.Taken == 0:
			list = append(list, Finding{Kind: Undated, Picture: p.Key})
		case age > c.Age:
			list = append(list, Finding{Kind: Old, Time: age, Picture: p.Key})
		case -age > ahead:
			list = append(list, Finding{Kind: Ahead, Time: -age, Picture: p.Key})
		}
		if d, ok := apart(p.Place, c.Place); ok && d > c.Within {
			list = append(list, Finding{Kind: Apart, Metres: d, Picture: p.Key})
		}
	}
	return list
}

// where judges the place.
func (s *Stamp) where(c Scene) (list []Finding) {
	at, err := geo.ParsePoint(s.Place)
	if err != nil {
		return []Finding{{Kind: Unplaced}}
	}
	accuracy := int(s.Accuracy)
	d, there := apart(s.Place, c.Place)
	switch {
	case there && d > c.Within+accuracy:
		list = append(list, Finding{Kind: Far, Metres: d})
	case accuracy > max(tooWide, c.Within):
		list = append(list, Finding{Kind: Vague, Metres: accuracy})
	case there:
		list = append(list, Finding{Kind: Near, Metres: d})
	}
	if c.Inside != nil && !there {
		if inside, known := c.Inside(at); known && inside {
			list = append(list, Finding{Kind: Within})
		} else if known {
			list = append(list, Finding{Kind: Outside})
		}
	}
	if s.Fixed != 0 && s.Did != 0 && span(s.Did-s.Fixed) > oldFix {
		list = append(list, Finding{Kind: OldFix, Time: span(s.Did - s.Fixed)})
	}
	return list
}

// apart is how many metres lie between two places, if both are known.
func apart(a, b string) (int, bool) {
	p, bad := geo.ParsePoint(a)
	q, wrong := geo.ParsePoint(b)
	if bad != nil || wrong != nil {
		return 0, false
	}
	return int(math.Round(p.Distance(q))), true
}
