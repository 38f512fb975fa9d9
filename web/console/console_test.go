package console_test

import (
	"bytes"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/notices/hooks"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/people/apikeys"
	"quanxiang/people/passwords"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/registers"
	"quanxiang/store"
	"quanxiang/store/storetest"
	"quanxiang/web/console"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
	"quanxiang/web/who"
)

// now is when the tests' requests arrive.
var now = time.Date(2026, 11, 24, 10, 0, 0, 0, gov.China)

const (
	mobile   = "13812345678"
	email    = "wang.ping@bjxch.gov.cn"
	password = "seven willows by the lake"
)

// site is the console on a database, with the people of the tests.
type site struct {
	*httptest.Server
	t      *testing.T
	db     *store.DB
	office *people.Office
	pack   *policy.Pack
	store  *store.People
	keys   *apikeys.Keys

	registers *registers.Registers

	admin, other, auditor, clerk, person gov.ID
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func clock() time.Time { return now }

func today() gov.Date { return gov.DateOf(now) }

func engine(t *testing.T) *ui.Engine {
	t.Helper()
	e, err := ui.New(ui.Site{Name: gov.Text{ZH: "西城区", EN: "Xicheng"}, BaseURL: "https://policy.example"}, slog.New(slog.DiscardHandler))
	must(t, err)
	return e
}

func open(t *testing.T) *site {
	t.Helper()
	pack := packtest.Xicheng(t)
	db, err := store.Open(t.Context(), storetest.DSN(t, store.SQLite), store.Options{Hasty: true, Clock: clock, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	ring := privacy.NewKeyring()
	s := &site{t: t, db: db, pack: pack, store: db.People(pack.District, ring)}
	s.office = people.New(people.Config{
		Store: s.store, Pack: func() *policy.Pack { return pack }, Clock: clock,
		Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}), Keys: ring, Name: "西城",
	})
	s.admin, s.other = s.enter("赵一", "A1", "zhao.yi", "administrator"), s.enter("钱二", "A2", "qian.er", "administrator")
	s.auditor, s.clerk = s.enter("孙三", "A3", "sun.san", "auditor"), s.enter("李四", "A4", "li.si", "clerk")
	s.person, err = s.office.Save(t.Context(), s.operator(), people.Person{Name: "王平", StaffNo: "B1", Unit: "fgw", Mobile: mobile, Email: email})
	must(t, err)

	s.keys = apikeys.New(apikeys.Config{Store: s.store, Pack: func() *policy.Pack { return pack }, Clock: clock, Keys: ring})
	s.registers = &registers.Registers{Store: db.Registers(pack.District), Pack: func() *policy.Pack { return pack }, Clock: clock}
	c, err := console.New(console.Deps{Registers: s.registers, Engine: engine(t), Pack: pack, Office: s.office, Keys: s.keys, Hooks: listeners(db, pack, ring), Clock: clock, BaseURL: "https://policy.example"})
	must(t, err)
	mux := http.NewServeMux()
	c.Mount(mux)
	s.Server = httptest.NewServer(ui.WithPrefs(s.door(mux)))
	t.Cleanup(s.Close)
	return s
}

func listeners(db *store.DB, pack *policy.Pack, ring *privacy.Keyring) *hooks.Hooks {
	return hooks.New(hooks.Config{Store: db.Hooks(pack.District, ring), Pack: func() *policy.Pack { return pack }, Poster: hooks.NewClient(nil), Clock: clock})
}

func (s *site) operator() people.Standing { return people.Operator("wangwei", now) }

// enter enters a person with an account and a role.
func (s *site) enter(name, staffNo, login, role string) gov.ID {
	s.t.Helper()
	ctx := s.t.Context()
	id, err := s.office.Save(ctx, s.operator(), people.Person{Name: name, StaffNo: staffNo, Unit: "fgw", Mobile: mobile, Email: email})
	must(s.t, err)
	_, err = s.office.Invite(ctx, s.operator(), id, login, false)
	must(s.t, err)
	_, err = s.office.Assign(ctx, s.operator(), people.Assignment{Person: id, Role: role, Unit: "fgw", Period: people.Period{From: today()}})
	must(s.t, err)
	return id
}

// door says who is asking: the person whose id the header As names, who proved
// their identity just now, or long ago when it begins with "stale ".
func (s *site) door(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		standing, proven := people.Public(now), now
		as, stale := strings.CutPrefix(r.Header.Get("As"), "stale ")
		if stale {
			proven = now.Add(-people.ProofLasts - time.Minute)
		}
		switch as {
		case "":
		case "operator":
			standing = s.operator()
		case "citizen":
			standing = people.Citizen(gov.NewID(now), "市民", now)
		default:
			id, err := gov.ParseID(as)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			h, err := s.store.Holdings(r.Context(), id)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			standing = people.Staff(h, s.pack, now, proven)
		}
		next.ServeHTTP(w, r.WithContext(who.With(r.Context(), who.Visit{Standing: standing})))
	})
}

// answer is what came back.
type answer struct {
	status   int
	body     string
	location string
	header   http.Header
}

func (s *site) send(as, method, path, kind string, body io.Reader) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, body)
	must(s.t, err)
	req.Header.Set("As", as)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultTransport.RoundTrip(req) // follows nothing
	must(s.t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(s.t, err)
	return answer{resp.StatusCode, string(b), resp.Header.Get("Location"), resp.Header}
}

func (s *site) get(as gov.ID, path string) answer {
	s.t.Helper()
	return s.send(as.String(), "GET", path, "", nil)
}

// post sends a form of name, value pairs.
func (s *site) post(as gov.ID, path string, pairs ...string) answer {
	s.t.Helper()
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return s.send(as.String(), "POST", path, "application/x-www-form-urlencoded", strings.NewReader(q.Encode()))
}

// upload sends a file.
func (s *site) upload(as gov.ID, data []byte) answer {
	return s.uploadTo(as, "/console/persons/import", "名单.csv", data)
}

// uploadTo sends a file to a page, with fields and their values.
func (s *site) uploadTo(as gov.ID, path, name string, data []byte, fields ...string) answer {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		must(s.t, form.WriteField(fields[i], fields[i+1]))
	}
	f, err := form.CreateFormFile("file", name)
	must(s.t, err)
	_, err = f.Write(data)
	must(s.t, err)
	must(s.t, form.Close())
	return s.send(as.String(), "POST", path, form.FormDataContentType(), &body)
}

// wants checks an answer: its status, and what its body holds or, led by "!",
// holds not.
func (a answer) wants(t *testing.T, why string, status int, words ...string) answer {
	t.Helper()
	if a.status != status {
		t.Errorf("%s: status %d, want %d: %s", why, a.status, status, textOf(a.body))
	}
	for _, w := range words {
		if not, ok := strings.CutPrefix(w, "!"); ok == strings.Contains(a.body, not) {
			t.Errorf("%s: the page should hold %q: %s", why, w, textOf(a.body))
		}
	}
	return a
}

// goes checks that a form was taken and where it leads.
func (a answer) goes(t *testing.T, why, location string) {
	t.Helper()
	if a.status != http.StatusSeeOther || a.location != location {
		t.Errorf("%s: %d to %q, want %q: %s", why, a.status, a.location, location, textOf(a.body))
	}
}

var tags = regexp.MustCompile(`(?s)<[^>]*>|\s+`)

// textOf is the text of a page's main part, for messages.
func textOf(body string) string {
	if _, rest, ok := strings.Cut(body, "<main"); ok {
		body, _, _ = strings.Cut(rest, "</main>")
	}
	text := []rune(tags.ReplaceAllString(body, " "))
	return string(text[:min(len(text), 600)])
}

func (s *site) path(id gov.ID, rest string) string {
	return "/console/persons/" + id.String() + rest
}

// taken lets a person set a password and a second factor by a link.
func (s *site) taken(link string) {
	s.t.Helper()
	ctx := s.t.Context()
	half, err := s.office.Accept(ctx, link, password, people.Visitor{Source: "10.0.0.1", Agent: "火狐"})
	must(s.t, err)
	e, err := s.office.BeginEnrolment(ctx, half.Token)
	must(s.t, err)
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(e.Secret)
	must(s.t, err)
	_, _, err = s.office.ConfirmEnrolment(ctx, half.Token, people.TOTP(secret, now), people.Visitor{Agent: "火狐"})
	must(s.t, err)
}

func TestTemplatesFitTheirViews(t *testing.T) {
	t.Parallel()
	webtest.Templates(t, 14, func(e *ui.Engine) error {
		_, err := console.New(console.Deps{Engine: e})
		return err
	})
}

// Who may open which page. The office decides; the table says what it decides.
func TestWhoMaySee(t *testing.T) {
	t.Parallel()
	s := open(t)
	staff, watch, both := "administrators", "auditors", "both"
	for path, who := range map[string]string{
		"/console": both, "/console/persons": staff, "/console/persons.csv": staff, "/console/persons.xlsx": staff, "/console/persons/import": staff,
		"/console/persons/new": staff, s.path(s.person, ""): staff, s.path(s.person, "/change"): staff, s.path(s.person, "/invite"): staff,
		s.path(s.person, "/assign"): staff, s.path(s.person, "/absence"): staff, s.path(s.person, "/close"): staff, "/console/second": staff,
		"/console/areas": staff, "/console/matrix": both, "/console/security": watch, "/console/looks": watch,
	} {
		for as, want := range map[string]int{
			s.admin.String(): map[bool]int{true: 200, false: 403}[who != watch], s.auditor.String(): map[bool]int{true: 200, false: 403}[who != staff],
			s.clerk.String(): 403, s.person.String(): 403, "citizen": 403, "": 401, "stale " + s.admin.String(): map[bool]int{true: 401, false: 403}[who != watch],
		} {
			got := s.send(as, "GET", path, "", nil)
			if got.status != want {
				t.Errorf("%s as %q: %d, want %d", path, as, got.status, want)
			}
			if want == 401 && as != "" && !strings.Contains(got.body, "请再次验证身份") {
				t.Errorf("%s: a stale proof is not asked for again: %s", path, textOf(got.body))
			}
		}
	}
	// The command line may manage, but reads no looks.
	for path, want := range map[string]int{"/console": 200, "/console/persons": 200, "/console/security": 403, "/console/looks": 403} {
		if got := s.send("operator", "GET", path, "", nil); got.status != want {
			t.Errorf("%s as operator: %d, want %d", path, got.status, want)
		}
	}
	// Forms are refused like pages.
	link, err := s.office.Invite(t.Context(), s.operator(), s.person, "wang.ping", false)
	must(t, err)
	for path, form := range map[string][]string{
		"/console/persons/new": {"name", "张三", "unit", "fgw"}, s.path(s.person, "/assign"): {"role", "administrator", "unit", "fgw", "from", today().String()},
		s.path(s.person, "/invite"): {"login", "wang.ping"}, s.path(s.clerk, "/close"): nil, "/console/second": {"link", link},
	} {
		for _, as := range []gov.ID{s.clerk, s.auditor} {
			if got := s.post(as, path, form...); got.status != 403 {
				t.Errorf("POST %s: %d, want 403", path, got.status)
			}
		}
	}
	for path, want := range map[string]int{s.path(gov.NewID(now), ""): 404, "/console/persons/nobody": 404, s.path(s.person, "/nothing"): 404, s.path(s.person, "/end?of=x"): 404} {
		if got := s.get(s.admin, path); got.status != want {
			t.Errorf("%s: %d, want %d", path, got.status, want)
		}
	}
}

// The navigation offers what the standing grants.
func TestNavigationFollowsRights(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.get(s.admin, "/console").wants(t, "an administrator", 200, `href="/console/persons/import"`, `href="/console/second"`, `!href="/console/security"`, `!href="/console/looks"`)
	s.get(s.auditor, "/console").wants(t, "an auditor", 200, `href="/console/security"`, `href="/console/looks"`, `!href="/console/persons"`, `!href="/console/second"`, `!?role=`)
}

// Every page speaks one language, hides contacts and is kept nowhere.
func TestPagesKeepLanguageAndContacts(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, err := s.office.Assign(t.Context(), s.operator(), people.Assignment{Person: s.person, Role: "lead", Unit: "fgw", Post: "head", Period: people.Period{From: today()}})
	if gov.CodeOf(err) == gov.Invalid { // the post is in another unit
		_, err = s.office.Assign(t.Context(), s.operator(), people.Assignment{Person: s.person, Role: "lead", Unit: "qzf", Post: "head", Period: people.Period{From: today()}})
	}
	must(t, err)
	_, err = s.office.EnterAbsence(t.Context(), s.operator(), people.Absence{Person: s.person, Deputy: s.clerk, Period: people.Period{From: today(), To: today().Add(3)}})
	must(t, err)
	must(t, s.office.LookAtNames(t.Context(), s.operator(), "核对名单"))
	_, err = s.office.Login(t.Context(), "nobody", password, people.Visitor{Source: "10.0.0.1"})
	if err == nil {
		t.Fatal("nobody logged in")
	}
	o, err := s.office.Overview(t.Context(), s.operator(), s.person)
	must(t, err)
	list := map[string]gov.ID{
		"/console/security": s.auditor, "/console/looks": s.auditor,
		s.path(s.person, "/end?of="+o.Assignments[0].ID.String()): s.admin, s.path(s.person, "/back?of="+o.Absences[0].ID.String()): s.admin,
	}
	for _, p := range []string{"/console", "/console/persons", "/console/persons?role=clerk&unit=fgw", "/console/persons?name=x", "/console/persons?mobile=1", "/console/persons/import", "/console/persons/new", "/console/second", "/console/matrix", "/console/areas",
		s.path(s.person, ""), s.path(s.clerk, ""), s.path(s.admin, ""), s.path(s.person, "/change"), s.path(s.person, "/invite"), s.path(s.clerk, "/invite"), s.path(s.person, "/assign"),
		s.path(s.person, "/absence"), s.path(s.clerk, "/close"), s.path(s.clerk, "/sessions"), s.path(s.clerk, "/unbind")} {
		list[p] = s.admin
	}
	english := ownWords(t)
	for path, as := range list {
		for _, lang := range []string{"zh-CN", "en"} {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			a := s.get(as, path+sep+"lang="+lang)
			if want := map[bool]int{true: 422, false: 200}[path == "/console/persons?mobile=1"]; a.status != want {
				t.Errorf("%s in %s: %d: %s", path, lang, a.status, textOf(a.body))
			}
			if got := a.header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("%s: Cache-Control %q", path, got)
			}
			for _, secret := range []string{mobile, email} {
				if strings.Contains(a.body, secret) {
					t.Errorf("%s shows %s", path, secret)
				}
			}
			for _, wrong := range wrongLanguage(a.body, lang, english) {
				t.Errorf("%s in %s: %s", path, lang, wrong)
			}
		}
	}
}

var (
	token   = regexp.MustCompile(`(?s)<(/?)([a-z0-9]+)([^>]*)>|([^<]+)`)
	langOf  = regexp.MustCompile(`\blang="([^"]*)"`)
	letters = regexp.MustCompile(`[A-Za-z]{3,}`)
	han     = regexp.MustCompile(`\p{Han}+`)
)

// wrongLanguage lists texts of a page that are in another language than their
// element says: Chinese where it says English, and the program's own English
// where it says Chinese.
func wrongLanguage(body, lang string, english map[string]bool) (wrong []string) {
	_, body, _ = strings.Cut(body, "<body>")
	type element struct{ name, lang string }
	stack := []element{{"body", lang}}
	for _, m := range token.FindAllStringSubmatch(body, -1) {
		top := stack[len(stack)-1]
		switch {
		case m[4] != "":
			if top.name == "code" || top.name == "textarea" {
				continue
			}
			if top.lang != "zh-CN" && han.MatchString(m[4]) {
				wrong = append(wrong, "Chinese in English: "+strings.TrimSpace(m[4]))
			}
			if top.lang == "zh-CN" && slices.ContainsFunc(letters.FindAllString(m[4], -1), func(w string) bool { return english[strings.ToLower(w)] }) {
				wrong = append(wrong, "English in Chinese: "+strings.TrimSpace(m[4]))
			}
		case m[1] == "/":
			for len(stack) > 1 && stack[len(stack)-1].name != m[2] {
				stack = stack[:len(stack)-1]
			}
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
		case slices.Contains([]string{"input", "meta", "link", "br", "img", "path", "rect"}, m[2]):
		default:
			e := element{m[2], top.lang}
			if l := langOf.FindStringSubmatch(m[3]); l != nil {
				e.lang = l[1]
			}
			stack = append(stack, e)
		}
	}
	return wrong
}

// ownWords are the words of the English catalogue that the Chinese one has no
// use for.
func ownWords(t *testing.T) map[string]bool {
	t.Helper()
	words := map[string]map[string]bool{}
	for _, lang := range []string{"en", "zh-CN"} {
		b, err := os.ReadFile(filepath.Join("..", "ui", "messages", lang+".json"))
		must(t, err)
		var entries map[string]any
		must(t, json.Unmarshal(b, &entries))
		words[lang] = map[string]bool{}
		for _, v := range entries {
			for _, w := range letters.FindAllString(fmt.Sprint(v), -1) {
				words[lang][strings.ToLower(w)] = true
			}
		}
	}
	for w := range words["zh-CN"] {
		delete(words["en"], w)
	}
	if len(words["en"]) < 300 {
		t.Fatalf("only %d English words are known", len(words["en"]))
	}
	return words["en"]
}

func TestWrongLanguageIsFound(t *testing.T) {
	t.Parallel()
	english := map[string]bool{"roles": true}
	for body, want := range map[string]int{
		`<body><p>Roles of <span lang="zh-CN">王平</span></p>`: 0, `<body><p>Roles of 王平</p>`: 1,
	} {
		if got := wrongLanguage(body, "en", english); len(got) != want {
			t.Errorf("%s: %v", body, got)
		}
	}
	if got := wrongLanguage(`<body><p>角色 roles</p><code>roles</code><a lang="en">Roles</a>`, "zh-CN", english); len(got) != 1 {
		t.Errorf("%v", got)
	}
}
