package push

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/web/api"
	"quanxiang/web/keygate"
)

// items is the body of a push.
type items struct {
	Items []map[string]any `json:"items" minItems:"1" maxItems:"500" doc:"api.push.items"`
}

// described is an operation of the door as the API's description has it.
type described struct {
	id, method, path string
	body             any    // nil for none
	bodyExample      string // JSON
	answer           any
	example          string
	question         []string // parameters of the question that must be given
	optional         []string
	also             []int // statuses besides those every operation has
}

const exampleKey = "91110102MA00000000"

var operations = []described{
	{"pushEntries", http.MethodPost, "registers/{register}/entries", items{}, `{"items": [{"key": "91110102MA00000000", "name": "样例餐饮有限公司", "form": "enterprise", "founded": "2015-03-01"}]}`,
		pushed{}, `{"added": 1, "changed": 0, "unchanged": 0}`, nil, nil, []int{413}},
	{"pushRecords", http.MethodPost, "registers/{register}/records/{kind}", items{}, `{"items": [{"subject": "91110102MA00000000", "number": "样罚〔2016〕1号", "date": "2016-09-01", "violation": "超范围经营", "amount": 2000}]}`,
		pushed{}, `{"added": 1, "changed": 0, "unchanged": 0}`, nil, nil, []int{413}},
	{"readEntry", http.MethodGet, "registers/{register}/entries/{key}", nil, "",
		sheet{}, `{"key": "91110102MA00000000", "name": "样例餐饮有限公司", "unit": "gsfj", "version": 1, "values": {"name": "样例餐饮有限公司", "form": "enterprise"}, "class": "B", "points": 68, "records": [{"kind": "penalty", "unit": "gsfj", "key": "样罚〔2016〕1号", "version": 1, "on": "2016-09-01", "basis": "行政处罚法", "values": {"amount": 200000}}]}`,
		[]string{"purpose"}, []string{"note"}, nil},
	{"askRestrictions", http.MethodGet, "restrictions/{register}/{key}", nil, "",
		consultation{}, `{"id": "01983c5e-7c00-7000-8000-000000000000", "key": "91110102MA00000000", "name": "样例餐饮有限公司", "receive": "support", "on": "2016-10-10", "answer": "refuse", "class": "D", "reasons": [{"measure": "serious-support", "name": {"zh": "严重违法失信主体不得享受扶持资金", "en": "No public support while on the list of serious violations"}, "effect": "refuse", "basis": "西政办发〔2016〕15号 四（五）", "record": "serious/gsfj/样黑1号", "unit": "gsfj", "ground": "西政办发〔2016〕15号 四（五）", "on": "2016-09-01"}]}`,
		[]string{"receive", "purpose"}, []string{"on", "note"}, nil},
	{"tellOutcome", http.MethodPost, "restrictions/{register}/{id}/outcome", outcome{}, `{"outcome": "waived", "why": "已完成信用修复"}`,
		consultation{}, `{"id": "01983c5e-7c00-7000-8000-000000000000", "key": "91110102MA00000000", "name": "样例餐饮有限公司", "receive": "support", "on": "2016-10-10", "answer": "refuse", "class": "D", "reasons": [], "outcome": "waived"}`,
		nil, nil, []int{409, 413}},
}

var parameterExamples = map[string]string{"register": "market", "kind": "penalty", "key": exampleKey, "id": "01983c5e-7c00-7000-8000-000000000000",
	"purpose": "support", "receive": "support", "on": "2016-10-10", "note": "申报 2016-017"}

// Describe adds the door's operations to the API's description, with the scheme by
// which requests are signed. Texts are keys of messages, as in the rest of it.
func Describe(spec *huma.OpenAPI) error {
	if spec.Components.SecuritySchemes == nil {
		spec.Components.SecuritySchemes = map[string]*huma.SecurityScheme{}
	}
	for name, header := range map[string]string{"key": keygate.KeyHeader, "signature": "webhook-signature"} {
		spec.Components.SecuritySchemes[name] = &huma.SecurityScheme{Type: "apiKey", In: "header", Name: header, Description: "api.scheme." + name}
	}
	schema := func(v any) *huma.Schema {
		return spec.Components.Schemas.Schema(reflect.TypeOf(v), true, "")
	}
	for _, d := range operations {
		op := &huma.Operation{OperationID: d.id, Method: d.method, Path: api.Root + d.path, Tags: []string{"registers"}, Summary: "api." + d.id + ".summary", Description: "api." + d.id + ".about",
			Security: []map[string][]string{{"key": {}, "signature": {}}}, Responses: map[string]*huma.Response{}}
		parameter := func(in, name string, required bool) {
			s := &huma.Schema{Type: huma.TypeString, Examples: []any{parameterExamples[name]}}
			op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: in, Required: required, Description: "api.push.param." + name, Schema: s})
		}
		for part := range strings.SplitSeq(d.path, "/") {
			if name, ok := strings.CutPrefix(part, "{"); ok {
				parameter("path", strings.TrimSuffix(name, "}"), true)
			}
		}
		for _, name := range d.question {
			parameter("query", name, true)
		}
		for _, name := range d.optional {
			parameter("query", name, false)
		}
		for _, name := range []string{"webhook-id", "webhook-timestamp"} {
			example := map[string]string{"webhook-id": "msg_1", "webhook-timestamp": "1476061200"}[name]
			op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "header", Required: true, Description: "api.push.param." + name, Schema: &huma.Schema{Type: huma.TypeString, Examples: []any{example}}})
		}
		content := func(v any, example string) (map[string]*huma.MediaType, error) {
			m := &huma.MediaType{Schema: schema(v)}
			if err := json.Unmarshal([]byte(example), &m.Example); err != nil {
				return nil, fmt.Errorf("example of %s: %w", d.id, err)
			}
			return map[string]*huma.MediaType{"application/json": m}, nil
		}
		answer, err := content(d.answer, d.example)
		if err != nil {
			return err
		}
		op.Responses["200"] = &huma.Response{Content: answer}
		if d.body != nil {
			body, err := content(d.body, d.bodyExample)
			if err != nil {
				return err
			}
			op.RequestBody = &huma.RequestBody{Required: true, Content: body}
		}
		for _, status := range append([]int{401, 403, 404, 422, 429, 500, 503}, d.also...) {
			op.Responses[strconv.Itoa(status)] = &huma.Response{Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema(api.Problem{})}}}
		}
		spec.AddOperation(op)
	}
	return nil
}
