package push

import (
	"bytes"
	"encoding/json"
	"net/http"

	"quanxiang/gov"
	"quanxiang/people/apikeys"
	"quanxiang/policy/register"
	"quanxiang/registers"
	"quanxiang/web/keygate"
)

// consultation is an answer to whether an entry may receive something.
type consultation struct {
	ID      gov.ID   `json:"id" doc:"api.may.id"`
	Key     string   `json:"key" doc:"api.may.key"`
	Name    string   `json:"name" doc:"api.may.name"`
	Receive string   `json:"receive" doc:"api.may.receive"`
	On      string   `json:"on" format:"date" doc:"api.may.on"`
	Answer  string   `json:"answer" enum:"clear,warn,refuse" doc:"api.may.answer"`
	Class   string   `json:"class,omitempty" doc:"api.may.class"`
	Reasons []reason `json:"reasons" doc:"api.may.reasons"`
	Outcome string   `json:"outcome,omitempty" enum:"applied,waived" doc:"api.may.outcome"`
}

// reason is what one measure says of one record, or of the class.
type reason struct {
	Measure string   `json:"measure" doc:"api.may.measure"`
	Name    gov.Text `json:"name" doc:"api.may.measure_name"`
	Effect  string   `json:"effect" enum:"warn,refuse" doc:"api.may.effect"`
	Basis   string   `json:"basis" doc:"api.may.basis"`
	Class   string   `json:"class,omitempty" doc:"api.may.met_class"`
	Record  string   `json:"record,omitempty" doc:"api.may.record"`
	Unit    string   `json:"unit,omitempty" doc:"api.may.unit"`
	Ground  string   `json:"ground,omitempty" doc:"api.may.ground"`
	On      gov.Date `json:"on,omitzero" doc:"api.may.record_on"`
	Until   gov.Date `json:"until,omitzero" doc:"api.may.until"`
}

// outcome is what came of an answer.
type outcome struct {
	Outcome string `json:"outcome" enum:"applied,waived" doc:"api.may.outcome"`
	Why     string `json:"why,omitempty" maxLength:"200" doc:"api.may.why"`
}

func consultationOf(c registers.Consultation) consultation {
	out := consultation{ID: c.ID, Key: c.Key, Name: c.Name, Receive: c.Receive, On: c.On, Answer: string(c.Answer.Effect), Class: c.Class, Reasons: []reason{}, Outcome: string(c.Outcome)}
	if c.Answer.Effect == register.Clear {
		out.Answer = "clear"
	}
	for _, x := range c.Answer.Reasons {
		out.Reasons = append(out.Reasons, reason{x.Measure, x.Name, string(x.Effect), x.Basis, x.Class, x.Ref, x.Unit, x.Ground, x.On, x.Until})
	}
	return out
}

// asker is the program that has a key, as who asks. Keys of units that take no part in
// a register and apply none of its measures were made for something else.
func (d *Door) asker(registerID string, key apikeys.Key) (registers.Asker, error) {
	r, err := d.Registers.Register(registerID)
	if err != nil {
		return registers.Asker{}, err
	}
	if !r.TakesPart(key.Unit) && (r.Limits == nil || !r.Limits.Applies(key.Unit)) {
		return registers.Asker{}, gov.Errorf(gov.Forbidden, "这个密钥所属的单位不参与“%[1]s”", "the unit that answers for this key takes no part in %[2]q", r.Title.ZH, r.Title.In(gov.EN))
	}
	return registers.Asker{Actor: keygate.Actor(key), Person: key.ID, Unit: key.Unit}, nil
}

// may answers whether an entry may receive something.
func (d *Door) may(w http.ResponseWriter, r *http.Request, key apikeys.Key, _ []byte) error {
	q := r.URL.Query()
	ask := registers.Question{Register: r.PathValue("register"), Key: r.PathValue("key"), Receive: q.Get("receive"), Purpose: q.Get("purpose"), Note: q.Get("note")}
	by, err := d.asker(ask.Register, key)
	if err != nil {
		return err
	}
	if on := q.Get("on"); on != "" {
		if ask.On, err = gov.ParseDate(on); err != nil {
			return gov.Errorf(gov.Invalid, "日期应写作 2016-10-10", "write the date as 2016-10-10").On("on")
		}
	}
	c, err := d.Registers.May(r.Context(), by, ask)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, consultationOf(c))
}

// tell takes what came of an answer.
func (d *Door) tell(w http.ResponseWriter, r *http.Request, key apikeys.Key, body []byte) error {
	by, err := d.asker(r.PathValue("register"), key)
	if err != nil {
		return err
	}
	id, err := gov.ParseID(r.PathValue("id"))
	if err != nil {
		return gov.Errorf(gov.NotFound, "没有这次查询。", "There is no such consultation.")
	}
	var in outcome
	if err := decode(body, &in); err != nil {
		return gov.Errorf(gov.Invalid, "请求应为 {\"outcome\": \"applied\"}", `the request should be {"outcome": "applied"}`).Because(err)
	}
	c, err := d.Registers.Tell(r.Context(), by, id, registers.Outcome(in.Outcome), in.Why)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, consultationOf(c))
}

// errMore is a body behind which there is another.
var errMore = gov.Errorf(gov.Invalid, "请求里不止一个 JSON 值", "the request holds more than one JSON value")

// decode reads a body of one JSON value.
func decode(body []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if dec.More() {
		return errMore
	}
	return nil
}
