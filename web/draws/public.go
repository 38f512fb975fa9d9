package draws

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"quanxiang/canon"
	"quanxiang/docs/spec"
	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections/ceremony"
	"quanxiang/web/export"
	"quanxiang/web/ui"
)

const (
	shownRecords = 40
	shownDrawn   = 300
)

// listView is the public's list of draws.
type listView struct {
	Table     ui.Table
	Catalogue string // where everybody reads which items are drawn, or ""
}

// drawView is a draw for everybody.
type drawView struct {
	Crumbs   []ui.Link
	Chip     ui.Chip
	Says     string
	Facts    []fact
	Times    []fact
	What     ui.Table
	Results  string // how many results are public, of how many visits; "" before there is one
	Parties  ui.Table
	Strata   ui.Table
	Roots    ui.Table
	Records  ui.Table
	All      int // records
	More     int64
	Drawn    ui.Table
	DrawnAll int
	Head     string
	Sum      string // SHA-256 of the transcript
	Number   string
	Path     string
	Verify   string // address of the verifier with this transcript, "" without one
	Opening  ui.Form
	Proofs   []proofView
}

type fact struct{ Label, Text string }

// proofView is an opening in words.
type proofView struct {
	Dept   string
	Ticket string
	Rank   string
	Team   []string
	Bytes  string // base64url, for the file
	Holds  bool   // it leads to the roots of the transcript
}

// public lists what anybody may see: draws whose plan was recorded.
func (d *Draws) public(ctx context.Context) ([]ceremony.Ceremony, error) {
	all, err := d.held.Store.Ceremonies(ctx)
	var list []ceremony.Ceremony
	for _, c := range all {
		if c.Records > 0 {
			list = append(list, c)
		}
	}
	return list, err
}

func (d *Draws) one(r *http.Request) (c ceremony.Ceremony, p record.Plan, err error) {
	c, err = d.held.Store.ByNumber(r.Context(), r.PathValue("number"))
	if err == nil && c.Records == 0 || gov.CodeOf(err) == gov.NotFound {
		return c, p, gov.Errorf(gov.NotFound, "没有这次抽取。", "There is no such draw.")
	}
	if err != nil {
		return c, p, err
	}
	err = canon.Unmarshal(c.State.Body, &p)
	return c, p, err
}

// StageChip says how far a draw has come.
func StageChip(m *ui.Messages, s draw.Stage) ui.Chip {
	tone := cmp.Or(map[draw.Stage]string{draw.Begins: "quiet", draw.Released: "good", draw.Abandoned: "bad"}[s], "info")
	return ui.Chip{Label: m.Of("ceremony.stage.", string(s)), Tone: tone}
}

// table lists all draws: how often an attempt was abandoned and subjects were
// taken out is what tells whether somebody chose.
func (d *Draws) table(m *ui.Messages, list []ceremony.Ceremony) (ui.Table, error) {
	t := ui.Table{Caption: m.T("draws.list"), Columns: []ui.Column{{Label: m.T("ceremony.number"), Main: true}, {Label: m.T("ceremony.state")}, {Label: m.T("draws.depts")}, {Label: m.T("draws.days")}, {Label: m.T("draws.attempts"), Number: true}, {Label: m.T("draws.aborted"), Number: true},
		{Label: m.T("ceremony.voids"), Number: true}, {Label: m.T("ceremony.records"), Number: true}}, Exports: []ui.Link{{Href: "/draws.csv", Label: "CSV"}, {Href: "/draws.json", Label: "JSON"}}}
	for _, c := range list {
		var p record.Plan
		if err := canon.Unmarshal(c.State.Body, &p); err != nil {
			return t, err
		}
		var depts []string
		for i := range p.Frames {
			depts = append(depts, p.Frames[i].Name)
		}
		at := p.Times[max(1, min(c.Attempt, len(p.Times)))-1].Window
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{{Links: []ui.Link{{Href: "/draws/" + c.Number, Label: c.Number}}}, {Chips: []ui.Chip{StageChip(m, c.Stage)}},
			ui.TextCell(strings.Join(depts, m.T("ceremony.comma"))), ui.TextCell(window(m, at)), ui.TextCell(m.Number(c.Attempt)), ui.TextCell(m.Number(c.Aborted)), ui.TextCell(m.Number(c.Voids)), ui.TextCell(m.Number(int(c.Records)))}})
	}
	return t, nil
}

func (d *Draws) showList(w http.ResponseWriter, r *http.Request) error {
	m := d.engine.For(r)
	list, err := d.public(r.Context())
	if err != nil {
		return err
	}
	t, err := d.table(m, list)
	if err != nil {
		return err
	}
	f := ui.Frame{Title: m.T("draws.list"), Description: m.T("draws.list_lede"), Section: "draws"}
	out := listView{Table: t}
	if p := d.about.Pack; p != nil && p.Inspections != nil {
		if reg, ok := p.Register(p.Inspections.Items); ok && reg.Public() {
			out.Catalogue = "/registers/" + reg.ID
		}
	}
	return d.list.Render(w, r, http.StatusOK, f, out)
}

func (d *Draws) listCSV(w http.ResponseWriter, r *http.Request) error {
	list, err := d.public(r.Context())
	if err != nil {
		return err
	}
	t, err := d.table(d.engine.For(r), list)
	if err != nil {
		return err
	}
	return export.Send(w, export.FormatOf(r.URL.Path), "draws", t)
}

// summary is a draw as open data.
type summary struct {
	Number    string     `json:"number"`
	Stage     draw.Stage `json:"stage"`
	Attempt   int        `json:"attempt"`
	Abandoned int        `json:"abandoned"`
	Voids     int        `json:"voids"`
	Records   int64      `json:"records"`
	Head      string     `json:"head"`
	Page      string     `json:"page"`
	File      string     `json:"transcript"`
}

func summaryOf(c *ceremony.Ceremony) summary {
	return summary{c.Number, c.Stage, c.Attempt, c.Aborted, c.Voids, c.Records, c.Head, "/draws/" + c.Number, "/draws/" + c.Number + "/transcript.jsonl"}
}

func (d *Draws) listJSON(w http.ResponseWriter, r *http.Request) error {
	list, err := d.public(r.Context())
	if err != nil {
		return err
	}
	out := []summary{}
	for i := range list {
		out = append(out, summaryOf(&list[i]))
	}
	return sendJSON(w, r, out)
}

func sendJSON(w http.ResponseWriter, r *http.Request, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return ui.Send(w, r, "application/json", append(b, '\n'))
}

// data is a draw as open data: its plan as it was signed, beside the summary.
func (d *Draws) data(w http.ResponseWriter, r *http.Request) error {
	c, _, err := d.one(r)
	if err != nil {
		return err
	}
	return sendJSON(w, r, struct {
		summary
		Plan json.RawMessage `json:"plan"`
	}{summaryOf(&c), json.RawMessage(c.State.Body)})
}

func (d *Draws) transcript(w http.ResponseWriter, r *http.Request) error {
	c, _, err := d.one(r)
	if err != nil {
		return err
	}
	b, err := d.held.Transcript(r.Context(), c.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+c.Number+`.jsonl"`)
	return ui.Send(w, r, "application/jsonl", b)
}

// sums remembers the digests of transcripts, by their heads.
type sums struct {
	mu   sync.Mutex
	head map[string]string
}

func (d *Draws) sum(ctx context.Context, c *ceremony.Ceremony) (string, error) {
	d.sums.mu.Lock()
	defer d.sums.mu.Unlock()
	if s, ok := d.sums.head[c.Head]; ok {
		return s, nil
	}
	b, err := d.held.Transcript(ctx, c.ID)
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(b)
	if len(d.sums.head) > 1000 || d.sums.head == nil {
		d.sums.head = map[string]string{}
	}
	d.sums.head[c.Head] = hex.EncodeToString(digest[:])
	return d.sums.head[c.Head], nil
}

func (d *Draws) show(w http.ResponseWriter, r *http.Request) error { return d.render(w, r, nil, nil) }

// opening is one subject's proof, by its code.
func (d *Draws) opening(w http.ResponseWriter, r *http.Request) error {
	c, p, err := d.one(r)
	if err != nil {
		return err
	}
	code := strings.TrimSpace(r.URL.Query().Get("code"))
	u, err := p.Suite.NewUID(lot.Credit, code)
	if err != nil {
		u, err = p.Suite.NewUID(lot.OldNumber, code)
	}
	var list []ceremony.Opening
	if err == nil {
		list, err = d.held.Openings(r.Context(), c.ID, u)
	}
	if err != nil {
		if gov.CodeOf(err) == gov.Internal {
			return err
		}
		return d.render(w, r, nil, gov.Errorf(gov.CodeOf(err), "%[1]s", "%[2]s", gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN)).On("code"))
	}
	if n, convErr := strconv.Atoi(r.URL.Query().Get("file")); convErr == nil && n >= 0 && n < len(list) {
		w.Header().Set("Content-Disposition", `attachment; filename="`+c.Number+"-"+code+`.ssj1"`)
		return ui.SendOnce(w, http.StatusOK, "application/octet-stream", list[n].Opening.Bytes())
	}
	return d.render(w, r, list, nil)
}

func (d *Draws) render(w http.ResponseWriter, r *http.Request, proofs []ceremony.Opening, failed error) error {
	m := d.engine.For(r)
	c, p, err := d.one(r)
	if err != nil {
		return err
	}
	says := string(c.Stage)
	if c.Stage == draw.Released && p.Mode == record.ModeAttested {
		says = "attested"
	}
	out := drawView{Crumbs: []ui.Link{{Href: "/draws", Label: m.T("draws.list")}}, Chip: StageChip(m, c.Stage), Says: m.Of("ceremony.next.", says), Head: c.Head, Number: c.Number, Path: "/draws/" + c.Number}
	if d.program != nil && d.runtime != nil {
		out.Verify = "/draws/verify?draw=" + c.Number
	}
	if out.Sum, err = d.sum(r.Context(), &c); err != nil {
		return err
	}
	d.inWords(m, &out, &c, &p)
	if out.What, err = d.what(r.Context(), m, &p); err != nil {
		return err
	}
	if n, drawn, err := d.published(r.Context(), &c); err != nil {
		return err
	} else if n > 0 {
		out.Results = m.T("draws.results_of", "n", n, "of", drawn)
	}
	lines, err := d.held.Store.Recorded(r.Context(), c.ID, shownRecords)
	if err != nil {
		return err
	}
	out.Records = ui.Table{Caption: m.T("ceremony.happened"), Columns: []ui.Column{{Label: m.T("draws.seq"), Number: true, Lead: true}, {Label: m.T("draws.when"), Narrow: true}, {Label: m.T("draws.what"), Main: true}, {Label: m.T("draws.fingerprint")}}}
	for _, l := range lines {
		out.Records.Rows = append(out.Records.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(strconv.FormatInt(l.Seq, 10)), ui.TextCell(m.Instant(l.At * 1000)), ui.TextCell(m.Of("ceremony.record.", string(l.Type))), {Code: l.Head[:min(16, len(l.Head))]}}})
	}
	out.All = int(c.Records)
	out.More = c.Records - int64(len(lines))
	if c.Stage == draw.Released {
		if err := d.drawn(r.Context(), m, &out, &c, &p); err != nil {
			return err
		}
	}
	code := r.URL.Query().Get("code")
	out.Opening = ui.Form{ID: "opening", Action: out.Path + "/opening#proof", Submit: m.T("draws.opening_show"), Fields: []ui.Field{{Name: "code", Kind: "text", Label: m.T("draws.code"), Hint: m.T("draws.code_hint"), Value: code, Required: true}}}
	status := http.StatusOK
	if failed != nil {
		if !out.Opening.Fail(failed, m.Lang()) {
			return failed
		}
		status = ui.Status(gov.CodeOf(failed))
	}
	for n := range proofs {
		out.Proofs = append(out.Proofs, proofOf(m, &proofs[n], n, out.Path, code))
	}
	return d.page.Render(w, r, status, ui.Frame{Title: m.T("ceremony.title", "number", c.Number), Description: m.T("draws.list_lede"), Section: "draws", NoIndex: code != ""}, out)
}

func proofOf(m *ui.Messages, x *ceremony.Opening, n int, path, code string) proofView {
	o := &x.Opening
	v := proofView{Dept: x.Department, Holds: o.Check(x.Roots) == nil, Ticket: o.Ticket.String(), Rank: m.Number(int(o.Rank) + 1), Bytes: path + "/opening?code=" + code + "&file=" + strconv.Itoa(n)}
	for _, u := range o.Team {
		name := m.T("draws.nobody")
		if u != (lot.UID{}) {
			name = printable(u)
		}
		v.Team = append(v.Team, name)
	}
	return v
}

func printable(u lot.UID) string {
	if id := u.ID(); id != "" && !strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r == '\uFFFD' }) {
		return id
	}
	return u.String()
}

// drawn lists who was drawn, which is public after the release.
func (d *Draws) drawn(ctx context.Context, m *ui.Messages, out *drawView, c *ceremony.Ceremony, p *record.Plan) error {
	list, err := d.held.Drawn(ctx, c.ID)
	if err != nil {
		return err
	}
	out.Drawn = ui.Table{Caption: m.T("draws.drawn"), Columns: []ui.Column{{Label: m.T("draws.subject"), Main: true}, {Label: m.T("draws.code")}, {Label: m.T("draws.dept")}}}
	if p.Mode == record.ModeOpen {
		out.Drawn.Columns = append(out.Drawn.Columns, ui.Column{Label: m.T("draws.team")})
	}
	// A subject of several departments is one visit, with a team of each.
	depts, teams, order := map[lot.UID][]string{}, map[lot.UID][]string{}, []lot.UID(nil)
	for _, v := range list {
		if depts[v.UID] == nil {
			order = append(order, v.UID)
		}
		depts[v.UID] = append(depts[v.UID], p.Frames[v.Frame].Name)
		for _, j := range v.Team {
			if j != (lot.UID{}) {
				teams[v.UID] = append(teams[v.UID], printable(j))
			}
		}
	}
	out.DrawnAll = len(order)
	for _, u := range order[:min(len(order), shownDrawn)] {
		code := printable(u)
		name, err := d.name(ctx, code)
		if err != nil {
			return err
		}
		row := ui.TableRow{Cells: []ui.Cell{ui.TextCell(cmp.Or(name, code)), d.entryCell(code), ui.TextCell(strings.Join(depts[u], m.T("ceremony.comma")))}}
		if p.Mode == record.ModeOpen {
			row.Cells = append(row.Cells, ui.TextCell(strings.Join(teams[u], m.T("ceremony.comma"))))
		}
		out.Drawn.Rows = append(out.Drawn.Rows, row)
	}
	return nil
}

// second is the verifier somebody else wrote, one file with nothing to install.
func (d *Draws) second(w http.ResponseWriter, r *http.Request) error {
	return ui.Send(w, r, "text/x-python; charset=utf-8", spec.Verifier)
}
