package demo

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/demo/drawing"
	"quanxiang/demo/invented"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/residents"
)

// The procedures of what happens in the street.
const (
	reportProcedure = "report"
	patrolProcedure = "patrol"

	classList = "classes"
	rowList   = "standard-rows"
)

// The units and roles that deal with reports, as the pack names them.
const (
	intakeUnit   = "cgzx-jd"
	dispatchUnit = "cgzx-zh"

	acceptorRole   = "acceptor"
	shiftRole      = "shift-head"
	dispatcherRole = "dispatcher"
	supervisorRole = "supervisor"
	clerkRole      = "clerk"
	leadRole       = "lead"
)

// How far reports go back, and how many there are of them: enough that every
// screen has something of everything, few enough that the demonstration opens
// soon.
const (
	reportDays = 28 // working days
	reportsOf  = 210
)

// The hours of offices: eight hours, in two halves.
const (
	dayMinutes  = 480
	halfMinutes = 240
	gridMinutes = 10 // what happens within so many minutes happens at one moment
)

// streets is the life in the streets while it is planned and played.
type streets struct {
	worked int      // minutes worked from the first day of reports until now
	base   int      // index of the first day of reports among the working days
	areas  []string // codes of the streets, those with more reports several times
	cells  map[string][]policy.Area
	known  []known // matters with what the pack says of them
	slots  map[int64][]act
	shots  struct {
		sync.Mutex
		developed map[drawing.Shot]*developed
	}
	busy    time.Time // when reports begin; zero without any
	leading []*tale   // filed reports that others can be merged into
}

// developed is a drawing as the docket keeps it.
type developed struct {
	sync.Once
	docket.Attachment
	err error
}

// known is a matter with the pack's standard.
type known struct {
	matter
	policyRow
}

// streetSeats are the seats that reports need, in the order in which they are filled.
func streetSeats(pack *policy.Pack) (list []seat) {
	if _, ok := pack.Procedure(reportProcedure); !ok {
		return nil
	}
	for _, s := range []struct {
		seat
		n int
	}{
		{seat{unit: intakeUnit, role: acceptorRole}, 3}, {seat{unit: intakeUnit, role: shiftRole}, 2},
		{seat{unit: dispatchUnit, role: dispatcherRole}, 2}, {seat{unit: intakeUnit, role: supervisorRole}, 2},
	} {
		for range s.n {
			list = append(list, s.seat)
		}
	}
	add := func(unit string, roles ...string) {
		for _, r := range roles {
			if s := (seat{unit: unit, role: r}); unit != "" && !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	}
	for _, a := range pack.AreasOf(policy.StreetLevel) {
		add(pack.Serving(a.Code), supervisorRole, clerkRole, leadRole)
	}
	for _, k := range knownMatters(pack) {
		add(k.unit, clerkRole, leadRole)
	}
	add(fallbackUnit, clerkRole, leadRole)
	return list
}

// fallbackUnit disposes what nobody owns.
const fallbackUnit = "cgwyh"

// knownMatters are the matters the pack has a class and a standard of.
func knownMatters(pack *policy.Pack) (list []known) {
	rows, _ := pack.List(rowList)
	running := map[calendar.Unit]bool{calendar.Minutes: true, calendar.Hours: true}
	for _, m := range matters {
		e, ok := rows.Entry(m.row)
		if !ok || e.Text("class") != m.class {
			continue
		}
		limit, _ := e.Limit("limit")
		minutes := map[calendar.Unit]int{calendar.Minutes: 1, calendar.Hours: 60, calendar.WorkHours: 60}
		list = append(list, known{m, policyRow{
			street: e.Text("by") == "street", unit: e.Text("unit"), limit: limit.N * cmp.Or(minutes[limit.Unit], dayMinutes), running: running[limit.Unit],
		}})
	}
	return list
}

// openStreets prepares the life in the streets.
func (s *show) openStreets() {
	s.slots = map[int64][]act{}
	if _, ok := s.Pack.Procedure(reportProcedure); !ok || s.Residents == nil {
		return
	}
	s.base = max(s.last()-reportDays, 0)
	s.worked = (len(s.days) - s.base) * dayMinutes
	for s.worked > 0 && !s.instant(s.worked).Before(s.now) {
		s.worked--
	}
	s.busy = s.instant(0)
	s.known = knownMatters(s.Pack)
	s.shots.developed = map[drawing.Shot]*developed{}
	s.cells = map[string][]policy.Area{}
	for i, a := range s.Pack.AreasOf(policy.StreetLevel) {
		for range crowd(i) {
			s.areas = append(s.areas, a.Code)
		}
		for _, community := range s.Pack.Children(a.Code) {
			s.cells[a.Code] = append(s.cells[a.Code], s.Pack.Children(community.Code)...)
		}
	}
}

// crowd is how many reports come from the ith street, beside others.
func crowd(i int) int { return 2 + (i*7)%5 }

// busiest is the office of the first of the streets from which most reports come.
func busiest(pack *policy.Pack) string {
	best, office := 0, ""
	for i, a := range pack.AreasOf(policy.StreetLevel) {
		if n := crowd(i); n > best {
			best, office = n, pack.Serving(a.Code)
		}
	}
	return office
}

// instant is when so many minutes have been worked since the first day of
// reports.
func (s *show) instant(minute int) time.Time {
	day, rest := s.base+minute/dayMinutes, minute%dayMinutes
	begins := 8 * 60
	if rest >= halfMinutes {
		begins = 10 * 60 // the second half begins at two
	}
	at := clock(s.days[min(day, len(s.days)-1)], begins+rest)
	if day >= len(s.days) {
		at = at.AddDate(0, 0, day-len(s.days)+1)
	}
	return at.Add(time.Duration(minute*37%300) * time.Second / 60)
}

// grid is a minute, or the first one after it, at which something can happen.
func (s *show) grid(minute int) int { return (minute + gridMinutes - 1) / gridMinutes * gridMinutes }

// slot puts an act at an instant.
func (s *show) slot(at time.Time, a act) {
	s.slots[at.UnixMilli()] = append(s.slots[at.UnixMilli()], a)
	s.all++
}

// planStreets thinks out the reports and the patrols.
func (s *show) planStreets() int {
	s.openStreets()
	if len(s.known) == 0 || len(s.areas) == 0 || s.worked == 0 {
		return 0
	}
	rng := rand.New(rand.NewPCG(s.Seed, 2<<32))
	var deck []reportStory
	for _, st := range reportStories {
		for range max(1, st.share*cmp.Or(s.Reports, reportsOf)/1000) {
			deck = append(deck, st)
		}
	}
	rng.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
	slices.SortStableFunc(deck, func(a, b reportStory) int { return cmp.Compare(a.late, b.late) }) // what is merged comes after what it is merged into
	n := 0
	for i, st := range deck {
		t := &tale{show: s, rng: rand.New(rand.NewPCG(s.Seed, 3<<32+uint64(i))), family: len(s.duties) + i}
		if t.set(st.asks) {
			st.tell(t)
			n++
		}
	}
	n += s.planPatrols(len(s.duties) + len(deck))
	s.planRounds(len(s.duties) + len(deck) + patrolDays*len(s.areas))
	return n
}

// set decides what a report is about, where, and who will have to do with it.
// calm asks for a matter whose time does not run at night.
func (t *tale) set(calm bool) (ok bool) {
	k := t.known[t.rng.IntN(len(t.known))]
	for calm && k.running {
		k = t.known[t.rng.IntN(len(t.known))]
	}
	t.matter, t.row = k.matter, k.policyRow
	t.street = t.areas[t.rng.IntN(len(t.areas))]
	t.office = t.Pack.Serving(t.street)
	if t.unit = t.row.unit; t.row.street {
		t.unit, t.helper = t.office, t.row.unit
	}
	t.place, ok = t.somewhere(t.rng, t.street)
	return ok && t.of(t.unit, clerkRole) != nil && t.of(t.unit, leadRole) != nil
}

// channels are the ways by which reports come, with how many of a hundred.
var channels = []struct {
	id    string
	share int
}{{"web", 44}, {"hotline", 27}, {"patrol", 14}, {"volunteer", 7}, {"letter", 3}, {"sensor", 3}, {"leader", 2}}

// arrive plans how the report comes in, so many minutes worked before now. By
// "web" it can be said which way is meant, "" draws one.
func (t *tale) arrive(ago int, channel string) bool {
	t.cursor = max(t.worked-ago, 0)
	if t.channel = channel; channel == "" {
		n := t.rng.IntN(100)
		for _, c := range channels {
			if n -= c.share; n < 0 {
				t.channel = c.id
				break
			}
		}
	}
	switch t.channel {
	case "web":
		t.who(75, 60)
		return t.reported(t.rng.IntN(3), t.values(t.chance(70)), casework.Doubt{})
	case "patrol":
		return t.found(t.of(t.office, supervisorRole), "find", t.values(true))
	case "hotline", "letter":
		t.who(90, 0)
	case "volunteer":
		t.who(60, 40)
	}
	return t.taken(t.of(intakeUnit, acceptorRole), t.values(true))
}

// who decides who reports: so many of a hundred leave a number or an address, and
// so many of those have proven that it is theirs.
func (t *tale) who(leave, prove int) {
	t.contact = &residents.Draft{Lang: gov.ZH}
	if !t.chance(leave) {
		return
	}
	n := invented.NewNames(t.rng)
	t.contact.Name = n.Name(0)
	if t.contact.Mobile = invented.Mobile(500000 + t.family); t.chance(25) {
		t.contact.Mobile, t.contact.Email = "", "report"+t.contact.Mobile[4:]+"@example.com"
	}
	t.contact.Withheld = t.chance(30)
	if t.proven = t.chance(prove); t.proven {
		if t.contact.Channel = residents.SMS; t.contact.Mobile == "" {
			t.contact.Channel = residents.Email
		}
	}
}

// file plans that the report is verified, if it has to be, and filed.
func (t *tale) file() bool {
	by := t.of(intakeUnit, acceptorRole)
	if t.channel != "patrol" && t.chance(25) && !t.verify(true) {
		return false
	}
	release := t.chance(70)
	return t.does(t.between(4, 11), by, "file", func(ctx context.Context, at time.Time) (cases.Values, error) {
		v := cases.Values{"class": t.class, "row": t.matter.row}
		if len(t.photos) > 0 {
			v["public_photos"] = t.photos
		}
		if len(t.photos) > 0 && release {
			if err := t.Casework.FitPicture(ctx, by.standing(t.Pack, at), t.id, t.photos[0], true); err != nil {
				return nil, err
			}
		}
		return v, nil
	})
}

// verify plans that somebody is sent to look before the report is filed.
func (t *tale) verify(genuine bool) bool {
	if !t.says(t.between(3, 9), t.of(intakeUnit, acceptorRole), "ask_verify", nil) {
		return false
	}
	found := "genuine"
	if !genuine {
		found = "nothing"
	}
	return t.shows(t.between(12, 28), t.ofBeat(t.of(t.office, supervisorRole)), "verify_before", "verify_photos", false, cases.Values{"verified": found})
}

// dispatch plans that the case goes to who handles it.
func (t *tale) dispatch() bool {
	v := cases.Values{"unit": t.unit}
	if t.helper != "" && t.helper != t.unit && t.chance(50) {
		v["helpers"] = []string{t.helper}
	}
	return t.says(t.between(4, 13), t.of(dispatchUnit, dispatcherRole), "dispatch", v)
}

// accept plans that the unit takes it on.
func (t *tale) accept() bool {
	return t.says(t.between(5, max(t.row.limit/8, 10)), t.of(t.unit, clerkRole), "accept", nil)
}

// submit plans that the unit asks to close, after so many per cent of its time.
func (t *tale) submit(lo, hi int) bool {
	return t.shows(max(t.row.limit*t.between(lo, hi)/100, 10), t.of(t.unit, clerkRole), "submit", "after_photos", true, cases.Values{"result": t.pick(t.done)})
}

// check plans that somebody who had no part in it looks.
func (t *tale) check(result string) bool {
	if !t.says(t.between(4, 15), t.of(intakeUnit, acceptorRole), "send_check", nil) {
		return false
	}
	unit := t.office
	if t.unit == t.office || t.helper == t.office || t.chance(20) {
		unit = intakeUnit
	}
	who := t.of(unit, supervisorRole)
	if unit == t.office {
		who = t.ofBeat(who)
	}
	return t.shows(t.between(10, 35), who, "verify_after", "check_photos", result == "fixed", cases.Values{"check_result": result})
}

// handled plans everything from arrival to the request to close.
func (t *tale) handled(ago int, channel string) bool {
	return t.arrive(ago, channel) && t.file() && t.dispatch() && t.accept() && t.submit(15, 75)
}

// close plans that the case is closed, and perhaps rated.
func (t *tale) close() bool {
	return t.check("fixed") && t.says(t.between(5, 40), t.of(intakeUnit, acceptorRole), "close", cases.Values{"reply": t.pick(t.reply)})
}

// rate plans that whoever reported it says what they think of it.
func (t *tale) rate(after int) {
	n := []int64{5, 5, 4, 5, 4, 3, 2, 1}[t.rng.IntN(8)]
	v := cases.Values{"rating": n}
	if o := opinions[min(max(5-int(n), 0)+t.rng.IntN(2), len(opinions)-1)]; o != "" {
		v["opinion"] = o
	}
	t.asks(after, "rate", v)
}

// asks plans something only whoever reported it may do.
func (t *tale) asks(after int, action string, v cases.Values) bool {
	return t.on(after, func(ctx context.Context, at time.Time) error {
		return t.Casework.ResidentAct(ctx, t.resident(at), docket.Step{Case: t.id}, action, v)
	})
}
