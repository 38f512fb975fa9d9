package desk_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/cases/entered"
	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/notices"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/store"
	"quanxiang/store/storetest"
	"quanxiang/web"
	"quanxiang/web/who"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hand is a clock tests turn.
type hand struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hand) Now() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now }

func (h *hand) set(t testing.TB, text string) {
	t.Helper()
	at, err := time.ParseInLocation(entered.InstantForm, text, gov.China)
	must(t, err)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = at
}

// office is a district with its staff and the site they work on.
type office struct {
	testing.TB
	*hand
	pack   *policy.Pack // in force
	docket *docket.Docket
	work   *casework.Casework
	db     *store.DB
	site   http.Handler
	staff  map[gov.ID]people.Holdings
}

// packsOf are the packs of a district, the newest in force.
type packsOf []*policy.Pack

func (p packsOf) Current() *policy.Pack { return p[len(p)-1] }

func (p packsOf) Version(ctx context.Context, hash string) (*policy.Pack, error) {
	for _, one := range p {
		if one.Hash == hash {
			return one, nil
		}
	}
	return dockettest.OnePack{Pack: p[0]}.Version(ctx, hash)
}

func setup(t testing.TB) *office {
	t.Helper()
	o := &office{TB: t, hand: &hand{}, pack: packtest.Xicheng(t), staff: map[gov.ID]people.Holdings{}}
	o.set(t, "2016-10-10 09:00")
	o.db = storetest.Open(t, storetest.DSN(t, store.SQLite), o.Now)
	o.open(packsOf{o.pack})
	return o
}

// open puts the site on the packs.
func (o *office) open(packs packsOf) {
	o.Helper()
	o.pack = packs.Current()
	regs := &registers.Registers{Store: o.db.Registers(o.pack.District), Pack: packs.Current, Clock: o.Now}
	o.docket = docket.New(o.db.Cases(o.pack.District), packs, calendar.Seed).Into(regs)
	o.work = casework.New(o.docket, packs, o, files.NewFolder(o.TempDir()))
	site, err := web.New(web.Deps{
		Pack: o.pack, Library: library.New(o.db.Library(o.pack.District), o.pack, o.Now), Ledger: storetest.Ledger(o, o.db), LedgerKey: ledgerKey(o),
		Notices:   notices.New(notices.Config{Store: o.db.Notices(o.pack.District), Cases: o.docket, Pack: packs.Current, Calendar: calendar.Seed, Clock: o.Now}),
		Registers: regs,
		Casework:  o.work, Filters: o.db.Filters(o.pack.District),
		Calendar: func(context.Context) calendar.Calendar { return calendar.Seed() }, Clock: o.Now,
		Log: slog.New(slog.DiscardHandler), BaseURL: "https://desk.example", Version: "test",
	})
	must(o, err)
	o.site = site.Public
}

func ledgerKey(t testing.TB) string {
	t.Helper()
	signer, _ := storetest.Signer(t, 1)
	return signer.PublicKey()
}

// Person implements casework.Staffing.
func (o *office) Person(_ context.Context, _ people.Standing, id gov.ID) (people.Person, error) {
	h, ok := o.staff[id]
	if !ok {
		return people.Person{}, gov.Errorf(gov.NotFound, "没有这个人", "no such person")
	}
	return h.Person, nil
}

// Holders implements casework.Staffing.
func (o *office) Holders(_ context.Context, _ people.Standing, role string, places ...people.Place) (list []people.Person, err error) {
	for _, h := range o.staff {
		for _, a := range h.Assignments {
			if a.Role == role && slices.ContainsFunc(places, func(p people.Place) bool { return p.Unit == a.Unit }) {
				list = append(list, h.Person)
			}
		}
	}
	return list, nil
}

// someone is a person at a browser.
type someone struct {
	*office
	id   gov.ID
	base string
}

// person is a new member of the staff with roles, each "unit role" or "unit
// role post".
func (o *office) person(name string, roles ...string) *someone {
	o.Helper()
	id := gov.NewID(o.Now())
	h := people.Holdings{Person: people.Person{ID: id, Name: name, Unit: "zfb"}, Account: &people.Account{Person: id, State: people.Active}}
	for _, r := range roles {
		parts := append(strings.Fields(r), "")
		h.Assignments = append(h.Assignments, people.Assignment{ID: gov.NewID(o.Now()), Person: id, Unit: parts[0], Role: parts[1], Post: parts[2],
			Period: people.Period{From: gov.Date{Year: 2016, Month: 1, Day: 1}}})
	}
	o.staff[id] = h
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		visit := who.Visit{Standing: o.standing(id), Session: people.Session{Whole: true}}
		o.site.ServeHTTP(w, r.WithContext(who.With(r.Context(), visit)))
	}))
	o.Cleanup(srv.Close)
	return &someone{office: o, id: id, base: srv.URL}
}

func (o *office) standing(id gov.ID) people.Standing {
	return people.Staff(o.staff[id], o.pack, o.Now(), o.Now())
}

// page is an answer.
type page struct {
	testing.TB
	who    *someone
	path   string
	status int
	head   http.Header
	body   string
}

func (s *someone) send(req *http.Request) *page {
	s.Helper()
	path := req.URL.RequestURI()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	must(s, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(s, err)
	return &page{s.TB, s, path, resp.StatusCode, resp.Header, string(b)}
}

func (s *someone) get(path string) *page {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.base+path, nil)
	must(s, err)
	return s.send(req)
}

func (s *someone) post(path string, form url.Values) *page {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), http.MethodPost, s.base+path, strings.NewReader(form.Encode()))
	must(s, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.send(req)
}

// upload is a file sent with a form.
type upload struct{ field, name, content string }

func (s *someone) postFiles(path string, form url.Values, uploads ...upload) *page {
	s.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, list := range form {
		for _, x := range list {
			must(s, w.WriteField(name, x))
		}
	}
	for _, u := range uploads {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", `form-data; name="`+u.field+`"; filename="`+u.name+`"`)
		h.Set("Content-Type", "image/png") // what a sender claims means nothing
		part, err := w.CreatePart(h)
		must(s, err)
		_, err = io.WriteString(part, u.content)
		must(s, err)
	}
	must(s, w.Close())
	req, err := http.NewRequestWithContext(s.Context(), http.MethodPost, s.base+path, &b)
	must(s, err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.send(req)
}

// is fails the test unless the page has a status.
func (p *page) is(status int) *page {
	p.Helper()
	if p.status != status {
		p.Fatalf("%s: status %d, want %d: %s", p.path, p.status, status, p.text())
	}
	return p
}

var (
	tags   = regexp.MustCompile(`(?s)<script.*?</script>|<[^>]*>`)
	blanks = regexp.MustCompile(`\s+`)
)

// text is what a reader sees of a page.
func (p *page) text() string {
	main := p.body
	if _, rest, ok := strings.Cut(main, "<main"); ok {
		main = "<main" + rest
	}
	return blanks.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(main, " ")), " ")
}

// says fails the test unless the page says all of it.
func (p *page) says(words ...string) *page {
	p.Helper()
	for _, w := range words {
		if !strings.Contains(p.text(), w) {
			p.Errorf("%s does not say %q: %s", p.path, w, p.text())
		}
	}
	return p
}

// holds fails the test unless the page's source holds all of it.
func (p *page) holds(source ...string) *page {
	p.Helper()
	for _, x := range source {
		if !strings.Contains(p.body, x) {
			p.Errorf("%s does not hold %q: %s", p.path, x, p.text())
		}
	}
	return p
}

// hides fails the test when the page holds any of it, seen or not.
func (p *page) hides(words ...string) *page {
	p.Helper()
	for _, w := range words {
		if strings.Contains(p.body, w) {
			p.Errorf("%s holds %q", p.path, w)
		}
	}
	return p
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// form is the hidden inputs of the form with an action, with more.
func (p *page) form(action string, more ...string) url.Values {
	p.Helper()
	_, rest, ok := strings.Cut(p.body, `action="`+action+`"`)
	if !ok {
		p.Fatalf("%s has no form to %s: %s", p.path, action, p.text())
	}
	inside, _, _ := strings.Cut(rest, "</form>")
	form := url.Values{}
	for _, m := range hiddenInput.FindAllStringSubmatch(inside, -1) {
		form.Add(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Add(more[i], more[i+1])
	}
	return form
}

// follow opens the page an answer leads to.
func (p *page) follow() *page {
	p.Helper()
	p.is(http.StatusSeeOther)
	return p.who.get(p.head.Get("Location")).is(http.StatusOK)
}

// do opens the page of an action, fills its form in and sends it.
func (s *someone) do(at, action string, fields ...string) *page {
	s.Helper()
	path := at + "/do/" + action
	return s.post(path, s.get(path).is(http.StatusOK).form(path, fields...))
}
