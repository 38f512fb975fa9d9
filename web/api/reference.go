package api

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"quanxiang/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// referenceView is the page made from the description.
type referenceView struct {
	About    string
	Base     string
	Groups   []group
	Mistakes ui.Table
}

type group struct {
	ID         string
	Name       string
	Operations []operationView
}

type operationView struct {
	ID, Method, Path, Summary, About string
	Parameters                       []ui.Table // one or none
	Answer                           ui.Table
	Request                          string // a command line
	Example                          string // of the answer
}

func (a *API) loadReference() (err error) {
	a.page, err = ui.Load[referenceView](a.Engine, templates, "templates/reference.html")
	return err
}

func (a *API) reference(w http.ResponseWriter, r *http.Request) error {
	m := a.Engine.For(r)
	v := a.documents[m.Lang()].view(a.BaseURL, m)
	v.Mistakes = mistakesTable(m)
	return a.page.Render(w, r, http.StatusOK, ui.Frame{Section: "api", Title: m.T("nav.api"), Description: v.About}, v)
}

// tree helpers: a missing member is the zero value, as everywhere in JSON.
func object(node any, path ...string) map[string]any {
	for _, p := range path {
		m, _ := node.(map[string]any)
		node = m[p]
	}
	m, _ := node.(map[string]any)
	return m
}

func text(node any, name string) string {
	s, _ := object(node)[name].(string)
	return s
}

// view arranges the description for the page: operations by group, in the
// order of their addresses.
func (d *openAPIDocument) view(base string, m *ui.Messages) referenceView {
	v := referenceView{About: text(d.tree["info"], "description"), Base: base}
	paths := object(d.tree, "paths")
	names := make([]string, 0, len(paths))
	for p := range paths {
		names = append(names, p)
	}
	slices.Sort(names)
	for _, tag := range groups {
		g := group{ID: "group-" + tag, Name: m.T("api.tag." + tag)}
		for _, path := range names {
			for _, method := range []string{"get", "post"} {
				op := object(paths, path, method)
				tags, _ := op["tags"].([]any)
				if op == nil || !slices.Contains(tags, any(tag)) {
					continue
				}
				g.Operations = append(g.Operations, d.operation(base, path, method, op, m))
			}
		}
		v.Groups = append(v.Groups, g)
	}
	return v
}

func (d *openAPIDocument) operation(base, path, method string, op map[string]any, m *ui.Messages) operationView {
	v := operationView{
		ID: text(op, "operationId"), Method: strings.ToUpper(method), Path: path,
		Summary: text(op, "summary"), About: text(op, "description"),
	}
	t := ui.Table{Caption: m.T("api.parameters"), Columns: []ui.Column{
		{Label: m.T("api.column.name"), Main: true}, {Label: m.T("api.column.type")}, {Label: m.T("api.column.meaning")},
	}}
	list, _ := op["parameters"].([]any)
	for _, x := range list {
		p := object(x)
		about := text(p, "description")
		if required, _ := p["required"].(bool); required {
			about = m.T("api.required") + m.T("list.separator") + about
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{{Code: text(p, "name")}, {Code: d.typeName(p["schema"])}, ui.TextCell(about)}})
	}
	if len(t.Rows) > 0 {
		v.Parameters = []ui.Table{t}
	}
	v.Request = "curl '" + base + exampleAddress(path, list) + "'"
	if method == "post" {
		data := "@receipt.json"
		if x, ok := object(op, "requestBody", "content", "application/json")["example"]; ok {
			if b, err := json.Marshal(x); err == nil {
				data = "'" + string(b) + "'"
			}
		}
		v.Request = "curl -H 'Content-Type: application/json' --data-binary " + data + " '" + base + path + "'"
	}
	switch {
	case needs(op, "session"):
		v.Request = strings.Replace(v.Request, "curl ", "curl -b \"session=$SESSION\" ", 1)
	case needs(op, "key"):
		v.Request = "curl -H \"Quanxiang-Key: $KEY\" -H \"webhook-id: $ID\" -H \"webhook-timestamp: $(date +%s)\" \\\n  -H \"webhook-signature: $SIGNATURE\" "
		if body, err := json.Marshal(object(op, "requestBody", "content", "application/json")["example"]); method == "post" && err == nil {
			v.Request += "--data-binary '" + string(body) + "' "
		}
		v.Request += "\\\n  '" + base + exampleAddress(path, list) + "'"
	}
	content := object(op, "responses", "200", "content", "application/json")
	v.Answer = ui.Table{Caption: m.T("api.answer"), Columns: []ui.Column{{Label: m.T("api.column.name"), Main: true}, {Label: m.T("api.column.type")}}}
	d.fields(&v.Answer, content["schema"], "", 0)
	if b, err := json.MarshalIndent(content["example"], "", "  "); err == nil { // read from JSON, it always can be written
		v.Example = string(b)
	}
	return v
}

// needs reports that an operation asks for a scheme of security.
func needs(op map[string]any, scheme string) bool {
	list, _ := op["security"].([]any)
	for _, one := range list {
		if _, ok := object(one)[scheme]; ok {
			return true
		}
	}
	return false
}

// exampleOf is the example of a parameter, "" if there is none.
func exampleOf(p any) string {
	list, _ := object(p, "schema")["examples"].([]any)
	if len(list) == 0 {
		return ""
	}
	return fmt.Sprint(list[0])
}

// exampleAddress fills an address with the examples of those parameters that
// must be given, and of q, without which a search finds nothing.
func exampleAddress(path string, parameters []any) string {
	q := url.Values{}
	for _, x := range parameters {
		p := object(x)
		name := text(p, "name")
		value := exampleOf(p)
		required, _ := p["required"].(bool)
		switch {
		case text(p, "in") == "path":
			path = strings.ReplaceAll(path, "{"+name+"}", value)
		case text(p, "in") != "query": // a header
		case required || name == "q":
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// mistakesTable explains the problems.
func mistakesTable(m *ui.Messages) ui.Table {
	t := ui.Table{Caption: m.T("api.problems"), Columns: []ui.Column{
		{Label: m.T("api.column.status"), Main: true}, {Label: m.T("api.column.code")}, {Label: m.T("api.column.meaning")},
	}}
	for _, status := range slices.Sorted(maps.Keys(mistakes)) {
		s := strconv.Itoa(status)
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{ui.TextCell(s), {Code: string(mistakes[status])}, ui.TextCell(m.T("api.problem." + s))}})
	}
	return t
}

// resolve follows a reference to the components.
func (d *openAPIDocument) resolve(schema any) map[string]any {
	s := object(schema)
	if ref := text(s, "$ref"); ref != "" {
		return object(d.tree, "components", "schemas", ref[strings.LastIndexByte(ref, '/')+1:])
	}
	return s
}

// typeName names a schema: a type, its format, or the type of a list's items.
func (d *openAPIDocument) typeName(schema any) string {
	s := d.resolve(schema)
	kind := text(s, "type")
	if list, ok := s["type"].([]any); ok { // nullable: ["array", "null"]
		for _, t := range list {
			if t != "null" {
				kind, _ = t.(string)
			}
		}
	}
	if kind == "array" {
		return d.typeName(s["items"]) + "[]"
	}
	if f := text(s, "format"); f != "" {
		kind += " (" + f + ")"
	}
	return kind
}

// fields lists an answer's fields and, one level deeper, those of its items.
func (d *openAPIDocument) fields(t *ui.Table, schema any, prefix string, depth int) {
	s := d.resolve(schema)
	props := object(s, "properties")
	for _, n := range slices.Sorted(maps.Keys(props)) {
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{{Code: prefix + n}, {Code: d.typeName(props[n])}}})
		if item := d.resolve(props[n])["items"]; item != nil && depth < 1 {
			d.fields(t, item, prefix+n+"[].", depth+1)
		}
	}
}
