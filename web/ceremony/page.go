package ceremony

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"quanxiang/draw"
	"quanxiang/draw/outside"
	"quanxiang/draw/party"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections/ceremony"
	"quanxiang/web/draws"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

const (
	shownRecords = 40
	wallRecords  = 7
	wallRefresh  = "5" // seconds
	pageRefresh  = "20"
)

// pageView is a ceremony as a page.
type pageView struct {
	Crumbs   []ui.Link
	Path     string
	Number   string
	Chip     ui.Chip
	Attempt  string
	Now      int64 // Unix ms
	Next     string
	Turn     []string // who is to act, by name
	Until    int64    // Unix ms of the deadline of what is next, 0 for none
	Earliest bool     // Until is before when it cannot be
	Problem  string   // why the last thing asked for could not be done
	Stuck    string
	Steps    []step
	Parties  []partyView
	Mine     []mineView
	Key      keyView
	Lead     []ui.Form
	Danger   []ui.Form
	Queue    []queued
	Refused  []refused
	Records  []recordView
	More     int64 // records that are not listed
	Head     string
	Frames   []string
	Setup    string // where it is arranged, "" when it cannot be any more
	Attest   []ui.Form
	Sealed   bool
	Public   string
	Started  bool // there is a transcript
	Forward  bool // of a demonstration: its clock can be put forward
}

// step is a step of the protocol.
type step struct {
	Label string
	Note  string
	At    int64  // Unix ms when it is due or was done
	State string // done, now, ahead
}

// partyView is a party with what it has done.
type partyView struct {
	Name, Role string
	Says       string
	Tone       string
	Key        string // hex, shortened
}

// mineView is what somebody can do for a party.
type mineView struct {
	By, Name, Role string
	Words          []string
	File           bool // by file alone: the party has no account here
	Answer         ui.Form
	Act            bool // an unlocked account key can do it
}

// keyView is somebody's account key.
type keyView struct {
	Needed bool
	Has    bool
	Open   int64 // Unix ms until when, 0 when it is locked
}

type queued struct {
	N    int
	Text string
}

type refused struct {
	Text string
	At   int64
}

type recordView struct {
	Seq  int64
	At   int64
	Text string
	By   string
	Head string
}

func (k *Pages) show(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	_, err = k.Draws.Store.Ceremony(r.Context(), id)
	if gov.CodeOf(err) == gov.NotFound { // nobody arranged it yet
		http.Redirect(w, r, Path(id)+"/setup", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	return k.render(w, r, id, http.StatusOK, nil)
}

func (k *Pages) render(w http.ResponseWriter, r *http.Request, id gov.ID, status int, failed error) error {
	m := k.Engine.For(r)
	v, err := k.Draws.View(r.Context(), who.Of(r.Context()).Standing, id)
	if err != nil {
		return err
	}
	out, err := k.view(r, m, &v, shownRecords)
	if err != nil {
		return err
	}
	if failed != nil {
		out.Problem = gov.TextOf(failed, m.Lang())
		typed(out.Lead, r)
		typed(out.Danger, r)
	} else if len(out.Mine) == 0 && v.Status.Stage != draw.Released {
		w.Header().Set("Refresh", pageRefresh)
	}
	return k.page.Render(w, r, status, frame(m.T("ceremony.title", "number", v.Ceremony.Number)), out)
}

// showWall is the ceremony for everybody in the room: large, and without a button.
func (k *Pages) showWall(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	m := k.Engine.For(r)
	v, err := k.Draws.View(r.Context(), who.Of(r.Context()).Standing, id)
	if err != nil {
		return err
	}
	out, err := k.view(r, m, &v, wallRecords)
	if err != nil {
		return err
	}
	w.Header().Set("Refresh", wallRefresh)
	return k.wall.Render(w, r, http.StatusOK, frame(m.T("ceremony.title", "number", v.Ceremony.Number)), out)
}

// view puts a ceremony into words.
func (k *Pages) view(r *http.Request, m *ui.Messages, v *ceremony.View, records int) (pageView, error) {
	l, c := m.Lang(), &v.Ceremony
	out := pageView{
		Crumbs: []ui.Link{{Href: "/desk", Label: m.T("desk.title")}, {Href: Root, Label: m.T("staff.draws")}}, Path: Path(c.ID), Number: c.Number, Chip: draws.StageChip(m, v.Status.Stage),
		Now: k.Draws.Clock().UnixMilli(), Head: c.Head, Public: "/draws/" + c.Number, Started: c.Records > 0, Sealed: v.Status.Stage == draw.Released && v.Plan.Mode == record.ModeAttested,
	}
	if c.Attempt > 0 {
		out.Attempt = m.T("ceremony.attempt_of", "n", c.Attempt, "of", v.Attempts)
	}
	if v.Stuck != nil {
		out.Stuck = v.Stuck.In(l)
	}
	for i := range v.Plan.Frames {
		f := &v.Plan.Frames[i]
		var n int64
		for j := range f.Strata {
			n += f.Strata[j].Quota()
		}
		out.Frames = append(out.Frames, m.T("ceremony.frame", "name", f.Name, "of", int(f.Frame.Size), "n", int(n), "strata", len(f.Strata)))
	}
	out.Next, out.Until, out.Earliest = next(m, v)
	out.Forward = k.waits(v, out.Until)
	for _, p := range c.State.Setup.Parties {
		if len(v.Asks[p.By()]) > 0 {
			out.Turn = append(out.Turn, p.Name)
		}
		out.Parties = append(out.Parties, partyOf(m, v, p))
		if slices.Contains(v.Mine, p.By()) && len(v.Asks[p.By()]) > 0 {
			out.Mine = append(out.Mine, mineOf(m, v, p))
		}
	}
	out.Key = keyView{Needed: slices.ContainsFunc(out.Mine, func(x mineView) bool { return !x.File }), Has: v.HasKey}
	if !v.Open.IsZero() {
		out.Key.Open = v.Open.UnixMilli()
	}
	out.Steps = steps(m, v)
	if v.Leads {
		out.Lead, out.Danger = k.lead(m, v)
		if c.Records == 0 {
			out.Setup = Path(c.ID) + "/setup"
		}
		for n, i := range c.State.Queue {
			out.Queue = append(out.Queue, queued{n, m.Of("ceremony.op.", i.Op)})
		}
	}
	out.Attest = attest(m, v)
	for _, x := range slices.Backward(c.State.Refused) {
		out.Refused = append(out.Refused, refused{m.Of("ceremony.op.", x.Op) + m.T("ceremony.colon") + x.Text.In(l), x.At * 1000})
	}
	list, err := k.Draws.Store.Recorded(r.Context(), c.ID, records)
	if err != nil {
		return out, err
	}
	for _, x := range list {
		out.Records = append(out.Records, recordView{x.Seq, x.At * 1000, m.Of("ceremony.record.", string(x.Type)), namesOf(m, v, x.By), x.Head[:min(12, len(x.Head))]})
	}
	out.More = c.Records - int64(len(list))
	return out, nil
}

// namesOf are the names of parties, the platform left out.
func namesOf(m *ui.Messages, v *ceremony.View, by []string) string {
	var names []string
	for _, b := range by {
		for _, p := range v.Ceremony.State.Setup.Parties {
			if p.By() == b {
				names = append(names, p.Name)
			}
		}
	}
	return strings.Join(names, m.T("ceremony.comma"))
}

// next says in one sentence what comes now, and until when, or not before when.
func next(m *ui.Messages, v *ceremony.View) (says string, until int64, earliest bool) {
	st := v.Status
	key := string(st.Stage)
	if st.Plan == nil {
		key = "keys"
		if v.Ceremony.State.Body != nil {
			key = "sign"
		}
		if len(v.Plan.Times) > 0 {
			until = v.Plan.Times[0].T1
		}
		return m.T("ceremony.next." + key), until * 1000, false
	}
	now := st.Plan.Now()
	switch st.Stage {
	case draw.Begins:
		until = v.Plan.Times[min(st.Plan.Attempt, len(v.Plan.Times)-1)].T1
	case draw.Commits:
		until = now.T1
	case draw.Reveals:
		until = now.T2
		if !slices.Contains(sure(st), true) {
			key, until, earliest = "wait", now.T3, true
		}
	case draw.Outsides:
		until, earliest = now.T3, true
	case draw.Ready, draw.Drawn:
		until = now.T4
		if len(now.Days) > 0 {
			until = now.Days[st.Days].By
		}
	case draw.Visiting:
		until, earliest = now.T5, true
	case draw.Released:
		if v.Plan.Mode == record.ModeAttested {
			key = "attested"
		}
	}
	return m.T("ceremony.next." + key), until * 1000, earliest
}

// sure are the witnesses whose secrets are still to come.
func sure(st draw.Status) (open []bool) {
	for i := range st.Committed {
		open = append(open, st.Committed[i] && !st.Revealed[i])
	}
	return open
}

// steps are those of the protocol with where it stands.
func steps(m *ui.Messages, v *ceremony.View) (list []step) {
	st := v.Status
	at := map[draw.Stage]int{draw.Begins: 0, draw.Commits: 1, draw.Reveals: 2, draw.Outsides: 3, draw.Ready: 4, draw.Drawn: 4, draw.Visiting: 5, draw.Released: 7, draw.Abandoned: 7}[st.Stage]
	if st.Stage == draw.Reveals && !slices.Contains(sure(st), true) {
		at = 3
	}
	var t record.Times
	if len(v.Plan.Times) > 0 {
		t = v.Plan.Times[max(0, min(v.Plan.Attempt, len(v.Plan.Times))-1)]
	}
	due := []int64{t.T1, t.T1, t.T2, t.T3, t.T4, t.T5, t.T5}
	for i, name := range []string{"plan", "commit", "reveal", "outside", "draw", "visits", "release"} {
		s := step{Label: m.T("ceremony.step." + name), Note: m.T("ceremony.step_note." + name), At: due[i] * 1000, State: "ahead"}
		switch {
		case i < at:
			s.State = "done"
		case i == at:
			s.State = "now"
		}
		list = append(list, s)
	}
	return list
}

// partyOf is a party with what it has done.
func partyOf(m *ui.Messages, v *ceremony.View, p ceremony.Party) partyView {
	out := partyView{Name: p.Name, Role: m.T("ceremony.role." + string(p.Role)), Says: m.T("ceremony.ready"), Tone: "quiet"}
	if len(p.Key) > 0 {
		out.Key = hex.EncodeToString(p.Key[:6])
	}
	st := v.Status
	say := func(key, tone string) { out.Says, out.Tone = m.T("ceremony."+key), tone }
	switch {
	case len(p.Key) == 0:
		say("no_key", "warn")
	case len(v.Asks[p.By()]) > 0:
		say("asked", "warn")
	case p.Role == ceremony.Witness && p.N < len(st.Revealed) && st.Revealed[p.N]:
		say("revealed", "good")
	case p.Role == ceremony.Witness && p.N < len(st.Committed) && st.Committed[p.N]:
		say("committed", "good")
	case p.Role == ceremony.Auditor && st.Attested[p.N]:
		say("attested", "good")
	}
	return out
}

// mineOf is what somebody can do for a party.
func mineOf(m *ui.Messages, v *ceremony.View, p ceremony.Party) mineView {
	out := mineView{By: p.By(), Name: p.Name, Role: m.T("ceremony.role." + string(p.Role)), File: p.Person.IsZero(), Act: !v.Open.IsZero() && !p.Person.IsZero()}
	q := party.Request{Plan: v.Ceremony.Number, By: out.By, Asks: v.Asks[out.By]}
	for _, t := range q.Words() {
		out.Words = append(out.Words, t.In(m.Lang()))
	}
	out.Answer = ui.Form{ID: "answer-" + out.By, Action: Path(v.Ceremony.ID) + "/answer/" + out.By, Post: true, File: true, Submit: m.T("ceremony.upload"),
		Fields: []ui.Field{{Name: "file", Kind: "file", Label: m.T("ceremony.answer_file"), Required: true}}}
	return out
}

// lead are the forms of who leads: what comes next, and what goes wrong.
func (k *Pages) lead(m *ui.Messages, v *ceremony.View) (ahead, danger []ui.Form) {
	st := v.Status
	if st.Plan == nil || st.Stage == draw.Released || st.Stage == draw.Abandoned {
		return nil, nil
	}
	now := st.Plan.Now()
	clock := v.Ceremony.State // only for what waits
	waits := func(op string) bool {
		return slices.ContainsFunc(clock.Queue, func(i ceremony.Intent) bool { return i.Op == op })
	}
	form := func(op string, fields ...ui.Field) ui.Form {
		return ui.Form{ID: askForm(op), Action: Path(v.Ceremony.ID) + "/ask", Post: true, Submit: m.T("ceremony.do." + op), Fields: append([]ui.Field{{Name: "op", Kind: "hidden", Value: op}}, fields...)}
	}
	visits := st.Stage == draw.Visiting || st.Stage == draw.Ready && st.Days > 0
	if src := asked(v); src != nil && k.Draws.Clock().Unix() >= now.T3 && !waits(ceremony.OpOutside) {
		if k.Relay != nil && src.Source == outside.Drand {
			f := ui.Form{ID: "fetch", Action: Path(v.Ceremony.ID) + "/fetch", Post: true, Submit: m.T("ceremony.fetch")}
			f.Lines = []ui.Line{{Text: m.T("ceremony.fetch_hint", "relay", k.Relay.URL)}}
			ahead = append(ahead, f)
		}
		f := form(ceremony.OpOutside, ui.Field{Name: "value", Kind: "text", Label: m.T("ceremony.value"), Required: true})
		f.Lines = []ui.Line{{Text: m.T("ceremony.source", "source", src.Source.Name().In(m.Lang()), "round", strconv.FormatInt(src.Rounds[st.Plan.Attempt-1], 10))}}
		if src.Source == outside.Drand {
			f.Fields[1].Hint = m.T("ceremony.drand_hint", "round", strconv.FormatInt(src.Rounds[st.Plan.Attempt-1], 10))
		} else {
			f.Fields[1].Hint = m.T("ceremony.lottery_hint", "date", src.Dates[st.Plan.Attempt-1], "example", src.Source.Example(src.Dates[st.Plan.Attempt-1]))
			pick := ui.Field{Name: "witness", Kind: "select", Label: m.T("ceremony.with_witness")}
			for _, p := range v.Ceremony.State.Setup.Of(ceremony.Witness) {
				pick.Options = append(pick.Options, ui.Option{Value: strconv.Itoa(p.N), Label: p.Name})
			}
			f.Fields = append(f.Fields, pick)
		}
		ahead = append(ahead, f)
	}
	if st.Stage == draw.Ready && len(now.Days) > 0 && !waits(ceremony.OpDraw) {
		f := form(ceremony.OpDraw)
		f.Lines = []ui.Line{{Text: m.T("ceremony.day", "date", now.Days[st.Days].Date)}}
		ahead = append(ahead, f)
	}
	if visits && len(now.Days) > 0 && st.Plan.Mode == record.ModeOpen && int(v.Ceremony.Uses) > st.Shown && !waits(ceremony.OpReleaseDay) {
		ahead = append(ahead, form(ceremony.OpReleaseDay))
	}
	if st.Stage == draw.Visiting && !waits(ceremony.OpRelease) {
		f := form(ceremony.OpRelease)
		f.Lines = []ui.Line{{Text: m.T("ceremony.release_from", "at", time.Unix(now.T5, 0).In(gov.China).Format("2006-01-02 15:04"))}}
		ahead = append(ahead, f)
	}
	reason := ui.Field{Name: "reason", Kind: "text", Label: m.T("ceremony.reason"), Hint: m.T("ceremony.reason_hint"), Required: true}
	shown := ui.Field{Name: "evidence", Kind: "textarea", Label: m.T("ceremony.evidence"), Hint: m.T("ceremony.evidence_hint")}
	official := ui.Field{Name: "official", Kind: "text", Label: m.T("ceremony.official"), Required: true}
	if visits {
		subject := ui.Field{Name: "uid", Kind: "select", Label: m.T("ceremony.subject"), Required: true, Options: []ui.Option{{Label: m.T("ceremony.choose")}}}
		slots := ui.Field{Name: "slot", Kind: "select", Label: m.T("ceremony.slot"), Required: true, Options: []ui.Option{{Label: m.T("ceremony.choose")}}}
		seen := map[string]bool{}
		for _, x := range v.Visits {
			name := subjectName(x)
			if _, opened := st.Opened[x.UID]; !opened && !seen[name] {
				subject.Options = append(subject.Options, ui.Option{Value: x.UID.String(), Label: name})
			}
			seen[name] = true
			for n, j := range x.Team {
				if j.ID() != "" {
					slots.Options = append(slots.Options, ui.Option{Value: fmt.Sprintf("%d/%d/%d", x.Frame, x.Number, n), Label: name + m.T("ceremony.comma") + printable(j.ID(), j.String()), Group: v.Plan.Frames[x.Frame].Name})
				}
			}
		}
		void, recuse := form(ceremony.OpVoid, subject, reason, shown, official), form(ceremony.OpRecuse, slots, reason, shown)
		danger = append(danger, void, recuse)
	}
	if st.Stage != draw.Begins && st.Stage != draw.Commits && !waits(ceremony.OpAbandon) {
		f := form(ceremony.OpAbandon, reason, shown, official)
		f.Danger = true
		f.Lines = []ui.Line{{Text: m.T("ceremony.abandon_hint"), Tone: "warn"}}
		danger = append(danger, f)
	}
	return ahead, danger
}

func subjectName(v draw.Visit) string { return printable(v.UID.ID(), v.UID.String()) }

// printable is an id as people know it, or the uid where it holds none.
func printable(id, uid string) string {
	if id == "" || strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r == '\uFFFD' }) {
		return uid
	}
	return id
}

// attest are the forms of auditors who have not given their word yet.
func attest(m *ui.Messages, v *ceremony.View) (list []ui.Form) {
	if v.Status.Stage != draw.Released {
		return nil
	}
	for _, p := range v.Ceremony.State.Setup.Of(ceremony.Auditor) {
		if !slices.Contains(v.Mine, p.By()) || v.Status.Attested[p.N] || len(v.Asks[p.By()]) > 0 {
			continue
		}
		list = append(list, ui.Form{ID: "attest-" + p.By(), Action: Path(v.Ceremony.ID) + "/attest/" + strconv.Itoa(p.N), Post: true, Submit: m.T("ceremony.attest"), Fields: []ui.Field{
			{Name: "verdict", Kind: "radio", Label: m.T("ceremony.verdict", "name", p.Name), Options: []ui.Option{{Value: string(draw.Valid), Label: m.T("ceremony.verdict_valid")}, {Value: string(draw.Invalid), Label: m.T("ceremony.verdict_invalid")}}}}})
	}
	return list
}

func hexBytes(text string, n int) ([]byte, error) {
	b, err := hex.DecodeString(text)
	if err == nil && len(b) != n {
		err = fmt.Errorf("%d bytes", len(b))
	}
	return b, err
}
