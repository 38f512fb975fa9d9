package start

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"sync"
	"time"

	"quanxiang/demo"
	"quanxiang/demo/applicants"
	"quanxiang/demo/incubators"
	"quanxiang/gov"
	"quanxiang/notices/dispatch"
	"quanxiang/people"
	"quanxiang/web/my"
	"quanxiang/web/ui"
)

//go:embed templates
var templates embed.FS

// Path is the page's address, MessagesPath that of what would have been sent.
const (
	Path         = "/demo"
	MessagesPath = "/demo/messages"
)

// Office is the door as far as the page opens it.
type Office interface {
	Login(ctx context.Context, login, password string, v people.Visitor) (people.Opened, error)
	ShowCode(ctx context.Context, token, code string, v people.Visitor) (people.Opened, error)
}

// Deps is everything the page stands on.
type Deps struct {
	Engine *ui.Engine
	Filled demo.Filled
	Clock  gov.Clock
	Office Office
	Shelf  *dispatch.Shelf // what would have been sent, or nil

	// Subjects counts those of the market, of which more are invented meanwhile; nil
	// where there is no market.
	Subjects func(context.Context) (int, error)

	// Enter gives the browser the tokens of a session and leads it on. Without
	// it the page tells passwords and codes, and has no buttons.
	Enter func(http.ResponseWriter, *http.Request, people.Opened) error
}

// Start answers the page.
type Start struct {
	Deps
	page     *ui.Template[view]
	messages *ui.Template[messagesView]

	mu    sync.Mutex
	tried map[string]time.Time // by login: of which half minute the last code was tried
}

// New makes the page. An error is a mistake in the embedded template.
func New(d Deps) (*Start, error) {
	s := &Start{Deps: d, tried: map[string]time.Time{}}
	return s, errors.Join(
		ui.LoadInto(d.Engine, templates, &s.page, "start"),
		ui.LoadInto(d.Engine, templates, &s.messages, "messages"),
	)
}

// Mount adds the page's routes.
func (s *Start) Mount(mux *http.ServeMux) {
	mux.Handle("GET "+Path, s.Engine.Handle(s.show))
	if s.Shelf != nil {
		mux.Handle("GET "+MessagesPath, s.Engine.Handle(s.showMessages))
	}
	if s.Enter != nil {
		mux.Handle("POST "+Path, s.Engine.Handle(s.enter))
	}
}

// view is the page.
type view struct {
	Filled   demo.Filled
	Password string
	Logins   []login
	Seconds  int    // the codes hold for
	Button   bool   // there are buttons
	Sent     string // address of what would have been sent, or ""
	Subjects int    // of the market, now
	Error    string // why the last one did not work
	Outside  []outsider
}

// outsider signs in on the portal, by a code sent to an address.
type outsider struct{ Address, Role, Try, Href string }

// outsiders are those who act for organisations.
func outsiders(m *ui.Messages) []outsider {
	to := my.LoginPath(my.ApplyRoot)
	return []outsider{{applicants.Address, m.T("demo.outside_applicant"), m.T("demo.outside_applicant_try"), to}, {incubators.Address, m.T("demo.outside_operator"), m.T("demo.outside_operator_try"), to}}
}

type login struct {
	Who  demo.Login
	Code string
}

// messagesView is what would have been sent.
type messagesView struct{ Messages []dispatch.Kept }

func (s *Start) showMessages(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	f := ui.Frame{Title: s.Engine.For(r).T("demo.messages"), NoIndex: true}
	return s.messages.Render(w, r, http.StatusOK, f, messagesView{s.Shelf.Kept()})
}

// period is how long a code holds.
const period = 30 * time.Second

func (s *Start) show(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "")
}

func (s *Start) render(w http.ResponseWriter, r *http.Request, status int, failed string) error {
	now := s.Clock()
	v := view{Filled: s.Filled, Password: demo.Password, Button: s.Enter != nil, Error: failed,
		Seconds: left(now)}
	for _, l := range s.Filled.Logins {
		code, err := l.Code(now)
		if err != nil {
			return err
		}
		v.Logins = append(v.Logins, login{l, code})
	}
	if s.Shelf != nil {
		v.Sent = MessagesPath
	}
	if s.Subjects != nil && s.Filled.Subjects > 0 {
		var err error
		if v.Subjects, err = s.Subjects(r.Context()); err != nil {
			return err
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	m := s.Engine.For(r)
	if s.Shelf != nil && s.Filled.Subjects > 0 { // they act for subjects of the market
		v.Outside = outsiders(m)
	}
	return s.page.Render(w, r, status, ui.Frame{Title: m.T("demo.title"), Description: m.T("demo.lede"), NoIndex: true}, v)
}

// enter logs somebody in with the password and the code everybody can see.
func (s *Start) enter(w http.ResponseWriter, r *http.Request) error {
	for _, l := range s.Filled.Logins {
		if l.Login != r.PostFormValue("login") {
			continue
		}
		o, err := s.open(r.Context(), l)
		if code := gov.CodeOf(err); code == gov.Unknown || code == gov.Unavailable {
			return s.render(w, r, http.StatusConflict, gov.TextOf(err, ui.PrefsOf(r.Context()).Lang))
		}
		if err != nil {
			return err
		}
		return s.Enter(w, r, o)
	}
	return gov.Errorf(gov.NotFound, "没有这个演示账号", "there is no such login of the demonstration")
}

// open opens a whole session. A code serves once, so whoever comes back within
// half a minute is given the next one, which holds already; whoever comes a third
// time is told to wait, before refused codes shut the login for longer.
func (s *Start) open(ctx context.Context, l demo.Login) (people.Opened, error) {
	v := people.Visitor{Agent: "demo"}
	o, err := s.Office.Login(ctx, l.Login, l.Password, v)
	if err != nil || o.Need != people.NeedCode {
		return o, err
	}
	now := s.Clock()
	for at, ok := s.untried(l.Login, now); ok; at, ok = s.untried(l.Login, now) {
		var whole people.Opened
		code, codeErr := l.Code(at)
		if codeErr != nil {
			return o, codeErr
		}
		if whole, err = s.Office.ShowCode(ctx, o.Token, code, v); gov.CodeOf(err) != gov.Unknown {
			return whole, err
		}
	}
	return o, gov.Errorf(gov.Unavailable, "这个账号刚刚登录过，请过 %d 秒再试，或者换一个账号", "somebody has just entered with this login; try again in %d seconds, or take another", left(now))
}

// left is how many seconds the codes of now still hold.
func left(now time.Time) int { return int((period - now.Sub(now.Truncate(period))).Seconds()) }

// untried is a time whose code holds now and has not been tried, which it is from
// then on.
func (s *Start) untried(login string, now time.Time) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range []time.Time{now.Truncate(period), now.Truncate(period).Add(period)} {
		if at.After(s.tried[login]) {
			s.tried[login] = at
			return at, true
		}
	}
	return time.Time{}, false
}
