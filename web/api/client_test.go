package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// client is a program that knows the API from its description alone.
type client struct {
	*testing.T
	base   string
	spec   map[string]any
	schema *jsonschema.Compiler
}

const specName = "openapi.json"

func newClient(t *testing.T, base string) *client {
	t.Helper()
	_, _, b := get(t, base+"/api/openapi.json?lang=en")
	spec, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	check(t, err)
	c := &client{T: t, base: base, spec: spec.(map[string]any), schema: jsonschema.NewCompiler()}
	c.schema.AssertFormat()
	check(t, c.schema.AddResource(specName, spec))
	return c
}

// call is an operation of the description with what it takes to call it.
type call struct {
	id, method, path string
	op               map[string]any
}

func (c *client) calls() []call {
	var list []call
	paths := c.spec["paths"].(map[string]any)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for method, op := range paths[path].(map[string]any) {
			op := op.(map[string]any)
			list = append(list, call{op["operationId"].(string), strings.ToUpper(method), path, op})
		}
	}
	return list
}

// pointer addresses the schema of an answer within the description.
func (x call) pointer(status, kind string) string {
	esc := strings.NewReplacer("~", "~0", "/", "~1").Replace
	u := url.URL{Fragment: fmt.Sprintf("/paths/%s/%s/responses/%s/content/%s/schema", esc(x.path), strings.ToLower(x.method), status, esc(kind))}
	return specName + u.String()
}

// validate compares an answer with the schema the description gives.
func (c *client) validate(pointer string, body []byte) {
	c.Helper()
	s, err := c.schema.Compile(pointer)
	if err != nil {
		c.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		c.Errorf("%s: %v", pointer, err)
		return
	}
	if err := s.Validate(v); err != nil {
		c.Errorf("%s: %v\n%.300s", pointer, err, body)
	}
}

// do sends a request and returns the answer.
func (c *client) do(method, path string, body []byte) (int, string, []byte) {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), method, c.base+path, bytes.NewReader(body))
	check(c.T, err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	check(c.T, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	check(c.T, err)
	return resp.StatusCode, resp.Header.Get("Content-Type"), b
}

// event is the id of the event that brought the example document in.
func (c *client) event() string {
	c.Helper()
	var d struct{ Versions []struct{ Event string } }
	_, _, b := c.do("GET", "/api/v1/documents/xzf-2017-3", nil)
	check(c.T, json.Unmarshal(b, &d))
	return d.Versions[0].Event
}

// address fills a path with the examples of its parameters.
func (c *client) address(x call) string {
	c.Helper()
	q := url.Values{}
	path := x.path
	list, _ := x.op["parameters"].([]any)
	for _, p := range list {
		p := p.(map[string]any)
		name, required := p["name"].(string), p["required"] == true
		var example string
		if examples, _ := p["schema"].(map[string]any)["examples"].([]any); len(examples) > 0 {
			example = fmt.Sprint(examples[0])
		} else if required {
			c.Errorf("%s: no example of %s", x.id, name)
		}
		if p["description"] == nil {
			c.Errorf("%s: %s is not described", x.id, name)
		}
		switch {
		case p["in"] == "header":
		case name == "event":
			path = strings.ReplaceAll(path, "{event}", c.event())
		case p["in"] == "path":
			path = strings.ReplaceAll(path, "{"+name+"}", example)
		case required || name == "q":
			q.Set(name, example)
		}
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

// Every operation answers the examples of its parameters in the form its
// description promises, and the example of its answer has that form too.
func TestClient(t *testing.T) {
	t.Parallel()
	srv, _ := working(t)
	c := newClient(t, srv.URL)
	calls := c.calls()
	if len(calls) != 23+5+3 {
		t.Errorf("%d operations, want 23, 5 that are signed and 3 for the staff", len(calls))
	}
	for _, x := range calls {
		if x.op["security"] != nil {
			c.compareSigned(x)
			continue
		}
		var body []byte
		if b, err := os.ReadFile(filepath.Join("examples", x.id+".request.json")); err == nil {
			body = b
			c.validate(strings.Replace(x.pointer("200", "application/json"), "/responses/200/", "/requestBody/", 1), b)
		} else if x.method == "POST" {
			_, _, body = c.do("GET", "/api/v1/ledger/receipts/"+c.event(), nil)
		}
		address := c.address(x)
		status, kind, got := c.do(x.method, address, body)
		if x.id == "decision" && status == 404 { // nothing was decided here: package applydb computes decisions again
			c.compareProblems(x)
			continue
		}
		if status != 200 || kind != "application/json" {
			t.Errorf("%s: %s %s = %d %s: %.300s", x.id, x.method, address, status, kind, got)
			continue
		}
		c.validate(x.pointer("200", kind), got)
		for _, part := range []string{"summary", "description", "tags"} {
			if x.op[part] == nil {
				t.Errorf("%s has no %s", x.id, part)
			}
		}
		c.compareExample(x, got)
		c.compareProblems(x)
	}
}

// compareSigned holds the examples of an operation whose requests are signed to its
// schemas: package push tests what it answers. Unsigned it is refused.
func (c *client) compareSigned(x call) {
	c.Helper()
	if status, kind, b := c.do(x.method, c.address(x), []byte("{}")); status != 401 || kind != "application/problem+json" {
		c.Errorf("%s unsigned: %d %s %.300s", x.id, status, kind, b)
	}
	example := func(pointer string, holder map[string]any) {
		b, err := json.Marshal(holder["content"].(map[string]any)["application/json"].(map[string]any)["example"])
		check(c.T, err)
		c.validate(pointer, b)
	}
	example(x.pointer("200", "application/json"), x.op["responses"].(map[string]any)["200"].(map[string]any))
	if body, ok := x.op["requestBody"].(map[string]any); ok {
		at := strings.Replace(x.pointer("200", "application/json"), "/responses/200/", "/requestBody/", 1)
		example(at, body)
	}
	c.compareProblems(x)
}

// compareExample holds the example of an answer to the form of the real one.
// Digests, times and identifiers differ; everything else that is shown is real.
func (c *client) compareExample(x call, got []byte) {
	c.Helper()
	var full any
	check(c.T, json.Unmarshal(got, &full))
	want := shortened(full)
	name := filepath.Join("examples", x.id+".json")
	b, err := os.ReadFile(name)
	check(c.T, err)
	var have any
	check(c.T, json.Unmarshal(b, &have))
	diff := cmp.Diff(form(have), form(want))
	if *update && diff != "" {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		check(c.T, enc.Encode(want))
		check(c.T, os.WriteFile(name, b.Bytes(), 0o644))
		return
	}
	c.validate(x.pointer("200", "application/json"), b)
	if diff != "" {
		c.Errorf("the example of %s is out of date; run with -update, twice, since it is part of the description (-example +answer):\n%s", x.id, diff)
	}
}

// shortened is an answer cut to what an example needs: one item of each
// list.
func shortened(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = shortened(e)
		}
	case []any:
		for i, e := range v {
			v[i] = shortened(e)
		}
		if len(v) > 0 {
			if _, number := v[0].(float64); number { // from line, to line
				return v
			}
		}
		return v[:min(1, len(v))]
	}
	return v
}

// form is a value with its scalars replaced by the names of their types.
func form(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[k] = form(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = form(e)
		}
		return out
	}
	return fmt.Sprintf("%T", v)
}

// compareProblems holds the examples of problems to their schema.
func (c *client) compareProblems(x call) {
	c.Helper()
	const kind = "application/problem+json"
	for status, r := range x.op["responses"].(map[string]any) {
		if status == "200" {
			continue
		}
		content := r.(map[string]any)["content"].(map[string]any)[kind].(map[string]any)
		example, err := json.Marshal(content["example"])
		check(c.T, err)
		c.validate(x.pointer(status, kind), example)
	}
}

// What goes wrong is a problem of the form the description gives, with a status
// the operation names, in the language asked for.
func TestProblems(t *testing.T) {
	t.Parallel()
	c := newClient(t, site(t).URL)
	ops := map[string]call{}
	for _, x := range c.calls() {
		ops[x.id] = x
	}
	for _, tt := range []struct {
		op, path string
		body     []byte
		status   string
		code     string
		english  string
	}{
		{"getDocument", "/documents/xzf-1999-1", nil, "404", "not_found", "no such"},
		{"getUnit", "/units/nobody", nil, "404", "not_found", "no unit"},
		{"getProcedure", "/procedures/nothing", nil, "404", "not_found", "no procedure"},
		{"listDocuments", "/documents?limit=900", nil, "422", "invalid", "limit"},
		{"listTasks", "/documents/xzf-2017-3/tasks?after=x", nil, "422", "invalid", "no next"},
		{"listUnits", "/units?after=-1", nil, "422", "invalid", "no next"},
		{"search", "/search?q=" + strings.Repeat("a", 201), nil, "422", "invalid", "q"},
		{"search", "/search?q=%ff", nil, "400", "invalid", "cannot be read"},
		{"verifyReceipt", "/ledger/verify", []byte("{"), "400", "invalid", "the JSON ends too early"},
		{"verifyReceipt", "/ledger/verify", []byte(`{"format":"x"}`), "422", "invalid", "missing"},
		{"calculate", "/calculate", []byte(`{"applicant":"企业","year":2017,"facts":{"年收人":"1元"}}`), "422", "invalid", "there is no fact"},
		{"calculate", "/calculate", []byte(`{"applicant":"企业","year":2017,"facts":{"年收入":"1元","年收入":"2元"}}`), "422", "invalid", "stated twice"},
		{"calculate", "/calculate", []byte(`{"applicant":"企业","year":2017,"facts":{"版权登记数":"60件","已出版发行数":"61件"}}`), "422", "invalid", "the facts do not agree: 已出版发行数, 版权登记数"},
		{"calculate", "/calculate", []byte(`{"applicant":"企业","year":2017,"facts":{"标准":[{"标准号":"GB/T 1"},{"标准号":"gb/t 1"}]}}`), "422", "invalid", "entries 1 and 2 of 标准 are the same in 标准号"},
		{"calculate", "/calculate", []byte(`{"applicant":"企业","year":2012,"programmes":["16"]}`), "422", "invalid", "outside the validity"},
		{"calculate", "/calculate", []byte(`{"applicant":"企业","year":2017,"facts":{"年收入":"-1元","发明专利":"3家"}}`), "422", "invalid", "must not be negative"},
		{"precheck", "/precheck", []byte(`{"applicant":"企业","year":2017,"programmes":["99"]}`), "422", "invalid", "there are no rules"},
		{"precheck", "/precheck", []byte(`{"applicant":"企业","year":"2017"}`), "422", "invalid", "year"},
		{"precheck", "/precheck", []byte(`{"applicant":"公司","year":2017}`), "422", "invalid", "no kind of applicant"},
		{"calculate", "/calculate", bytes.Repeat([]byte(" "), 3<<20), "413", "too_large", "limit"},
		{"verifyReceipt", "/ledger/verify", bytes.Repeat([]byte(" "), 3<<20), "413", "too_large", "limit"},
	} {
		x := ops[tt.op]
		sep := "?"
		if strings.Contains(tt.path, "?") {
			sep = "&"
		}
		status, kind, b := c.do(x.method, "/api/v1"+tt.path+sep+"lang=en", tt.body)
		var p struct{ Code, Detail string }
		if err := json.Unmarshal(b, &p); err != nil || fmt.Sprint(status) != tt.status || kind != "application/problem+json" ||
			p.Code != tt.code || !strings.Contains(p.Detail, tt.english) {
			t.Errorf("%s = %d %s %s, want %s %s %q", tt.path, status, kind, b, tt.status, tt.code, tt.english)
			continue
		}
		if x.op["responses"].(map[string]any)[tt.status] == nil {
			t.Errorf("%s does not name status %s", tt.op, tt.status)
			continue
		}
		c.validate(x.pointer(tt.status, kind), b)
		if _, _, zh := c.do(x.method, "/api/v1"+tt.path, tt.body); bytes.Contains(zh, []byte(p.Detail)) {
			t.Errorf("%s: the Chinese problem is in English: %s", tt.path, zh)
		}
	}
}
