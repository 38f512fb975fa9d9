package casework_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/store/storetest"
)

// hall is casework with a procedure that residents begin.
func hall(t *testing.T, e store.Engine) *room {
	t.Helper()
	pack := packtest.WithReports(t)
	r := &room{T: t, pack: pack, now: caseworktest.Monday}
	r.db = storetest.Open(t, storetest.DSN(t, e), func() time.Time { return r.now })
	all := dockettest.OnePack{Pack: pack}
	r.docket = docket.New(r.db.Cases(pack.District), all, calendar.Seed)
	r.work = casework.New(r.docket, all, caseworktest.Register{}, files.NewFolder(t.TempDir()))
	return r
}

func engines(t *testing.T, test func(t *testing.T, r *room)) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			test(t, hall(t, e))
		})
	}
}

// reporter is somebody who holds a contact.
func (r *room) reporter(contact string) casework.Resident {
	return casework.Resident{At: r.now, Contacts: []string{contact}}
}

var broken = cases.Values{"what": "路灯不亮", "detail": "三天了", "place": "110102001"}

// report begins a complaint and returns its id with its reporter.
func (r *room) report(doubt casework.Doubt) (gov.ID, casework.Resident) {
	r.Helper()
	id, contact := gov.NewID(r.now), gov.NewID(r.now).String()
	_, err := r.work.PublicBegin(r.Context(), r.reporter(contact), id, "complaint", "report", contact, broken, doubt)
	check(r.T, err)
	return id, r.reporter(contact)
}

// A report is begun once under its sender's id, and by nobody else under it.
func TestPublicBeginOnce(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		id, contact := gov.NewID(r.now), gov.NewID(r.now).String()
		number, err := r.work.PublicBegin(ctx, r.reporter(contact), id, "complaint", "report", contact, broken, casework.Doubt{})
		check(t, err)
		again, err := r.work.PublicBegin(ctx, r.reporter(contact), id, "complaint", "report", contact, broken, casework.Doubt{})
		check(t, err)
		if number != again || number != "YJ2016-00001" {
			t.Errorf("sent twice: %s, %s", number, again)
		}
		other := gov.NewID(r.now).String()
		if _, err := r.work.PublicBegin(ctx, r.reporter(other), id, "complaint", "report", other, broken, casework.Doubt{}); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("somebody else's id: %v", err)
		}
		if _, err := r.work.PublicBegin(ctx, r.reporter(other), gov.NewID(r.now), "duty", "enter", other, nil, casework.Doubt{}); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("a case of the office: %v", err)
		}
		var wrong cases.Mistakes
		err = r.work.TryPublicBegin(ctx, r.reporter(other), gov.NewID(r.now), "complaint", "report", cases.Values{"what": "灯"})
		if !errors.As(err, &wrong) || len(wrong) != 2 {
			t.Errorf("a report that lacks something: %v", err)
		}
		check(t, r.work.TryPublicBegin(ctx, r.reporter(other), gov.NewID(r.now), "complaint", "report", broken))
		// Who sends values nobody asked them for gets none of them in.
		sly := cases.Values{"what": "路灯不亮", "place": "110102001", "contact": other, "unit": "fgw"}
		if _, err := r.work.PublicBegin(ctx, r.reporter(contact), gov.NewID(r.now), "complaint", "report", contact, sly, casework.Doubt{}); !errors.As(err, &wrong) {
			t.Errorf("a field nobody asks for: %v", err)
		}
	})
}

// Whoever reported sees what a party may see, without what the office says among
// itself, and does what is theirs to do; nobody else does, by whatever contact.
func TestReporterFollows(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		id, me := r.report(casework.Doubt{})
		desk, clerk := staff(r.pack, []string{"zfb acceptor"}), staff(r.pack, []string{"fgw clerk"})
		check(t, r.work.Act(ctx, desk, docket.Step{Case: id}, "send", cases.Values{"unit": "fgw", "inner": "此人多次来访"}, "内部附言"))
		check(t, r.work.Remark(ctx, clerk, docket.Step{Case: id}, "内部备注", nil))
		if err := r.work.ResidentMay(ctx, me, id, "rate"); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("rating what has no answer: %v", err)
		}
		check(t, r.work.Act(ctx, clerk, docket.Step{Case: id}, "answer", cases.Values{"answer": "已更换灯泡"}, ""))

		sheet, err := r.work.ResidentSheet(ctx, me, id)
		check(t, err)
		var ids []string
		for _, f := range sheet.Fields {
			ids = append(ids, f.Field.ID)
		}
		if want := []string{"what", "detail", "place", "contact", "unit", "answer"}; !slices.Equal(ids, want) {
			t.Errorf("the reporter reads %v, want %v", ids, want)
		}
		if len(sheet.Options) != 2 || sheet.Options[0].Action.ID != "rate" || sheet.Options[1].Action.ID != "contest" {
			t.Errorf("the reporter may do %v", sheet.Options)
		}
		history, err := r.work.ResidentHistory(ctx, me, id)
		check(t, err)
		for _, e := range history {
			if e.Set["inner"] != nil || e.Note != "" || e.By.Person != "" || e.Kind == cases.Commented {
				t.Errorf("the reporter reads %+v", e.Event)
			}
		}

		for _, who := range []casework.Resident{{At: r.now}, r.reporter(gov.NewID(r.now).String()), r.reporter("")} {
			if _, err := r.work.ResidentSheet(ctx, who, id); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("%v sees it: %v", who.Contacts, err)
			}
			if _, err := r.work.ResidentHistory(ctx, who, id); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("%v reads it: %v", who.Contacts, err)
			}
			if err := r.work.ResidentAct(ctx, who, docket.Step{Case: id}, "rate", cases.Values{"rating": "bad"}); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("%v rates it: %v", who.Contacts, err)
			}
		}

		key := gov.NewID(r.now)
		for range 2 { // sent twice, done once
			check(t, r.work.ResidentAct(ctx, me, docket.Step{Case: id, Key: key}, "contest", cases.Values{"objection": "还是不亮"}))
		}
		check(t, r.work.Act(ctx, clerk, docket.Step{Case: id}, "answer", cases.Values{"answer": "已换线路"}, ""))
		check(t, r.work.ResidentAct(ctx, me, docket.Step{Case: id}, "rate", cases.Values{"rating": "good"}))
		c, events := dockettest.Folded(t, r.docket, id)
		if c.State != "closed" || c.Done["contest"].Times != 1 {
			t.Errorf("%s, contested %d times", c.State, c.Done["contest"].Times)
		}
		for _, e := range events {
			if e.By.Kind == gov.PublicActor && (e.By.Person != "" || e.By.Unit != "") {
				t.Errorf("a reporter is named: %+v", e.By)
			}
		}
	})
}

// The unit complained about is not told who complained; who takes reports in is
// told of which contact it is.
func TestAnonymousToTheUnit(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		id, me := r.report(casework.Doubt{})
		desk, clerk := staff(r.pack, []string{"zfb acceptor"}), staff(r.pack, []string{"fgw clerk"})
		check(t, r.work.Act(ctx, desk, docket.Step{Case: id}, "send", cases.Values{"unit": "fgw"}, ""))
		list, err := r.work.Reporters(ctx, desk, id)
		check(t, err)
		if len(list) != 1 || list[0].Contact.String() != me.Contacts[0] {
			t.Errorf("the desk is told of %v", list)
		}
		list, err = r.work.Reporters(ctx, clerk, id)
		check(t, err)
		if len(list) != 0 {
			t.Errorf("the unit is told of %v", list)
		}
		sheet, err := r.work.Sheet(ctx, clerk, id)
		check(t, err)
		history, err := r.work.History(ctx, clerk, id)
		check(t, err)
		for _, f := range sheet.Fields {
			if f.Field.ID == "contact" || f.Value == me.Contacts[0] {
				t.Errorf("the unit reads %s", f.Field.ID)
			}
		}
		for _, e := range history {
			for name, v := range e.Set {
				if name == "contact" || v == me.Contacts[0] {
					t.Errorf("the unit reads %s in the history", name)
				}
			}
		}
		public, err := r.work.PublicSheet(ctx, id, r.now)
		check(t, err)
		for _, f := range public.Fields {
			if f.Value == me.Contacts[0] {
				t.Errorf("everybody reads %s", f.Field.ID)
			}
		}
	})
}

// What looks like no report is held and says why to the desk alone; it is never
// refused, and goes on when the desk says that it is one.
func TestDoubtIsHeld(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		id, me := r.report(casework.Doubt{Score: 70, Why: "内容中有 3 个网址"})
		desk, clerk := staff(r.pack, []string{"zfb acceptor"}), staff(r.pack, []string{"fgw clerk"})
		if _, err := r.work.PublicSheet(ctx, id, r.now); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("everybody sees what is held: %v", err)
		}
		mine, err := r.work.ResidentSheet(ctx, me, id)
		check(t, err)
		others, err := r.work.Sheet(ctx, clerk, id)
		check(t, err)
		for _, f := range slices.Concat(mine.Fields, others.Fields) {
			if strings.HasPrefix(f.Field.ID, "doubt") {
				t.Errorf("%s is told to others than the desk", f.Field.ID)
			}
		}
		sheet, err := r.work.Sheet(ctx, desk, id)
		check(t, err)
		if !slices.ContainsFunc(sheet.Fields, func(f cases.Shown) bool { return f.Value == "内容中有 3 个网址" }) || sheet.State.ID != "held" {
			t.Errorf("the desk sees a case that is %s, of %v", sheet.State.ID, sheet.Fields)
		}
		check(t, r.work.Act(ctx, desk, docket.Step{Case: id}, "clear", nil, ""))
		if _, err := r.work.PublicSheet(ctx, id, r.now); err != nil {
			t.Errorf("after it was cleared: %v", err)
		}
		fine, _ := r.report(casework.Doubt{Score: 49, Why: "发送过快"})
		if _, err := r.work.PublicSheet(ctx, fine, r.now); err != nil {
			t.Errorf("a little doubt: %v", err)
		}
	})
}

// pixels is a picture of so many of them, black, in a row.
func pixels(t *testing.T, n int) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	check(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, n, 1))))
	return bytes.NewReader(b.Bytes())
}

// Files belong to the report they were sent for, are few, and are read by whoever
// may read the field that names them.
func TestResidentFiles(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		id, contact := gov.NewID(r.now), gov.NewID(r.now).String()
		me := r.reporter(contact)
		one := pixels(t, 1)
		picture, err := r.work.ResidentAttach(ctx, me, id, "灯.png", one, one.Size())
		check(t, err)
		if list, err := r.work.ResidentFiles(ctx, casework.Resident{At: r.now}, id); err != nil || len(list) != 0 {
			t.Errorf("a stranger sees %v, %v", list, err)
		}
		if list, err := r.work.ResidentFiles(ctx, me, id); err != nil || len(list) != 1 {
			t.Errorf("the sender sees %v, %v", list, err)
		}
		values := cases.Values{"what": "路灯不亮", "place": "110102001", "photos": []string{string(picture.Key)}}
		var wrong cases.Mistakes
		if _, err := r.work.PublicBegin(ctx, me, gov.NewID(r.now), "complaint", "report", contact, values, casework.Doubt{}); !errors.As(err, &wrong) {
			t.Errorf("a file of another report: %v", err)
		}
		_, err = r.work.PublicBegin(ctx, me, id, "complaint", "report", contact, values, casework.Doubt{})
		check(t, err)
		_, file, err := r.work.ResidentOpen(ctx, me, id, string(picture.Key))
		check(t, err)
		got, err := io.ReadAll(file)
		check(t, errors.Join(err, file.Close()))
		if sum := sha256.Sum256(got); hex.EncodeToString(sum[:]) != string(picture.Key) {
			t.Error("another picture comes back")
		}
		stranger := r.reporter(gov.NewID(r.now).String())
		if _, _, err := r.work.ResidentOpen(ctx, stranger, id, string(picture.Key)); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("a stranger opens it: %v", err)
		}
		if _, err := r.work.ResidentAttach(ctx, stranger, id, "x.png", one, one.Size()); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("a stranger attaches: %v", err)
		}
		if _, err := r.work.ResidentAttach(ctx, me, id, "x.png", one, one.Size()); gov.CodeOf(err) != gov.Forbidden {
			t.Errorf("attaching where nothing can be done: %v", err)
		}
		many := gov.NewID(r.now)
		for n := range 10 {
			next := pixels(t, n+2)
			_, err = r.work.ResidentAttach(ctx, me, many, "x.png", next, next.Size())
		}
		if gov.CodeOf(err) != gov.TooLarge {
			t.Errorf("the tenth file: %v", err)
		}
	})
}
