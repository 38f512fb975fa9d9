package simulate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/apikeys"
	"quanxiang/policy"
	"quanxiang/support/runs"
	"quanxiang/support/simulate"
	"quanxiang/web/api"
	"quanxiang/web/keygate"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// Machine answers the operations of the API about simulations. Who asks is whoever is
// logged in, as for the pages, or a program that signs with a key for them.
type Machine struct {
	Runs    *runs.Runs
	BaseURL string
	Gate    *keygate.Gate // nil: no keys
}

// asker is who asks: somebody of the staff, or a program with the name of its key.
type asker struct {
	people.Standing
	program string
	body    []byte // of a program: what it signed
}

// maxQuestion bounds a request, in bytes.
const maxQuestion = 256 << 10

// question is what a simulation is asked for with.
type question struct {
	Title      string   `json:"title,omitempty" doc:"api.simulate.title"`
	Amendment  string   `json:"amendment" doc:"api.simulate.amendment"`
	Year       int      `json:"year" doc:"api.simulate.year"`
	Programmes []string `json:"programmes,omitempty" doc:"api.simulate.programmes"`
	Population string   `json:"population" doc:"api.simulate.population"`
	Budget     string   `json:"budget,omitempty" doc:"api.simulate.budget"`
}

// told is how far a simulation has come, and its result.
type told struct {
	ID      string          `json:"id"`
	State   string          `json:"state" enum:"waiting,done,failed"`
	Done    int64           `json:"done" doc:"api.simulate.done"`
	Total   int64           `json:"total" doc:"api.simulate.total"`
	URL     string          `json:"url" doc:"api.simulate.url"`
	Page    string          `json:"page" doc:"api.simulate.page"`
	Failure string          `json:"failure,omitempty"`
	Digest  string          `json:"digest,omitempty" doc:"api.simulate.digest"`
	Budget  int64           `json:"budget,omitempty" doc:"api.simulate.budget_fen"`
	Result  json.RawMessage `json:"result,omitempty" doc:"api.simulate.result"`
}

// known is a population.
type known struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Snapshot  string `json:"snapshot" doc:"api.simulate.snapshot"`
	Applicant string `json:"applicant"`
	Year      int    `json:"year"`
	Rows      int64  `json:"rows"`
	Apart     int64  `json:"apart" doc:"api.simulate.apart"`
	Invented  bool   `json:"invented"`
}

// listed is the populations of the district.
type listed struct {
	Items []known `json:"items"`
}

const (
	simulatePath  = "simulate"
	simulationsIn = "simulations/"
	peoplePath    = "populations"
)

// Mount adds the routes.
func (a *Machine) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request) (any, error){
		"POST " + api.Root + simulatePath:          a.ask,
		"GET " + api.Root + simulationsIn + "{id}": a.get,
		"GET " + api.Root + peoplePath:             a.populations,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			v, err := h(w, r)
			if err != nil {
				api.NewProblem(r.Context(), err).Answer(w, err)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(v) // an error here means that the client is gone
		})
	}
}

// enter tells who asks, or refuses who is not logged in, has no key for it, or may not try
// programmes.
func (a *Machine) enter(w http.ResponseWriter, r *http.Request) (asker, error) {
	if a.Gate != nil && keygate.Wants(r) {
		key, body, err := a.Gate.Enter(w, r, apikeys.Simulating)
		return asker{people.Program(keygate.Actor(key).Name, a.Runs.Clock(), policy.TryProgrammes), key.Name, body}, err
	}
	v := who.Of(r.Context())
	if !v.LoggedIn() {
		return asker{}, gov.Errorf(gov.Unknown, "请先登录工作人员账号，或用接口密钥签名。", "Log in as one of the staff first, or sign with an API key.")
	}
	return asker{Standing: v.Standing}, runs.Enter(v.Standing)
}

func (a *Machine) ask(w http.ResponseWriter, r *http.Request) (any, error) {
	by, err := a.enter(w, r)
	if err != nil {
		return nil, err
	}
	var q question
	var in io.ReadCloser = r.Body
	if by.program != "" {
		in = io.NopCloser(bytes.NewReader(by.body))
	}
	dec := json.NewDecoder(http.MaxBytesReader(w, in, maxQuestion))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&q); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, gov.Errorf(gov.TooLarge, "提交的内容超过 %d KB", "what was sent is over %d KB", maxQuestion>>10)
		}
		return nil, gov.Errorf(gov.Invalid, "JSON 读不懂：%v", "cannot read the JSON: %v", err)
	}
	x := runs.Run{Title: q.Title, Amendment: q.Amendment, Year: q.Year, Docs: q.Programmes, By: by.program}
	if x.Population, err = gov.ParseID(q.Population); err != nil {
		return nil, gov.Errorf(gov.Invalid, "请写明申报者快照的编号", "Say which population, by its id").On("population")
	}
	if x.Budget, err = simulate.Budget(q.Budget); err != nil {
		return nil, err
	}
	if x, err = a.Runs.Ask(r.Context(), by.Standing, x); err != nil {
		return nil, err
	}
	return a.tell(r, &x), nil
}

func (a *Machine) tell(r *http.Request, x *runs.Run) told {
	at := x.ID.String()
	return told{ID: at, State: string(x.State), Done: x.Rows, Total: x.Total, URL: a.BaseURL + api.Root + simulationsIn + at, Page: a.BaseURL + runPath + at,
		Failure: x.Failure.In(ui.PrefsOf(r.Context()).Lang), Digest: x.Digest, Budget: x.Budget}
}

func (a *Machine) get(w http.ResponseWriter, r *http.Request) (any, error) {
	by, err := a.enter(w, r)
	if err != nil {
		return nil, err
	}
	id, err := gov.ParseID(r.PathValue("id"))
	if err != nil {
		return nil, gov.Errorf(gov.NotFound, "没有这次试算。", "There is no such simulation.")
	}
	x, result, err := a.Runs.Get(r.Context(), by.Standing, id)
	if err != nil {
		return nil, err
	}
	out := a.tell(r, &x)
	if result != nil {
		out.Result = result.Bytes()
	}
	return out, nil
}

func (a *Machine) populations(w http.ResponseWriter, r *http.Request) (any, error) {
	by, err := a.enter(w, r)
	if err != nil {
		return nil, err
	}
	list, err := a.Runs.Populations(r.Context(), by.Standing)
	if err != nil {
		return nil, err
	}
	out := listed{Items: []known{}}
	for _, p := range list {
		out.Items = append(out.Items, known{p.ID.String(), p.Name, p.Snapshot, p.Applicant, p.Year, p.Rows, p.Apart, p.Invented})
	}
	return out, nil
}

const (
	exampleID = "01983c5e-7c00-7000-8000-000000000000"
	exampleIs = `{"id": "` + exampleID + `", "state": "done", "done": 20000, "total": 20000, "url": "https://policy.example/api/v1/simulations/` + exampleID + `", "page": "https://policy.example/desk/simulate/runs/` + exampleID + `", "digest": "a180c08b990c67de9312138a80f5838640ab44f5d672a7bc5517adcfda8c1ff9"`
)

// Describe adds the operations to the API's description. Texts are keys of messages.
func Describe(spec *huma.OpenAPI) error {
	if spec.Components.SecuritySchemes == nil {
		spec.Components.SecuritySchemes = map[string]*huma.SecurityScheme{}
	}
	spec.Components.SecuritySchemes["session"] = &huma.SecurityScheme{Type: "apiKey", In: "cookie", Name: "session", Description: "api.scheme.session"}
	schema := func(v any) *huma.Schema { return spec.Components.Schemas.Schema(reflect.TypeOf(v), true, "") }
	content := func(v any, example string) (map[string]*huma.MediaType, error) {
		m := &huma.MediaType{Schema: schema(v)}
		if err := json.Unmarshal([]byte(example), &m.Example); err != nil {
			return nil, fmt.Errorf("example %s: %w", example, err)
		}
		return map[string]*huma.MediaType{"application/json": m}, nil
	}
	for _, d := range []struct {
		id, method, path string
		body             any
		bodyExample      string
		answer           any
		example          string
		also             []int
	}{
		{"simulate", http.MethodPost, simulatePath, question{}, `{"title": "降低单项上限", "amendment": "修订 16号 自 2017-01-01 “拟稿”\n  公布 2016-12-20\n  @3/2 100万元 改为 80万元\n", "year": 2017, "programmes": ["16", "17", "18"], "population": "` + exampleID + `", "budget": "300万元"}`,
			told{}, strings.Replace(exampleIs, `"done", "done": 20000`, `"waiting", "done": 0`, 1) + "}", []int{413}},
		{"getSimulation", http.MethodGet, simulationsIn + "{id}", nil, "", told{}, exampleIs + `, "result": {"rows": 20000}}`, []int{404}},
		{"listPopulations", http.MethodGet, peoplePath, nil, "", listed{}, `{"items": [{"id": "` + exampleID + `", "name": "虚构企业", "snapshot": "5089368e7e503ecb9eaea0a15470bc2c889878e8a78f6e135ad2a5a82004884c", "applicant": "企业", "year": 2017, "rows": 20000, "apart": 0, "invented": true}]}`, nil},
	} {
		op := &huma.Operation{OperationID: d.id, Method: d.method, Path: api.Root + d.path, Tags: []string{"programmes"}, Summary: "api." + d.id + ".summary", Description: "api." + d.id + ".about",
			Security: []map[string][]string{{"session": {}}, {"key": {}, "signature": {}}}, Responses: map[string]*huma.Response{}}
		if strings.Contains(d.path, "{id}") {
			op.Parameters = []*huma.Param{{Name: "id", In: "path", Required: true, Description: "api.simulate.id", Schema: &huma.Schema{Type: huma.TypeString, Examples: []any{exampleID}}}}
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
		for _, status := range append([]int{401, 403, 422, 429, 500, 503}, d.also...) {
			op.Responses[strconv.Itoa(status)] = &huma.Response{Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema(api.Problem{})}}}
		}
		spec.AddOperation(op)
	}
	return nil
}
