package portal

import (
	"cmp"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/web/ui"
)

// ledgerView is the page of the ledger.
type ledgerView struct {
	Size    string // "" while the ledger is empty
	Root    string
	Origin  string
	Key     string
	Note    string // the signed checkpoint
	Form    ui.Form
	Verdict *verdict
	Command string
	Recent  ui.Table
}

// verdict is the answer to a receipt that was handed in.
type verdict struct {
	Title string
	Tone  string
	Facts []fact
}

// recentEvents is how many entries the page lists.
const recentEvents = 20

func (p *Portal) ledgerHome(w http.ResponseWriter, r *http.Request) error {
	return p.showLedger(w, r, http.StatusOK, nil, nil)
}

// checkReceipt verifies a receipt given as a file or as text. The receipt is
// neither stored nor logged.
func (p *Portal) checkReceipt(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	text, err := receiptOf(r)
	if err == nil {
		var v ledger.Verified
		if v, err = p.verifier.VerifyReceipt([]byte(text)); err == nil {
			return p.showLedger(w, r, http.StatusOK, nil, p.proven(m, v))
		}
	}
	if ui.CodeFor(err) == gov.TooLarge {
		return err
	}
	return p.showLedger(w, r, http.StatusUnprocessableEntity, err, nil)
}

// receiptOf is the uploaded file, else the pasted text.
func receiptOf(r *http.Request) (string, error) {
	err := r.ParseForm() // first: ParseMultipartForm would forget its error
	if err == nil {
		err = r.ParseMultipartForm(maxReceipt)
	}
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return "", gov.Errorf(gov.Invalid, "没有收到回执。请选择文件或粘贴内容。", "No receipt arrived. Choose a file or paste its content.").On("receipt").Because(err)
	}
	text := r.PostFormValue("text")
	if f, _, err := r.FormFile("receipt"); err == nil {
		defer f.Close()
		b, err := io.ReadAll(io.LimitReader(f, maxReceipt))
		if err != nil {
			return "", err
		}
		text = cmp.Or(string(b), text)
	}
	if strings.TrimSpace(text) == "" {
		return "", gov.Errorf(gov.Invalid, "请选择回执文件，或粘贴回执内容。", "Choose the receipt's file, or paste its content.").On("receipt")
	}
	return text, nil
}

// maxReceipt is the greatest receipt read, in bytes.
const maxReceipt = 1 << 20

// proven tells what a good receipt proves.
func (p *Portal) proven(m *ui.Messages, v ledger.Verified) *verdict {
	out := &verdict{Title: m.T("ledger.proven"), Tone: "good", Facts: []fact{
		{Label: m.T("event.index"), Text: strconv.FormatInt(v.Index, 10)},
		{Label: m.T("ledger.size"), Text: strconv.FormatInt(v.Checkpoint.Size, 10)},
	}}
	if v.Entry != nil {
		out.Facts = append(out.Facts, p.entryFacts(m, *v.Entry)...)
	}
	return out
}

// entryFacts are the public facts of an entry.
func (p *Portal) entryFacts(m *ui.Messages, e ledger.Entry) []fact {
	list := []fact{
		{Label: m.T("event.kind"), Text: p.eventKind(m, e.Kind)},
		{Label: m.T("event.at"), Text: m.Instant(e.At)},
		p.objectFact(m, e),
		{Label: m.T("event.id"), Text: e.ID.String(), Href: "/ledger/events/" + e.ID.String()},
	}
	for _, name := range slices.Sorted(maps.Keys(e.Facts)) {
		list = append(list, p.stated(m, e, name))
	}
	return list
}

func (p *Portal) showLedger(w http.ResponseWriter, r *http.Request, status int, failed error, v *verdict) error {
	m := p.Engine.For(r)
	view := ledgerView{Key: p.LedgerKey, Verdict: v, Command: "quanxiang ledger receipt verify receipt-….json --key '" + p.LedgerKey + "'"}
	view.Form = ui.Form{ID: "receipt", Action: "/ledger", Post: true, File: true, Submit: m.T("ledger.check_go"), Fields: []ui.Field{
		{Name: "receipt", Kind: "file", Label: m.T("ledger.file")},
		{Name: "text", Kind: "textarea", Label: m.T("ledger.paste"), Value: r.PostFormValue("text")},
	}}
	if failed != nil && !view.Form.Fail(failed, m.Lang()) {
		return failed
	}
	note, err := p.Ledger.Checkpoint(r.Context())
	if err != nil && gov.CodeOf(err) != gov.NotFound {
		return err
	}
	if err == nil {
		c, err := p.verifier.Open(note)
		if err != nil {
			return err
		}
		view.Size, view.Root, view.Origin, view.Note = strconv.FormatInt(c.Size, 10), c.Root.String(), c.Origin, string(note)
	}
	recent, err := p.Ledger.Recent(r.Context(), recentEvents)
	if err != nil {
		return err
	}
	view.Recent.Caption = m.T("ledger.recent")
	view.Recent.Columns = []ui.Column{
		{Label: m.T("event.index"), Narrow: true}, {Label: m.T("event.at"), Narrow: true}, {Label: m.T("event.kind"), Narrow: true},
		{Label: m.T("event.object"), Main: true}, {Label: m.T("event.proof"), Narrow: true},
	}
	for _, e := range recent {
		o := p.objectFact(m, e.Entry)
		view.Recent.Rows = append(view.Recent.Rows, ui.TableRow{Cells: []ui.Cell{
			ui.TextCell(strconv.FormatInt(e.Index, 10)), ui.TextCell(m.Instant(e.At)), ui.TextCell(p.eventKind(m, e.Kind)),
			{Links: []ui.Link{{Href: o.Href, Label: o.Text}}},
			{Links: []ui.Link{{Href: "/ledger/events/" + e.ID.String(), Label: m.T("event.show_proof")}}},
		}})
	}
	return p.pages.ledger.Render(w, r, status, ui.Frame{Section: "ledger", Title: m.T("ledger.title")}, view)
}

// eventView is an entry with its proof.
type eventView struct {
	Crumbs  []ui.Link
	Pending bool
	Index   string
	Size    string
	Facts   []fact
	Proof   []string
	Receipt string
}

func (p *Portal) event(w http.ResponseWriter, r *http.Request) error {
	m := p.Engine.For(r)
	id, err := gov.ParseID(r.PathValue("id"))
	if err != nil {
		return notFound(w, r)
	}
	v := eventView{Crumbs: []ui.Link{{Href: "/", Label: m.T("nav.home")}, {Href: "/ledger", Label: m.T("nav.ledger")}}}
	frame := ui.Frame{Section: "ledger", Title: m.T("event.title"), NoIndex: true}
	receipt, err := p.Ledger.Receipt(r.Context(), id)
	if gov.CodeOf(err) == gov.Unavailable {
		v.Pending, v.Facts = true, []fact{{Label: m.T("event.id"), Text: id.String()}}
		return p.pages.event.Render(w, r, http.StatusOK, frame, v)
	}
	if err != nil {
		return err
	}
	got, err := p.verifier.Check(receipt)
	if err != nil {
		return err
	}
	v.Index, v.Size = strconv.FormatInt(got.Index, 10), strconv.FormatInt(got.Checkpoint.Size, 10)
	if got.Entry != nil {
		v.Facts = p.entryFacts(m, *got.Entry)
	}
	v.Facts = append(v.Facts, fact{Label: m.T("event.leaf"), Text: got.Leaf.String()})
	for _, h := range receipt.Proof {
		v.Proof = append(v.Proof, h.String())
	}
	v.Receipt = "/ledger/events/" + id.String() + "/receipt"
	return p.pages.event.Render(w, r, http.StatusOK, frame, v)
}

// receipt is the file for people to keep.
func (p *Portal) receipt(w http.ResponseWriter, r *http.Request) error {
	id, err := gov.ParseID(r.PathValue("id"))
	if err != nil {
		return notFound(w, r)
	}
	receipt, err := p.Ledger.Receipt(r.Context(), id)
	if err != nil {
		return err
	}
	b, err := receipt.Marshal()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="receipt-`+id.String()+`.json"`)
	return ui.Send(w, r, "application/json", b)
}

// checkpoint serves the signed note under the address of tlog-tiles.
func (p *Portal) checkpoint(w http.ResponseWriter, r *http.Request) error {
	b, err := p.Ledger.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return ui.Send(w, r, "text/plain; charset=utf-8", b)
}

// tile serves hashes and entries. A full tile never changes.
func (p *Portal) tile(w http.ResponseWriter, r *http.Request) error {
	path := "tile/" + r.PathValue("path")
	b, err := p.Ledger.File(r.Context(), path)
	if err != nil {
		return err
	}
	if !strings.Contains(path, ".p/") {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	return ui.Send(w, r, "application/octet-stream", b)
}
