package counter_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/files"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/privacy"
	"quanxiang/residents"
	"quanxiang/store"
	"quanxiang/store/storetest"
	"quanxiang/web/open311"
	"quanxiang/web/open311/counter"
	"quanxiang/web/webtest"
)

var monday = time.Date(2016, 11, 14, 9, 0, 0, 0, gov.China)

// nobody is staff that nobody asks for.
type nobody struct{}

func (nobody) Person(context.Context, people.Standing, gov.ID) (people.Person, error) {
	return people.Person{}, gov.Errorf(gov.NotFound, "没有此人", "no such person")
}

func (nobody) Holders(context.Context, people.Standing, string, ...people.Place) ([]people.Person, error) {
	return nil, nil
}

// room is a counter on a database, with staff behind it.
type room struct {
	*counter.Counter
	*testing.T
	db     *store.DB
	pack   *policy.Pack
	docket *docket.Docket
	work   *casework.Casework
	broken *fickle
	now    time.Time
}

// fickle is a register that fails as often as it is told to.
type fickle struct {
	counter.Contacts
	fail int
}

func (f *fickle) OpenWith(ctx context.Context, id, caseID gov.ID, d residents.Draft) (residents.Contact, error) {
	c, err := f.Contacts.OpenWith(ctx, id, caseID, d)
	if f.fail > 0 {
		f.fail--
		return c, errors.New("killed")
	}
	return c, err
}

func (f *fickle) OpenUnlinked(ctx context.Context, id gov.ID, d residents.Draft) (residents.Contact, error) {
	c, err := f.Contacts.OpenUnlinked(ctx, id, d)
	if f.fail > 0 {
		f.fail--
		return c, errors.New("killed")
	}
	return c, err
}

func samplePack(t testing.TB) fstest.MapFS {
	t.Helper()
	all := packtest.Copy(t, packtest.Files(t))
	for name, f := range packtest.Copy(t, os.DirFS("testdata/pack")) {
		all[name] = f
	}
	return all
}

func each(t *testing.T, test func(t *testing.T, r *room)) {
	t.Helper()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			r := &room{T: t, pack: packtest.Load(t, samplePack(t), "."), now: monday}
			clock := func() time.Time { return r.now }
			r.db = storetest.Open(t, storetest.DSN(t, e), clock)
			all := dockettest.OnePack{Pack: r.pack}
			r.docket = docket.New(r.db.Cases(r.pack.District), all, calendar.Seed)
			r.work = casework.New(r.docket, all, nobody{}, files.NewFolder(t.TempDir()))
			keys := privacy.NewKeyring()
			r.broken = &fickle{Contacts: residents.New(residents.Config{Store: r.db.Residents(r.pack.District, keys), Keys: keys, Clock: clock})}
			r.Counter = counter.New(r.work, r.broken, clock, "https://policy.example")
			test(t, r)
		})
	}
}

func (r *room) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *room) act(unit, role, number, action string, v cases.Values) {
	r.Helper()
	id, err := r.docket.Find(r.Context(), number)
	r.must(err)
	s := webtest.Staff(r, r.pack, unit, role, "", r.now)
	r.must(r.work.Act(r.Context(), s, docket.Step{Case: id}, action, v, ""))
}

func (r *room) report() open311.Report {
	var claimed atomic.Pointer[gov.ID]
	claim := func(_ context.Context, fresh gov.ID) (gov.ID, bool, error) {
		again := !claimed.CompareAndSwap(nil, &fresh)
		return *claimed.Load(), again, nil
	}
	return open311.Report{Claim: claim, Service: "B0102", Place: open311.Place{Point: &geo.Point{Lat: 39.9123, Lon: 116.366}, Address: "甲1号门口"},
		Description: "路灯不亮\n三天了", Person: open311.Person{Name: "张三", Email: "zhang@example.cn"}, Lang: gov.ZH,
		MediaURLs: []string{"https://fms.example/1.jpeg"}, Attributes: map[string][]string{"size": {"large"}, "often": {"2"}, "seen": {"2016-11-13T18:00:00Z"}, "risky": {"true"}, "street": {"110102001"}}}
}

func (r *room) file(report open311.Report) string {
	r.Helper()
	f, err := r.File(r.Context(), report)
	r.must(err)
	return f.ID
}

func TestServices(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		list, err := r.Services(t.Context(), gov.EN)
		r.must(err)
		want := []open311.Service{
			{Code: "B0101", Name: "Manhole cover", Metadata: true, Keywords: []string{"Utilities"}, Group: "Utilities"},
			{Code: "B0102", Name: "Street lamp", Metadata: true, Keywords: []string{"Utilities"}, Group: "Utilities"},
			{Code: "S02", Name: "Other", Metadata: true},
		}
		if diff := cmp.Diff(want, list); diff != "" {
			t.Errorf("services (-want +got):\n%s", diff)
		}
		d, err := r.Definition(t.Context(), gov.ZH, "B0101")
		r.must(err)
		var kinds []string
		for _, a := range d.Attributes {
			kinds = append(kinds, a.Code+" "+string(a.Datatype))
		}
		if got := strings.Join(kinds, ", "); got != "size singlevaluelist, often number, seen datetime, risky singlevaluelist, street singlevaluelist" {
			t.Errorf("attributes %s", got)
		}
		if streets := d.Attributes[4].Values; len(streets) < 10 || streets[0].Key != "110102001" {
			t.Errorf("streets %v", streets)
		}
		for _, code := range []string{"B01", "B0103", "0101", ""} { // a head, an old one, not its public code
			if _, err := r.Definition(t.Context(), gov.ZH, code); gov.CodeOf(err) != gov.NotFound {
				t.Errorf("%q: %v", code, err)
			}
		}
	})
}

// A report from its filing to its end, as the client follows it.
func TestLifeOfARequest(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		report := r.report()
		filed, err := r.File(ctx, report)
		r.must(err)
		if filed.ID != "BG2016-000001" || filed.Notice != "已收到。" {
			t.Errorf("filed %+v", filed)
		}
		id, err := r.docket.Find(ctx, filed.ID)
		r.must(err)
		c, _, err := r.docket.Case(ctx, id)
		r.must(err)
		contact := c.Values.Text("contact")
		delete(c.Values, "contact")
		if diff := cmp.Diff(cases.Values{"what": "路灯不亮", "detail": "路灯不亮\n三天了\nhttps://fms.example/1.jpeg", "spot": "39.912300,116.366000", "where": "甲1号门口",
			"street": "110102001", "kind": "0102", "size": "large", "often": int64(2), "seen": "2016-11-14", "risky": true}, c.Values); diff != "" || contact == "" {
			t.Errorf("contact %q, values (-want +got):\n%s", contact, diff)
		}

		q, err := r.Request(ctx, gov.ZH, filed.ID)
		r.must(err)
		want := open311.Request{ID: filed.ID, Status: open311.Open, Detail: policy.DetailOpen, StatusNotes: "已收到", ServiceName: "路灯", Service: "B0102", Description: "路灯不亮",
			Requested: monday, Updated: monday, Address: q.Address, Point: &geo.Point{Lat: 39.9123, Lon: 116.366}}
		if diff := cmp.Diff(want, q, sameInstant); diff != "" || !strings.Contains(q.Address, "街道") {
			t.Errorf("address %q, the request (-want +got):\n%s", q.Address, diff)
		}

		r.now = monday.Add(time.Hour)
		r.act("zfb", "acceptor", filed.ID, "send", cases.Values{"unit": "fgw", "inner": "此人多次来访"})
		r.act("fgw", "clerk", filed.ID, "note", cases.Values{"inner": "内部记事"})
		q, err = r.Request(ctx, gov.EN, filed.ID)
		r.must(err)
		if q.Detail != policy.DetailInProgress || q.Expected.IsZero() || q.Agency == "" || q.StatusNotes != "With the unit" || !q.Updated.Equal(r.now) || len(q.Notes) != 1 {
			t.Errorf("in progress: %+v", q)
		}
		r.act("fgw", "clerk", filed.ID, "answer", cases.Values{"answer": "灯泡已换"}) // in the same second
		r.now = monday.Add(2 * time.Hour)
		r.act("zfb", "acceptor", filed.ID, "close", cases.Values{"outcome": "told"})
		q, err = r.Request(ctx, gov.ZH, filed.ID)
		r.must(err)
		if q.Status != open311.Closed || q.Detail != policy.DetailNoAction || !q.Updated.Equal(r.now) || !q.Expected.IsZero() {
			t.Errorf("closed: %+v", q)
		}

		all, err := r.Updates(ctx, gov.ZH, open311.UpdateFilter{Page: 1, Size: 1000})
		r.must(err)
		at := monday.Add(time.Hour)
		if diff := cmp.Diff([]open311.Update{
			{ID: filed.ID + "-2", Request: filed.ID, Status: policy.DetailInProgress, At: at, Description: "派遣：办理中"},
			{ID: filed.ID + "-4", Request: filed.ID, Status: policy.DetailInProgress, At: at.Add(time.Second), Description: "答复：已答复\n灯泡已换"},
			{ID: filed.ID + "-5", Request: filed.ID, Status: policy.DetailNoAction, At: monday.Add(2 * time.Hour), Description: "办结：已办结"},
		}, all, sameInstant); diff != "" {
			t.Errorf("updates (-want +got):\n%s", diff)
		}
		for why, f := range map[string]open311.UpdateFilter{
			"by time": {Start: at.Add(time.Second), End: at.Add(time.Second), Page: 1, Size: 9}, "by time, whole": {Start: at.Add(time.Second), End: at.Add(time.Second), Page: 1}, "by page": {Page: 2, Size: 1}, "by request": {IDs: []string{"NONE", filed.ID}, Page: 2, Size: 1},
		} {
			if some, err := r.Updates(ctx, gov.ZH, f); err != nil || len(some) != 1 || some[0].ID != filed.ID+"-4" {
				t.Errorf("%s: %v, %v", why, some, err)
			}
		}
		if _, err := r.PostUpdate(ctx, open311.NewUpdate{Key: gov.NewID(r.now), Step: gov.NewID(r.now), Request: filed.ID, Description: "又坏了"}); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("an update of one that has ended: %v", err)
		}
		storetest.Sound(t, r.db)
	})
}

var sameInstant = cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })

// What is kept from the public is kept from clients, but for its being there.
func TestUnpublished(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		number := r.file(r.report())
		r.act("zfb", "acceptor", number, "hold", nil)
		if list, err := r.Requests(ctx, gov.ZH, open311.Filter{Page: 1, Size: 9}); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		// Whoever has the number sees that it is there, and nothing of what it is about.
		want := open311.Request{ID: number, Status: open311.Open, Detail: policy.DetailForTriage, StatusNotes: "received, not public yet", Requested: monday, Updated: monday}
		got, err := r.Request(ctx, gov.EN, number)
		r.must(err)
		list, err := r.Requests(ctx, gov.EN, open311.Filter{IDs: []string{"NONE", number}, Page: 1, Size: 9})
		r.must(err)
		if diff := cmp.Diff([]open311.Request{want, want}, append(list, got), sameInstant); diff != "" {
			t.Errorf("one held back (-want +got):\n%s", diff)
		}
		if list, err := r.Updates(ctx, gov.ZH, open311.UpdateFilter{Page: 1, Size: 9}); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestFilters(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		var numbers []string
		for i := range 4 {
			r.now = monday.Add(time.Duration(i) * time.Hour)
			report := r.report()
			report.Service = []string{"B0101", "B0102"}[i%2]
			report.Place.Point = &geo.Point{Lat: 39.9 + float64(i)/100, Lon: 116.36}
			numbers = append(numbers, r.file(report))
		}
		r.now = monday.Add(10 * time.Hour)
		r.act("zfb", "acceptor", numbers[0], "send", cases.Values{"unit": "fgw"})
		r.act("fgw", "clerk", numbers[0], "answer", cases.Values{"answer": "好"})
		r.act("zfb", "acceptor", numbers[0], "close", cases.Values{"outcome": "solved"})
		at := func(h int) time.Time { return monday.Add(time.Duration(h) * time.Hour) }
		for _, tt := range []struct {
			why  string
			f    open311.Filter
			want string
		}{
			{"all", open311.Filter{}, "4321"},
			{"by service", open311.Filter{Services: []string{"B0102", "X"}}, "42"},
			{"no service", open311.Filter{Services: []string{"X"}}, ""},
			{"open", open311.Filter{Statuses: []open311.Status{open311.Open}}, "432"},
			{"closed", open311.Filter{Statuses: []open311.Status{open311.Closed}}, "1"},
			{"either", open311.Filter{Statuses: []open311.Status{open311.Open, open311.Closed}}, "4321"},
			{"requested", open311.Filter{Start: at(1), End: at(2)}, "32"},
			{"updated", open311.Filter{After: at(3), Before: at(10)}, "41"},
			{"a page", open311.Filter{Page: 2, Size: 3}, "1"},
			{"behind the last page", open311.Filter{Page: 9, Size: 3}, ""},
			{"in a box", open311.Filter{Box: &geo.Box{West: 116.3, South: 39.905, East: 116.4, North: 39.925}}, "32"},
			{"a page in a box", open311.Filter{Box: &geo.Box{West: 116.3, South: 39.905, East: 116.4, North: 39.95}, Page: 2, Size: 2}, "2"},
			{"by id", open311.Filter{IDs: []string{numbers[2], "NONE", numbers[0]}}, "31"},
		} {
			if tt.f.Page == 0 {
				tt.f.Page, tt.f.Size = 1, 100
			}
			list, err := r.Requests(t.Context(), gov.ZH, tt.f)
			r.must(err)
			got := ""
			for _, q := range list {
				got += q.ID[len(q.ID)-1:]
			}
			if got != tt.want {
				t.Errorf("%s: %q, want %q", tt.why, got, tt.want)
			}
		}
	})
}

// However often and at once a report is sent, and wherever it was interrupted,
// there is one case.
func TestOneCase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		report := r.report()
		r.broken.fail = 1
		if _, err := r.File(t.Context(), report); err == nil {
			t.Fatal("nothing was interrupted")
		}
		r.broken.fail = 0
		var all sync.WaitGroup
		ids, errs := make([]string, 8), make([]error, 8)
		for i := range ids {
			all.Go(func() {
				f, err := r.File(t.Context(), report)
				ids[i], errs[i] = f.ID, err
			})
		}
		all.Wait()
		for i := range ids {
			if errs[i] != nil || ids[i] != "BG2016-000001" {
				t.Errorf("%s, %v", ids[i], errs[i])
			}
		}
		for what, want := range map[string]string{"cases": "1", "contacts": "1", "case_events": "1"} {
			if got := storetest.Rows(t, r.db, "select count(*) from "+what)[0][0]; got != want {
				t.Errorf("%s %s, want %s", got, what, want)
			}
		}
		storetest.Sound(t, r.db)
	})
}

// What cannot be filed tells which parameter is to be mended.
func TestMistakes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for why, tt := range map[string]struct {
			change func(*open311.Report)
			code   gov.Code
			field  string
		}{
			"no such service":   {func(x *open311.Report) { x.Service = "B01" }, gov.NotFound, ""},
			"no such attribute": {func(x *open311.Report) { x.Attributes["unit"] = []string{"fgw"} }, gov.Invalid, "attribute[unit]"},
			"no such option":    {func(x *open311.Report) { x.Attributes["size"] = []string{"huge"} }, gov.Invalid, "attribute[size]"},
			"two values":        {func(x *open311.Report) { x.Attributes["size"] = []string{"small", "large"} }, gov.Invalid, "attribute[size]"},
			"no number":         {func(x *open311.Report) { x.Attributes["often"] = []string{"twice"} }, gov.Invalid, "attribute[often]"},
			"no date":           {func(x *open311.Report) { x.Attributes["seen"] = []string{"2016-11-13T18:00:00"} }, gov.Invalid, "attribute[seen]"},
			"neither":           {func(x *open311.Report) { x.Attributes["risky"] = []string{"1"} }, gov.Invalid, "attribute[risky]"},
			"no such street":    {func(x *open311.Report) { x.Attributes["street"] = []string{"1"} }, gov.Invalid, "attribute[street]"},
			"too long":          {func(x *open311.Report) { x.Description = strings.Repeat("长", 2001) }, gov.Invalid, "description"},
			"in Shanghai":       {func(x *open311.Report) { x.Place.Point = &geo.Point{Lat: 31.2, Lon: 121.4} }, gov.Invalid, "lat"},
			"no e-mail":         {func(x *open311.Report) { x.Person.Email = "zhang" }, gov.Invalid, "email"},
			"no telephone":      {func(x *open311.Report) { x.Person.Phone = "12" }, gov.Invalid, "phone"},
		} {
			report := r.report()
			tt.change(&report)
			_, err := r.File(t.Context(), report)
			e, _ := errors.AsType[*gov.Error](err)
			if gov.CodeOf(err) != tt.code || e.Field != tt.field {
				t.Errorf("%s: %v", why, err)
			}
		}
		if n := storetest.Rows(t, r.db, "select count(*) from cases")[0][0]; n != "0" {
			t.Errorf("%s cases", n)
		}
		report := r.report()
		report.Description = "坏"
		q, err := r.Request(t.Context(), gov.ZH, r.file(report))
		if r.must(err); q.Description != "路灯：坏" {
			t.Errorf("too short for a title: %q", q.Description)
		}
	})
}

type onDisk struct{ *bytes.Reader }

func (onDisk) Close() error { return nil }

func TestPhotos(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		png, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
		r.must(err)
		media := func(b []byte) open311.Media {
			return open311.Media{Name: "a.png", Size: int64(len(b)), Open: func() (io.ReadCloser, error) { return onDisk{bytes.NewReader(b)}, nil }}
		}
		report := r.report()
		report.Media = []open311.Media{media(png)}
		number := r.file(report)
		if again := r.file(report); again != number {
			t.Errorf("sent again: %s", again)
		}
		id, err := r.docket.Find(t.Context(), number)
		r.must(err)
		c, _, err := r.docket.Case(t.Context(), id)
		r.must(err)
		if len(c.Values.List("photos")) != 1 {
			t.Errorf("photos %v", c.Values["photos"])
		}
		if q, err := r.Request(t.Context(), gov.ZH, number); err != nil || q.MediaURL != "" {
			t.Errorf("a picture nobody has looked at: %q, %v", q.MediaURL, err)
		}
		key := c.Values.List("photos")[0]
		p, _ := r.pack.Procedure("notice")
		photos, _ := p.Field("photos")
		photos.Open = procedure.OpenPublic
		r.must(r.work.FitPicture(t.Context(), webtest.Staff(r, r.pack, "zfb", "acceptor", "", r.now), id, key, true))
		if q, err := r.Request(t.Context(), gov.ZH, number); err != nil || q.MediaURL != "https://policy.example/progress/cases/"+number+"/pictures/"+key {
			t.Errorf("a picture for everybody: %q, %v", q.MediaURL, err)
		}
		report = r.report()
		report.Media = []open311.Media{media([]byte("<html>"))}
		if _, err := r.File(t.Context(), report); gov.CodeOf(err) == "" || http.StatusText(400) == "" {
			t.Errorf("no picture: %v", err)
		}
	})
}

// A pack whose open311.yaml does not fit its procedure is refused.
func TestPackMistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ old, new, says string }{
		{"procedure: notice", "procedure: none", "there is no procedure"},
		{"action: report", "action: send", "the public should begin a case"},
		{"code: alias\n", "", "the service code \"0101\""},
		{"code: alias", "code: above", "should be a text, required and unique"},
		{"place: spot", "place: what", "does not fit here"},
		{"description: detail", "description: answer", "does not ask for the field"},
		{"attributes: [size", "attributes: [nothing", "has no field \"nothing\""},
		{"sent: IN_PROGRESS, ", "", "has no detail"},
		{"sent: IN_PROGRESS", "gone: OPEN, sent: IN_PROGRESS", "has no state \"gone\""},
		{"sent: IN_PROGRESS", "sent: DONE", "DONE"},
		{"{told:", "{gone:", "has no option \"gone\""},
		{"outcome, details", "size2, details", "has no choice"},
	} {
		all := samplePack(t)
		text := string(all["open311.yaml"].Data)
		if !strings.Contains(text, tt.old) {
			t.Fatalf("%q is not in the file", tt.old)
		}
		all["open311.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(text, tt.old, tt.new, 1))}
		if _, err := policy.Load(all, "."); err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "open311.yaml:") {
			t.Errorf("%q for %q: %v", tt.new, tt.old, err)
		}
	}
}
