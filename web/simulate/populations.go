package simulate

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// populationsView is the populations of the district.
type populationsView struct {
	Crumbs []ui.Link
	Table  ui.Table
	Form   ui.Form
}

func (k *Pages) showPopulations(w http.ResponseWriter, r *http.Request) error {
	return k.renderPopulations(w, r, http.StatusOK, "", "", nil)
}

func (k *Pages) renderPopulations(w http.ResponseWriter, r *http.Request, status int, name, year string, failed error) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	list, err := k.Runs.Populations(r.Context(), by)
	if err != nil {
		return err
	}
	out := populationsView{Crumbs: crumbs(m, true), Table: ui.Table{Caption: m.T("simulate.populations"), Columns: []ui.Column{{Label: m.T("simulate.population"), Main: true}, {Label: m.T("simulate.rows"), Number: true}, {Label: m.T("simulate.apart"), Number: true},
		{Label: m.T("simulate.facts_of"), Number: true}, {Label: m.T("simulate.source")}, {Label: m.T("simulate.added")}, {Label: m.T("simulate.snapshot")}}},
		Form: ui.Form{ID: "add", Action: PopulationsPath, Post: true, File: true, Submit: m.T("simulate.add"), Fields: []ui.Field{
			{Name: "name", Kind: "text", Label: m.T("simulate.name"), Value: name, Required: true},
			{Name: "file", Kind: "file", Label: m.T("intake.file"), Hint: m.T("simulate.file_hint"), Required: true},
			{Name: "year", Kind: "number", Label: m.T("simulate.lines_year"), Hint: m.T("simulate.lines_year_hint"), Value: year},
		}}}
	for _, p := range list {
		source := ui.Chip{Label: m.T("simulate.stated"), Tone: "info"}
		if p.Invented {
			source = ui.Chip{Label: m.T("simulate.invented"), Tone: "quiet"}
		}
		out.Table.Rows = append(out.Table.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(p.Name), ui.TextCell(m.Number(int(p.Rows))), ui.TextCell(m.Number(int(p.Apart))), ui.TextCell(strconv.Itoa(p.Year)),
			{Chips: []ui.Chip{source}}, {Date: moment(p.At)}, {Code: p.Snapshot[:16]}}})
	}
	if failed != nil && !out.Form.Fail(failed, m.Lang()) {
		return failed
	}
	return k.populations.Render(w, r, status, frame(m.T("simulate.populations")), out)
}

func (k *Pages) addPopulation(w http.ResponseWriter, r *http.Request) error {
	by := who.Of(r.Context()).Standing
	missing := gov.Errorf(gov.Invalid, "请选择文件", "choose a file").On("file")
	if err := r.ParseMultipartForm(inMemory); err != nil {
		if tooBig, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return k.renderPopulations(w, r, http.StatusRequestEntityTooLarge, "", "", gov.Errorf(gov.TooLarge, "文件超过 %d MiB", "the file has more than %d MiB", MaxBody>>20).On("file").Because(tooBig))
		}
		return k.renderPopulations(w, r, http.StatusUnprocessableEntity, "", "", missing.Because(err))
	}
	defer r.MultipartForm.RemoveAll() // temporary files; the system removes those that stay
	name, year := r.PostFormValue("name"), strings.TrimSpace(r.PostFormValue("year"))
	again := func(err error) error {
		return k.renderPopulations(w, r, http.StatusUnprocessableEntity, name, year, err)
	}
	f, _, err := r.FormFile("file")
	if err != nil {
		return again(missing.Because(err))
	}
	defer f.Close()
	of := 0
	if year != "" {
		if of, err = strconv.Atoi(year); err != nil {
			return again(gov.Errorf(gov.Invalid, "年度应是年份，如 2017", "the year must be a year, like 2017").On("year"))
		}
	}
	if _, err := k.Runs.Add(r.Context(), by, name, of, f); err != nil {
		if e, ok := errors.AsType[*gov.Error](err); ok && e.Field != "" {
			return again(err)
		}
		return err
	}
	http.Redirect(w, r, PopulationsPath, http.StatusSeeOther)
	return nil
}
