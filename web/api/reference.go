package api

import (
	"embed"
	"net/http"
	"slices"
	"strings"

	"quanxiang/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// referenceView is the page made from the description.
type referenceView struct {
	About  string
	Base   string
	Groups []group
}

type group struct {
	Name       string
	Operations []operationView
}

type operationView struct {
	ID, Method, Path, Summary, About string
	Parameters                       []parameterView
	Answer                           []fieldView
	Example                          string
}

type parameterView struct {
	Name, In, Type, About string
	Required              bool
}

// fieldView is a field of the answer; Depth indents the fields of an item.
type fieldView struct {
	Name, Type string
	Depth      int
}

func (a *API) loadReference() (err error) {
	a.page, err = ui.Load[referenceView](a.Engine, templates, "templates/reference.html")
	return err
}

func (a *API) reference(w http.ResponseWriter, r *http.Request) error {
	m := a.Engine.For(r)
	v := a.documents[m.Lang()].view(a.BaseURL, m)
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
	for _, tag := range []string{"library", "district", "calendar", "ledger"} {
		g := group{Name: m.T("api.tag." + tag)}
		for _, path := range names {
			for _, method := range []string{"get", "post"} {
				op := object(paths, path, method)
				tags, _ := op["tags"].([]any)
				if op == nil || !slices.Contains(tags, any(tag)) {
					continue
				}
				g.Operations = append(g.Operations, d.operation(base, path, method, op))
			}
		}
		v.Groups = append(v.Groups, g)
	}
	return v
}

func (d *openAPIDocument) operation(base, path, method string, op map[string]any) operationView {
	v := operationView{
		ID: text(op, "operationId"), Method: strings.ToUpper(method), Path: path,
		Summary: text(op, "summary"), About: text(op, "description"),
	}
	example := base + path
	list, _ := op["parameters"].([]any)
	for _, x := range list {
		p := object(x)
		required, _ := p["required"].(bool)
		v.Parameters = append(v.Parameters, parameterView{
			Name: text(p, "name"), In: text(p, "in"), Type: d.typeName(p["schema"]),
			About: text(p, "description"), Required: required,
		})
	}
	for name, value := range map[string]string{"{slug}": "xzf-2016-16", "{id}": "fgw", "{event}": "EVENT"} {
		example = strings.ReplaceAll(example, name, value)
	}
	switch v.ID {
	case "search":
		example += "?q=%E5%81%9C%E8%BD%A6"
	case "getDeadline":
		example += "?start=2016-09-30&limit=3wd-end"
	}
	v.Example = "curl '" + example + "'"
	if method == "post" {
		v.Example = "curl -H 'Content-Type: application/json' --data-binary @receipt.json '" + example + "'"
	}
	schema := object(op, "responses", "200", "content", "application/json", "schema")
	v.Answer = d.fields(schema, 0)
	return v
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
func (d *openAPIDocument) fields(schema any, depth int) []fieldView {
	s := d.resolve(schema)
	props := object(s, "properties")
	names := make([]string, 0, len(props))
	for n := range props {
		names = append(names, n)
	}
	slices.Sort(names)
	var out []fieldView
	for _, n := range names {
		out = append(out, fieldView{n, d.typeName(props[n]), depth})
		if item := d.resolve(props[n])["items"]; item != nil && depth < 1 {
			out = append(out, d.fields(item, depth+1)...)
		}
	}
	return out
}
