// Package push is where other programs push entries and records to registers, and read
// an entry for a purpose or ask what stands against it. A request is signed over its
// body as a Standard Webhook is, with the secret of an API key that a unit answers for;
// the secret never travels.
// What is pushed twice is taken once: a record is named by what it says. See
// docs/spec/registers.md, section 6.
package push

import (
	"encoding/json"
	"net/http"
	"strconv"

	"quanxiang/gov"
	"quanxiang/people/apikeys"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/web/api"
	"quanxiang/web/keygate"
)

// Door answers the requests.
type Door struct {
	Registers *registers.Registers
	Keys      *apikeys.Keys
	Pack      *policy.Pack
	Clock     gov.Clock
	Fail      func(http.ResponseWriter, *http.Request, error) // answers with a problem
}

// Mount adds the routes.
func (d *Door) Mount(mux *http.ServeMux) {
	const root, may = api.Root + "registers/{register}", api.Root + "restrictions/{register}"
	type handler func(http.ResponseWriter, *http.Request, apikeys.Key, []byte) error
	gate := keygate.NewGate(d.Keys, d.Clock)
	for pattern, route := range map[string]struct {
		handler
		scope apikeys.Scope
	}{
		"POST " + root + "/entries":        {d.push, apikeys.Registers},
		"POST " + root + "/records/{kind}": {d.push, apikeys.Registers},
		"GET " + root + "/entries/{key}":   {d.read, apikeys.Reading},
		"GET " + may + "/{key}":            {d.may, apikeys.Reading},
		"POST " + may + "/{id}/outcome":    {d.tell, apikeys.Reading},
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			key, body, err := gate.Enter(w, r, route.scope)
			if err == nil {
				err = route.handler(w, r, key, body)
			}
			if err != nil {
				d.Fail(w, r, err)
			}
		})
	}
}

// pushed is what a push is answered with.
type pushed struct {
	Added     int64     `json:"added"`
	Changed   int64     `json:"changed"`
	Unchanged int64     `json:"unchanged"`
	Mistakes  []mistake `json:"mistakes,omitempty"`
}

type mistake struct {
	Index int      `json:"index"` // of the item, from 0
	Field string   `json:"field,omitempty"`
	Text  gov.Text `json:"text"`
}

// push takes entries or records of the unit that answers for the key.
func (d *Door) push(w http.ResponseWriter, r *http.Request, key apikeys.Key, body []byte) error {
	target, err := registers.NewTarget(d.Pack, r.PathValue("register"), r.PathValue("kind"), key.Unit)
	if err != nil {
		return err
	}
	var in struct {
		Items []map[string]any `json:"items"`
	}
	if err := decode(body, &in); err != nil {
		return gov.Errorf(gov.Invalid, "请求应为 {\"items\": [{…}]}", `the request should be {"items": [{…}]}`).Because(err)
	}
	items := make([]map[string]string, len(in.Items))
	var out pushed
	for i, item := range in.Items {
		items[i] = map[string]string{}
		for name, v := range item {
			switch v := v.(type) {
			case nil:
			case string:
				items[i][name] = v
			case json.Number:
				items[i][name] = v.String()
			case bool:
				items[i][name] = strconv.FormatBool(v)
			default:
				out.Mistakes = append(out.Mistakes, mistake{Index: i, Field: name, Text: gov.Textf("应为文字、数或真假值", "it should be text, a number or a truth value")})
			}
		}
	}
	status := http.StatusOK
	if len(out.Mistakes) == 0 {
		p, err := d.Registers.Push(r.Context(), keygate.Actor(key), target, items)
		if err != nil {
			return err
		}
		out.Added, out.Changed, out.Unchanged = p.Added, p.Changed, p.Same
		for _, m := range p.Mistakes {
			out.Mistakes = append(out.Mistakes, mistake{m.Index, m.Column, m.Text})
		}
	}
	if len(out.Mistakes) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return answer(w, status, out)
}

// sheet is an entry as another program reads it.
type sheet struct {
	Key     string           `json:"key"`
	Name    string           `json:"name"`
	Unit    string           `json:"unit"`
	Version int              `json:"version"`
	Values  registers.Values `json:"values"`
	Class   string           `json:"class,omitempty"`
	Points  int              `json:"points,omitempty"`
	Records []entry          `json:"records"`
	More    bool             `json:"more,omitempty"` // there are older ones
}

type entry struct {
	Kind      string           `json:"kind"`
	Unit      string           `json:"unit"`
	Key       string           `json:"key"`
	Version   int              `json:"version"`
	On        string           `json:"on"`
	Until     string           `json:"until,omitempty"`
	Basis     string           `json:"basis"`
	Withdrawn bool             `json:"withdrawn,omitempty"`
	Note      string           `json:"note,omitempty"`
	Values    registers.Values `json:"values"`
}

// read answers with an entry in full, for a purpose that is recorded.
func (d *Door) read(w http.ResponseWriter, r *http.Request, key apikeys.Key, _ []byte) error {
	q := r.URL.Query()
	s, err := d.Registers.Read(r.Context(), keygate.Actor(key), key.ID, key.Unit, r.PathValue("register"), r.PathValue("key"), q.Get("purpose"), q.Get("note"))
	if err != nil {
		return err
	}
	out := sheet{Key: s.Entry.Key, Name: s.Entry.Name, Unit: s.Entry.Unit, Version: s.Entry.Version, Values: s.Entry.Values, Records: []entry{}, More: s.More}
	if s.Grade != nil {
		out.Class, out.Points = s.Grade.Class, s.Grade.Points
	}
	for _, x := range s.Records {
		out.Records = append(out.Records, entry{x.Kind, x.Unit, x.Key, x.Version, x.On, x.Until, x.Basis, x.Withdrawn, x.Note, x.Values})
	}
	return answer(w, http.StatusOK, out)
}

func answer(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the other side may have left
	return nil
}
