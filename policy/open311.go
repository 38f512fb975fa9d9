package policy

import (
	"regexp"
	"slices"
	"strconv"

	"quanxiang/gov"
	"quanxiang/policy/codes"
	"quanxiang/policy/procedure"
	"quanxiang/policy/source"
)

// Open311 says which cases other programs may file and follow by the protocol of
// that name, and which of their fields are what the protocol has words for. It
// is the file open311.yaml; a pack without it offers no such endpoint.
type Open311 struct {
	Jurisdiction string            `yaml:"jurisdiction" json:"jurisdiction" pack:"required"` // jurisdiction_id: "xicheng.beijing"
	Contact      gov.Text          `yaml:"contact" json:"contact" pack:"required"`           // whom programmers may ask
	Keys         gov.Text          `yaml:"keys" json:"keys" pack:"required"`                 // how to come by an API key
	Changed      gov.Date          `yaml:"changed" json:"changed" pack:"required"`           // when services or attributes changed last
	Notice       gov.Text          `yaml:"notice" json:"notice,omitzero"`                    // told to whoever filed
	Procedure    string            `yaml:"procedure" json:"procedure" pack:"required"`       // whose cases are filed and followed
	Action       string            `yaml:"action" json:"action" pack:"required"`             // by which one is begun
	Service      string            `yaml:"service" json:"service" pack:"required"`           // field of type entry; the entries under which none stands are the services
	Code         string            `yaml:"code" json:"code,omitempty"`                       // column of its list with the service codes, "" for the entries' own
	Subject      string            `yaml:"subject" json:"subject" pack:"required"`           // text field: the first line of the description
	Description  string            `yaml:"description" json:"description,omitempty"`         // paragraph field: all of it
	Place        string            `yaml:"place" json:"place" pack:"required"`               // point field
	Address      string            `yaml:"address" json:"address,omitempty"`                 // text field
	Photos       string            `yaml:"photos" json:"photos,omitempty"`                   // files field
	Attributes   []string          `yaml:"attributes" json:"attributes,omitempty"`           // further fields the action asks for
	Details      map[string]Detail `yaml:"details" json:"details" pack:"required"`           // by state
	Outcome      *Outcome          `yaml:"outcome" json:"outcome,omitempty"`
	Updates      *Updates311       `yaml:"updates" json:"updates,omitempty"` // without it clients have nothing to add
}

// Updates311 says what becomes of what clients have to say of a case.
type Updates311 struct {
	Remark  UpdateStep            `yaml:"remark" json:"remark" pack:"required"` // what a client says that does not handle the case
	Reviews []string              `yaml:"reviews" json:"reviews,omitempty"`     // actions by which somebody has looked at a remark: until then it waits to be moderated
	Role    string                `yaml:"role" json:"role,omitempty"`           // held in the unit that handles by the unit's own client
	Actions map[Detail]UpdateStep `yaml:"actions" json:"actions,omitempty"`     // what that client does, by the status it tells
}

// UpdateStep is an action and the fields in which a client fills.
type UpdateStep struct {
	Action string `yaml:"action" json:"action" pack:"required"`
	Text   string `yaml:"text" json:"text,omitempty"`   // of type text or paragraph: the description
	Files  string `yaml:"files" json:"files,omitempty"` // of type files
}

// Outcome tells apart by a choice how cases end in one state.
type Outcome struct {
	Field   string            `yaml:"field" json:"field" pack:"required"`
	Details map[string]Detail `yaml:"details" json:"details" pack:"required"` // by option; where there is none, the state's counts
}

// Detail is how a report stands in the words that clients of FixMyStreet know.
type Detail string

// The details. The first seven are open in the words of the specification, the
// others closed.
const (
	DetailOpen          Detail = "OPEN"
	DetailInvestigating Detail = "INVESTIGATING"
	DetailScheduled     Detail = "ACTION_SCHEDULED"
	DetailInProgress    Detail = "IN_PROGRESS"
	DetailForTriage     Detail = "FOR_TRIAGE"
	DetailReferred      Detail = "INTERNAL_REFERRAL"
	DetailReopen        Detail = "REOPEN"
	DetailClosed        Detail = "CLOSED"
	DetailFixed         Detail = "FIXED"
	DetailDuplicate     Detail = "DUPLICATE"
	DetailNotOurs       Detail = "NOT_COUNCILS_RESPONSIBILITY"
	DetailNoAction      Detail = "NO_FURTHER_ACTION"
	DetailCancelled     Detail = "CANCELLED"
)

var details = []Detail{DetailOpen, DetailInvestigating, DetailScheduled, DetailInProgress, DetailForTriage, DetailReferred, DetailReopen,
	DetailClosed, DetailFixed, DetailDuplicate, DetailNotOurs, DetailNoAction, DetailCancelled}

// Values lists the details.
func (Detail) Values() []string { return values(details) }

// Known reports that a detail is one of the list.
func (d Detail) Known() bool { return slices.Contains(details, d) }

// Closed reports that nothing more comes of a report.
func (d Detail) Closed() bool { return slices.Index(details, d) >= slices.Index(details, DetailClosed) }

// ServiceCode is the code of an entry as other programs know it.
func (o *Open311) ServiceCode(e codes.Entry) string {
	if o.Code == "" {
		return e.Code
	}
	return e.Text(o.Code)
}

// AttributeTypes are the types of fields that can be attributes.
var AttributeTypes = []procedure.FieldType{procedure.TextField, procedure.ParagraphField, procedure.IntegerField, procedure.DateField,
	procedure.BoolField, procedure.ChoiceField, procedure.AreaField}

var (
	jurisdictionForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$`)
	// A code of digits alone would reach some clients as a number.
	serviceCodeForm = regexp.MustCompile(`^[A-Za-z0-9_-]*[A-Za-z][A-Za-z0-9_-]*$`)
)

// open311Checker checks open311.yaml against the procedure it is about.
type open311Checker struct {
	*checker
	o  *Open311
	at source.Node
	p  *procedure.Procedure
	a  *procedure.Action
}

// checkOpen311 follows what open311.yaml refers to.
func (c *checker) checkOpen311() {
	o := c.open311.value
	if o == nil || c.broken || len(c.problems) > 0 {
		return // what it refers to may be what is wrong
	}
	k := &open311Checker{checker: c, o: o, at: c.open311.at}
	if o.Jurisdiction != "" && !jurisdictionForm.MatchString(o.Jurisdiction) {
		k.bad("jurisdiction", "jurisdiction 应由字母、数字、点和连字符组成", "a jurisdiction is letters, digits, dots and hyphens")
	}
	i := slices.IndexFunc(c.procedures, func(e entry[*procedure.Procedure]) bool { return e.value.ID == o.Procedure })
	if i < 0 {
		k.bad("procedure", "没有程序“%s”", "there is no procedure %q", o.Procedure)
		return
	}
	k.p = c.procedures[i].value
	k.checkAction()
	k.checkServices()
	for _, f := range []struct {
		name, field string
		kind        procedure.FieldType
		must        bool
	}{
		{"subject", o.Subject, procedure.TextField, true}, {"description", o.Description, procedure.ParagraphField, false}, {"place", o.Place, procedure.PointField, true},
		{"address", o.Address, procedure.TextField, false}, {"photos", o.Photos, procedure.FilesField, false},
	} {
		if f.field != "" || f.must {
			k.checkField(k.at.Field(f.name), f.field, f.kind)
		}
	}
	for i, field := range o.Attributes {
		k.checkField(k.at.Field("attributes").Item(i), field, AttributeTypes...)
	}
	k.checkDetails()
	k.checkUpdates()
}

// checkUpdates checks that what clients say can be done by other programs, and
// that nothing is asked for that they cannot say.
func (k *open311Checker) checkUpdates() {
	u := k.o.Updates
	if u == nil {
		return
	}
	at := k.at.Field("updates")
	if a := k.checkStep(at.Field("remark"), u.Remark); a != nil && (u.Remark.Text == "" || !k.open(a, procedure.Program)) {
		k.problems.Add(at.Field("remark").Pos(), "动作“%s”应由其他程序（program）办理，并有填写内容的字段", "other programs (program) should do the action %q, with a field for what they say", a.ID)
	}
	if len(u.Actions) > 0 && !slices.ContainsFunc(k.roles, func(e entry[Role]) bool { return e.value.ID == u.Role }) {
		k.problems.Add(at.Pos(), "没有角色“%s”", "there is no role %q", u.Role)
	}
	for i, id := range u.Reviews {
		if _, ok := k.p.Action(id); !ok {
			k.problems.Add(at.Field("reviews").Item(i).Pos(), "程序“%[1]s”没有动作“%[2]s”", "the procedure %[1]q has no action %[2]q", k.p.ID, id)
		}
	}
	for d, s := range u.Actions {
		k.checkStep(at.Field("actions").Field(string(d)), s)
	}
}

func (k *open311Checker) checkStep(at source.Node, s UpdateStep) *procedure.Action {
	a, ok := k.p.Action(s.Action)
	if !ok || slices.Contains(a.At, procedure.New) {
		k.problems.Add(at.Pos(), "程序“%[1]s”没有动作“%[2]s”", "the procedure %[1]q has no action %[2]q", k.p.ID, s.Action)
		return nil
	}
	for _, ask := range a.Asks {
		if ask.Required && ask.Field != s.Text && ask.Field != s.Files {
			k.problems.Add(at.Pos(), "动作“%[1]s”必填的字段“%[2]s”没有出处", "nothing fills the field %[2]q, which the action %[1]q requires", a.ID, ask.Field)
		}
	}
	for field, kinds := range map[string][]procedure.FieldType{s.Text: {procedure.TextField, procedure.ParagraphField}, s.Files: {procedure.FilesField}} {
		if field == "" {
			continue
		}
		if f, ok := k.p.Field(field); !ok || !slices.Contains(kinds, f.Type) || !slices.ContainsFunc(a.Asks, func(x procedure.Ask) bool { return x.Field == field }) {
			k.problems.Add(at.Pos(), "动作“%[1]s”没有这样的字段“%[2]s”", "the action %[1]q asks for no such field %[2]q", a.ID, field)
		}
	}
	return a
}

func (k *open311Checker) bad(field, zh, en string, args ...any) {
	k.problems.Add(k.at.Field(field).Pos(), zh, en, args...)
}

// checkAction checks that anybody may begin a case by the action, with what the
// protocol has words for.
func (k *open311Checker) checkAction() {
	a, ok := k.p.Action(k.o.Action)
	if !ok {
		k.bad("action", "程序“%[1]s”没有动作“%[2]s”", "the procedure %[1]q has no action %[2]q", k.p.ID, k.o.Action)
		return
	}
	k.a = a
	if !slices.Contains(a.At, procedure.New) || !k.forPublic(a) {
		k.bad("action", "动作“%s”应由公众开始案件", "by the action %q the public should begin a case", a.ID)
	}
	told := append([]string{k.o.Service, k.o.Subject, k.o.Description, k.o.Place, k.o.Address, k.o.Photos}, k.o.Attributes...)
	for _, ask := range a.Asks {
		if f, ok := k.p.Field(ask.Field); ok && ask.Required && f.Type != procedure.ContactField && !slices.Contains(told, ask.Field) {
			k.bad("action", "动作“%[1]s”必填的字段“%[2]s”没有出处，可列入 attributes", "nothing fills the field %[2]q, which the action %[1]q requires; it can be one of the attributes", a.ID, ask.Field)
		}
	}
}

// forPublic reports that anybody may do an action.
func (k *open311Checker) forPublic(a *procedure.Action) bool { return k.open(a, procedure.Public) }

// open reports that whoever stands in a relation of a kind may do an action.
func (k *open311Checker) open(a *procedure.Action, kind procedure.TermKind) bool {
	return slices.ContainsFunc(a.By, func(party string) bool {
		plus, _ := k.p.Terms(party)
		return slices.ContainsFunc(plus, func(t procedure.Term) bool { return t.Kind == kind })
	})
}

// checkField checks that a field is there, of one of some types, and that the
// action asks for it.
func (k *open311Checker) checkField(at source.Node, id string, kinds ...procedure.FieldType) *procedure.Field {
	f, ok := k.p.Field(id)
	switch {
	case !ok:
		k.problems.Add(at.Pos(), "程序“%[1]s”没有字段“%[2]s”", "the procedure %[1]q has no field %[2]q", k.p.ID, id)
		return nil
	case !slices.Contains(kinds, f.Type):
		k.problems.Add(at.Pos(), "字段“%[1]s”的类型 %[2]s 不能用在这里", "the field %[1]q is of type %[2]s, which does not fit here", id, string(f.Type))
		return nil
	case k.a != nil && !slices.ContainsFunc(k.a.Asks, func(a procedure.Ask) bool { return a.Field == id }):
		k.problems.Add(at.Pos(), "动作“%[1]s”不填写字段“%[2]s”", "the action %[1]q does not ask for the field %[2]q", k.a.ID, id)
	}
	return f
}

// checkServices checks that every service has a code that clients can carry.
func (k *open311Checker) checkServices() {
	f := k.checkField(k.at.Field("service"), k.o.Service, procedure.EntryField)
	if f == nil || f.List() == nil {
		return
	}
	if f.Open != procedure.OpenPublic {
		k.bad("service", "字段“%s”应向社会公开", "the field %q should be public", f.ID)
	}
	if k.o.Code != "" {
		if col, ok := f.List().Column(k.o.Code); !ok || col.Type != codes.TextColumn || !col.Unique || !col.Required {
			k.bad("code", "代码表“%[1]s”的列“%[2]s”应为必填且不重复的 text 列", "the column %[2]q of the list %[1]q should be a text, required and unique", f.List().ID, k.o.Code)
			return
		}
	}
	for _, e := range f.List().Entries {
		if code := k.o.ServiceCode(e); !f.List().Heads(e.Code) && !serviceCodeForm.MatchString(code) {
			k.bad("service", "服务代码 %s 应由字母、数字和连字符组成，至少有一个字母", "the service code %s should be letters, digits and hyphens, with a letter at least", strconv.Quote(code))
		}
	}
	if k.p.Facets != nil && !slices.Contains(k.p.Facets, f.ID) {
		k.bad("service", "字段“%s”应列入 facets，才能按服务查询", "the field %q should be one of the facets, to be asked for", f.ID)
	}
}

// checkDetails checks that every state the public sees has a detail, and that
// what is named is there.
func (k *open311Checker) checkDetails() {
	for i := range k.p.States {
		s := &k.p.States[i]
		if k.o.Details[s.ID] == "" && slices.Contains(k.p.Publish, s.ID) {
			k.bad("details", "公开的状态“%s”没有对应的说法", "the state %q, which is published, has no detail", s.ID)
		}
	}
	if !k.p.Publishes() {
		k.bad("procedure", "程序“%s”不公开案件，提交后无法查询", "the procedure %q publishes no cases: nothing filed could be followed", k.p.ID)
	}
	for id := range k.o.Details {
		if _, ok := k.p.State(id); !ok {
			k.bad("details", "程序“%[1]s”没有状态“%[2]s”", "the procedure %[1]q has no state %[2]q", k.p.ID, id)
		}
	}
	if k.o.Outcome == nil {
		return
	}
	f, ok := k.p.Field(k.o.Outcome.Field)
	if !ok || f.Type != procedure.ChoiceField {
		k.bad("outcome", "程序“%[1]s”没有 choice 字段“%[2]s”", "the procedure %[1]q has no choice %[2]q", k.p.ID, k.o.Outcome.Field)
		return
	}
	for id := range k.o.Outcome.Details {
		if !slices.ContainsFunc(f.Options, func(o procedure.Option) bool { return o.ID == id }) {
			k.bad("outcome", "字段“%[1]s”没有选项“%[2]s”", "the field %[1]q has no option %[2]q", f.ID, id)
		}
	}
}
