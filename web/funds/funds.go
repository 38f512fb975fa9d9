// Package funds is where the money of support programmes is kept: budgets with what is
// promised, paid and free; the account of a subject; batches of payments that one prepares
// and another signs; what the finance system answered; what has to come back. Everybody
// sees the sums.
package funds

import (
	"embed"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/rules/money"
	"quanxiang/support/fund"
	"quanxiang/web/door"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Root is where the staff keep money; PublicRoot where everybody sees sums.
const (
	Root       = "/desk/funds"
	PublicRoot = "/programmes/funds"
)

const (
	budgetPath  = Root + "/budget"
	potPath     = Root + "/pot"
	subjectPath = Root + "/subject"
	promisePath = Root + "/promises/"
	batchesPath = Root + "/batches"
	batchPath   = batchesPath + "/"
	answerPath  = Root + "/answers/"
	claimsPath  = Root + "/claims"
)

const perPage = 50

// Deps is everything the pages stand on.
type Deps struct {
	Engine *ui.Engine
	Pack   *policy.Pack
	Funds  *fund.Fund
	Clock  gov.Clock
}

// Pages answers the pages.
type Pages struct {
	Deps
	page *ui.Template[pageView]
}

// New parses the template. An error is a mistake in it.
func New(d Deps) (*Pages, error) {
	k := &Pages{Deps: d}
	return k, ui.LoadInto(d.Engine, templates, &k.page, "page")
}

// Mount adds the routes.
func (k *Pages) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]ui.Handler{
		"GET " + Root:                        k.overview,
		"GET " + Root + "/budgets.csv":       k.overview,
		"GET " + Root + "/budgets.xlsx":      k.overview,
		"GET " + budgetPath:                  k.showBudget,
		"POST " + budgetPath:                 k.sendBudget,
		"GET " + potPath:                     k.pot,
		"GET " + potPath + "/promises.csv":   k.pot,
		"GET " + potPath + "/promises.xlsx":  k.pot,
		"GET " + potPath + "/moves.csv":      k.pot,
		"GET " + potPath + "/moves.xlsx":     k.pot,
		"GET " + subjectPath:                 k.subject,
		"GET " + promisePath + "{id}":        k.showPromise,
		"POST " + promisePath + "{id}/{do}":  k.actOnPromise,
		"GET " + batchesPath:                 k.batches,
		"GET " + batchesPath + "/new":        k.showPrepare,
		"POST " + batchesPath + "/new":       k.prepare,
		"GET " + batchPath + "{id}":          k.showBatch,
		"POST " + batchPath + "{id}/{do}":    k.actOnBatch,
		"POST " + Root + "/files/{id}":       k.fetch,
		"GET " + answerPath + "{id}":         k.showAnswer,
		"POST " + answerPath + "{id}":        k.takeGood,
		"GET " + claimsPath:                  k.claims,
		"GET " + claimsPath + "/claims.csv":  k.claims,
		"GET " + claimsPath + "/claims.xlsx": k.claims,
		"GET " + claimsPath + "/{id}":        k.showClaim,
		"POST " + claimsPath + "/{id}/{do}":  k.actOnClaim,
	} {
		mux.Handle(pattern, k.Engine.Handle(door.Require(func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Cache-Control", "no-store")
			return h(w, r)
		})))
	}
	mux.Handle("GET "+PublicRoot, k.Engine.Handle(k.public))
	mux.Handle("GET "+PublicRoot+".csv", k.Engine.Handle(k.public))
	mux.Handle("GET "+PublicRoot+".xlsx", k.Engine.Handle(k.public))
}

// pageView is every page of the room: what it says, and its parts.
type pageView struct {
	Crumbs  []ui.Link
	Lead    string
	Chips   []ui.Chip
	Lede    string
	Notes   []ui.Line
	Numbers []number
	Ways    []ui.Link
	Facts   []fact
	Years   []ui.Link // other years; the one without an address is shown
	Parts   []part
}

// number is one of the figures of a page.
type number struct{ N, Label, Note string }

type fact struct {
	Label string
	Cell  ui.Cell
}

// part is a section of a page. Without rows and forms it says what Empty says.
type part struct {
	ID, Title, Hint string
	Facts           []fact
	Table           ui.Table
	Rows            []ui.Row
	Forms           []ui.Form
	Empty           string
	Pager           ui.Pager
	Folded          bool
}

// render shows a page of the desk.
func (k *Pages) render(w http.ResponseWriter, r *http.Request, status int, title string, v pageView) error {
	m := k.Engine.For(r)
	v.Crumbs = append([]ui.Link{{Href: "/desk", Label: m.T("desk.title")}}, v.Crumbs...)
	return k.page.Render(w, r, status, ui.Frame{Section: "funds", Title: title, NoIndex: true}, v)
}

func home(m *ui.Messages) ui.Link { return ui.Link{Href: Root, Label: m.T("staff.funds")} }

// as is who asks.
func as(r *http.Request) people.Standing { return who.Of(r.Context()).Standing }

// can reports that somebody does an act; the domain decides about it again.
func can(by people.Standing, a policy.Act) bool { return people.Can(by, a, people.Object{}) == nil }

// amount is a cell of an amount: in words a page uses, or as files carry it.
func amount(m *ui.Messages, fen int64, plain bool) ui.Cell {
	if plain {
		return ui.TextCell(money.Fen(fen).String())
	}
	if fen == 0 {
		return ui.TextCell("0")
	}
	return ui.TextCell(strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(money.Fen(fen).In(m.Lang()), "元"), " yuan")))
}

// delta is a change of a balance.
func delta(m *ui.Messages, fen int64, plain bool) ui.Cell {
	c := amount(m, fen, plain)
	switch {
	case fen == 0 && !plain:
		return ui.Cell{}
	case fen > 0 && !plain:
		c.Text = "+" + c.Text
	}
	return c
}

func idOf(text string) (gov.ID, error) {
	id, err := gov.ParseID(text)
	if err != nil {
		return id, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	return id, nil
}

// fen reads an amount of a form, in yuan without a unit. A sign is for changes of budgets.
func fen(r *http.Request, name string, signed bool) (int64, error) {
	n, err := money.Typed(r.PostFormValue(name), money.Yuan)
	if err == nil && !signed && n <= 0 {
		err = gov.Errorf(gov.Invalid, "应多于 0 元", "it has to be more than 0 yuan")
	}
	if err != nil {
		return 0, err.On(name)
	}
	return int64(n), nil
}

func dateOf(r *http.Request, name string) (gov.Date, error) {
	d, err := gov.ParseDate(strings.TrimSpace(r.PostFormValue(name)))
	if err != nil || d.IsZero() {
		return d, gov.Errorf(gov.Invalid, "请填写日期", "give a date").On(name)
	}
	return d, nil
}

// yearOf is a year of an address, or 0.
func yearOf(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("year"))
	if err != nil {
		return 0
	}
	return n
}

// mended puts a mistake into a form; an error that is none of its fields, or wants a proof
// of identity, is returned.
func mended(m *ui.Messages, f *ui.Form, r *http.Request, err error) error {
	if r.Method == http.MethodPost {
		f.Fill(r.PostForm)
	}
	if err == nil {
		return nil
	}
	code := gov.CodeOf(err)
	if errors.Is(err, people.ErrProof) || code == gov.Internal || code == gov.Unknown {
		return err
	}
	if f.Fail(err, m.Lang()) {
		return nil
	}
	f.Lines = append(f.Lines, ui.Line{Text: gov.TextOf(err, m.Lang()), Tone: "warn"})
	return nil
}

// itemName is what a pot is for.
func itemName(m *ui.Messages, item string) string {
	if item == "" {
		return m.T("funds.all_else")
	}
	if _, rest, ok := strings.Cut(item, ":"); ok {
		return m.T("funds.article", "article", rest)
	}
	_, name, _ := strings.Cut(item, ".")
	return name
}

// benefitName is a benefit without the name of its document.
func benefitName(b string) string {
	if _, name, ok := strings.Cut(b, "."); ok {
		return name
	}
	return b
}

var stateTones = map[fund.State]string{fund.Open: "info", fund.Batched: "warn", fund.Paid: "good", fund.Released: "quiet"}

func stateChip(m *ui.Messages, s fund.State) ui.Chip {
	return ui.Chip{Label: m.T("funds.state." + string(s)), Tone: stateTones[s]}
}

func potLink(p string) string { return ui.With(potPath, "id", p) }

func subjectLink(code string) string { return ui.With(subjectPath, "code", code) }

// caseCell leads to a case; what was promised without one has no number.
func caseCell(m *ui.Messages, id gov.ID, number string) ui.Cell {
	if number == "" {
		return ui.TextCell(m.T("funds.no_case"))
	}
	return ui.Cell{Links: []ui.Link{{Href: "/desk/cases/" + id.String(), Label: number}}}
}
