package casework_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/storetest"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// room is casework on an empty database.
type room struct {
	*testing.T
	pack   *policy.Pack
	docket *docket.Docket
	work   *casework.Casework
	db     *store.DB
	now    time.Time
}

func open(t *testing.T, e store.Engine) *room {
	t.Helper()
	pack := packtest.Xicheng(t)
	r := &room{T: t, pack: pack, now: caseworktest.Monday}
	r.db = storetest.Open(t, storetest.DSN(t, e), func() time.Time { return r.now })
	all := dockettest.OnePack{Pack: pack}
	r.docket = docket.New(r.db.Cases(pack.District), all, calendar.Seed)
	r.work = casework.New(r.docket, all, caseworktest.Register{}, files.NewFolder(t.TempDir()))
	return r
}

// holds is an assignment in effect: "unit role" or "unit role post".
func holds(person gov.ID, words string) people.Assignment {
	parts := append(strings.Fields(words), "")
	return people.Assignment{ID: gov.NewID(caseworktest.Monday), Person: person, Unit: parts[0], Role: parts[1], Post: parts[2],
		Period: people.Period{From: gov.DateOf(caseworktest.Monday)}}
}

// staff is the standing of somebody who holds roles, and covers for a person
// who holds others.
func staff(pack *policy.Pack, own []string, covers ...string) people.Standing {
	id, absent := gov.NewID(caseworktest.Monday), gov.NewID(caseworktest.Monday)
	h := people.Holdings{Person: people.Person{ID: id, Name: "甲"}, Account: &people.Account{Person: id, State: people.Active}}
	for _, words := range own {
		h.Assignments = append(h.Assignments, holds(id, words))
	}
	if len(covers) > 0 {
		c := people.Cover{Absence: people.Absence{Person: absent, Deputy: id, Period: people.Period{From: gov.DateOf(caseworktest.Monday), To: gov.DateOf(caseworktest.Monday).Add(7)}}, Name: "乙"}
		for _, words := range covers {
			c.Assignments = append(c.Assignments, holds(absent, words))
		}
		h.Covers = []people.Cover{c}
	}
	return people.Staff(h, pack, caseworktest.Monday, caseworktest.Monday)
}

// Only a role that does something about cases gives a seat; only one that shows
// them makes a reader; only who watches others reads everything.
func TestSeatsAndReaders(t *testing.T) {
	t.Parallel()
	pack := packtest.Xicheng(t)
	for _, c := range []struct {
		why    string
		own    []string
		covers []string
		seats  []string
		staff  bool
		all    bool
	}{
		{"a clerk", []string{"fgw clerk"}, nil, []string{"fgw clerk"}, true, false},
		{"a leader by a post", []string{"qzf leader deputy-executive"}, nil, []string{"qzf leader deputy-executive"}, true, false},
		{"an auditor", []string{"sjj auditor"}, nil, nil, true, true},
		{"an administrator", []string{"zfb administrator"}, nil, nil, false, false},
		{"an administrator who is a clerk elsewhere", []string{"zfb administrator", "czj clerk"}, nil, []string{"czj clerk"}, true, false},
		{"a deputy", []string{"fgw clerk"}, []string{"czj lead"}, []string{"fgw clerk", "czj lead for"}, true, false},
		{"nobody any more", nil, nil, nil, false, false},
	} {
		s := staff(pack, c.own, c.covers...)
		r := casework.Reader(pack, s)
		var seats []string
		for _, seat := range casework.Actor(pack, s).Seats {
			text := strings.TrimSpace(seat.Unit + " " + seat.Role + " " + seat.Post)
			if seat.For != "" {
				text += " for"
			}
			seats = append(seats, text)
		}
		if diff := cmp.Diff(c.seats, seats); diff != "" || r.Staff != c.staff || r.All != c.all {
			t.Errorf("%s: staff %t, all %t, seats:\n%s", c.why, r.Staff, r.All, diff)
		}
	}
	later := *pack
	later.Units = slices.Clone(pack.Units)
	if i := slices.IndexFunc(later.Units, func(u policy.Unit) bool { return u.ID == "fgw" }); i >= 0 {
		later.Units[i].Former = []string{"jwj"}
	}
	seats := casework.Actor(&later, staff(&later, []string{"fgw clerk"})).Seats
	if !slices.Contains(seats, cases.Seat{Unit: "jwj", Role: "clerk"}) || len(seats) != 2 {
		t.Errorf("for a unit it took over from, a clerk has %v", seats)
	}
}

// duty begins a duty of fgw and lets it be confirmed and accepted.
func (r *room) duty(by, clerk people.Standing) gov.ID {
	r.Helper()
	ctx := r.Context()
	id, err := r.work.Begin(ctx, by, gov.NewID(r.now), "duty", "enter", cases.Values{"title": "疏解", "text": "文", "lead": []string{"fgw"}, "end": "2016-12-31"}, "")
	check(r.T, err)
	check(r.T, r.work.Act(ctx, by, docket.Step{Case: id}, "confirm", cases.Values{"title": "疏解", "lead": []string{"fgw"}, "end": "2016-12-31"}, ""))
	check(r.T, r.work.Act(ctx, clerk, docket.Step{Case: id}, "accept", nil, ""))
	return id
}

// What is asked for shows to others without who asked and what they may not
// read; the public sees public fields alone; a letter stays as it went out.
func TestWhatShows(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			r := open(t, e)
			ctx := t.Context()
			office, clerk, head := staff(r.pack, []string{"zfb supervision"}), staff(r.pack, []string{"fgw clerk"}), staff(r.pack, []string{"fgw lead"})
			stranger, admin := staff(r.pack, []string{"sjj clerk"}), staff(r.pack, []string{"zfb administrator"})
			id := r.duty(office, clerk)
			check(t, r.work.Act(ctx, office, docket.Step{Case: id}, "escalate", cases.Values{"demand": "请说明原因"}, ""))
			check(t, r.work.Act(ctx, head, docket.Step{Case: id}, "extend", cases.Values{"new_end": "2017-06-30", "reason": "征地"}, "附言"))

			sheet, err := r.work.Sheet(ctx, stranger, id)
			check(t, err)
			if len(sheet.Pending) != 1 || sheet.Pending[0].By.Person != "" || sheet.Pending[0].Note != "" || sheet.Pending[0].Answer || sheet.Party || len(sheet.Options) != 0 {
				t.Errorf("a stranger sees %+v", sheet.Pending)
			}
			sheet, err = r.work.Sheet(ctx, office, id)
			check(t, err)
			if q := sheet.Pending[0]; !q.Answer || q.Mine || q.By.Person != head.Person.String() {
				t.Errorf("who is asked sees %+v", q)
			}
			if _, err := r.work.Sheet(ctx, admin, id); gov.CodeOf(err) != gov.Forbidden {
				t.Errorf("an administrator: %v", err)
			}
			check(t, r.work.Act(ctx, clerk, docket.Step{Case: id}, "update", cases.Values{"progress": int64(50), "report": "内部进展"}, ""))

			public, err := r.work.PublicSheet(ctx, id, r.now)
			check(t, err)
			for _, f := range public.Fields {
				if f.Field.Open != "public" {
					t.Errorf("the public sees %s", f.Field.ID)
				}
			}
			if public.Subject != "疏解" || len(public.Options) != 0 || public.Remarks || public.Pending[0].Values["reason"] != nil {
				t.Errorf("the public sees %+v", public)
			}
			events, err := r.work.PublicHistory(ctx, id, r.now)
			check(t, err)
			for _, e := range events {
				if e.By.Person != "" || e.Note != "" || e.Set["report"] != nil || e.Letter != nil {
					t.Errorf("the public sees of event %d: %+v", e.Seq, e)
				}
			}

			letter := func(s people.Standing) string {
				t.Helper()
				list, err := r.work.History(ctx, s, id)
				check(t, err)
				for _, e := range list {
					if e.Letter != nil {
						return e.Letter.Body
					}
				}
				return ""
			}
			before := letter(clerk)
			if !strings.Contains(before, "区发展改革委：") || !strings.Contains(before, "请说明原因") || !strings.Contains(before, "2016年12月31日") {
				t.Errorf("the letter says %q", before)
			}
			r.now = caseworktest.Monday.AddDate(0, 0, 3)
			sheet, err = r.work.Sheet(ctx, office, id)
			check(t, err)
			check(t, r.work.Answer(ctx, office, docket.Step{Case: id}, sheet.Pending[0].Seq, true, ""))
			if after := letter(clerk); after != before {
				t.Errorf("the letter that went out has become %q", after)
			}
			if letter(stranger) == "" {
				t.Error("a letter to all staff is hidden from one")
			}
			storetest.Sound(t, r.db)
		})
	}
}

// Files belong to a case; what a step names must have been attached to it.
func TestFilesAreOfTheirCase(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			r := open(t, e)
			ctx := t.Context()
			office, clerk, stranger := staff(r.pack, []string{"zfb supervision"}), staff(r.pack, []string{"fgw clerk"}), staff(r.pack, []string{"sjj clerk"})
			a, b := r.duty(office, clerk), r.duty(office, clerk)
			text := strings.NewReader("进展说明")
			file, err := r.work.Attach(ctx, clerk, a, "C:\\资料\\说明\u202etxt.exe", text, text.Size())
			check(t, err)
			if file.Name != "说明txt.exe.txt" || file.Type != "text/plain" {
				t.Errorf("kept as %q, %s", file.Name, file.Type)
			}
			if _, err := r.work.Attach(ctx, stranger, a, "x.txt", text, text.Size()); gov.CodeOf(err) != gov.Forbidden {
				t.Errorf("a stranger attaches: %v", err)
			}
			again, err := r.work.Attach(ctx, clerk, a, "另一个名字.txt", text, text.Size())
			check(t, err)
			list, err := r.work.Attachments(ctx, clerk, a)
			check(t, err)
			if again.Key != file.Key || len(list) != 1 || list[0].Name != file.Name {
				t.Errorf("attached twice: %+v", list)
			}
			values := cases.Values{"progress": int64(1), "report": "x", "evidence": []string{string(file.Key)}}
			for _, err := range []error{
				r.work.Act(ctx, clerk, docket.Step{Case: b}, "update", values, ""),
				r.work.Remark(ctx, clerk, docket.Step{Case: b}, "看附件", []string{string(file.Key)}),
			} {
				if gov.CodeOf(err) != gov.Invalid {
					t.Errorf("a file of another case: %v", err)
				}
			}
			if _, _, err := r.work.Open(ctx, clerk, a, string(file.Key)); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("a file that stands nowhere: %v", err)
			}
			check(t, r.work.Act(ctx, clerk, docket.Step{Case: a}, "update", values, ""))
			_, blob, err := r.work.Open(ctx, clerk, a, string(file.Key))
			check(t, err)
			check(t, blob.Close())
			if _, _, err := r.work.Open(ctx, stranger, a, string(file.Key)); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("a stranger opens it: %v", err)
			}
			filters := r.db.Filters(r.pack.District)
			mine := casework.Filter{ID: gov.NewID(r.now), Name: "我的", Query: "/desk/all"}
			check(t, filters.Save(ctx, clerk.Actor(), clerk.Person, mine))
			kept, err := filters.List(ctx, clerk.Person)
			check(t, err)
			if diff := cmp.Diff([]casework.Filter{mine}, kept); diff != "" {
				t.Error(diff)
			}
			if err := filters.Drop(ctx, office.Actor(), office.Person, mine.ID); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("somebody else's filter: %v", err)
			}
			check(t, filters.Drop(ctx, clerk.Actor(), clerk.Person, mine.ID))
			for n := range 31 {
				err := filters.Save(ctx, clerk.Actor(), clerk.Person, casework.Filter{ID: gov.NewID(r.now), Name: "x", Query: "/desk"})
				if want := map[bool]gov.Code{true: gov.Conflict}[n == 30]; gov.CodeOf(err) != want {
					t.Errorf("filter %d: %v", n+1, err)
				}
			}
			storetest.Sound(t, r.db)
		})
	}
}
