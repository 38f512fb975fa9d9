package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/library"
	"quanxiang/policy/procedure"
)

// Types of other rooms travel as text. What may stand in it is told by these,
// which huma asks in their stead.
type (
	dateText   string
	idText     string
	hashText   string
	statusText string
	codeText   string
	scopeText  string
	roleText   string
	limitText  string
	stateText  string
	typeText   string
	openText   string
	againText  string
	periodText string
	toneText   string
)

// registerTypes makes the description say of each type what its text may be.
func registerTypes(r huma.Registry) {
	for t, alias := range map[reflect.Type]reflect.Type{
		reflect.TypeFor[gov.Date]():            reflect.TypeFor[dateText](),
		reflect.TypeFor[gov.ID]():              reflect.TypeFor[idText](),
		reflect.TypeFor[ledger.Hash]():         reflect.TypeFor[hashText](),
		reflect.TypeFor[library.Status]():      reflect.TypeFor[statusText](),
		reflect.TypeFor[library.Role]():        reflect.TypeFor[roleText](),
		reflect.TypeFor[gov.Code]():            reflect.TypeFor[codeText](),
		reflect.TypeFor[procedure.StateKind](): reflect.TypeFor[stateText](),
		reflect.TypeFor[procedure.FieldType](): reflect.TypeFor[typeText](),
		reflect.TypeFor[procedure.Openness]():  reflect.TypeFor[openText](),
		reflect.TypeFor[procedure.Again]():     reflect.TypeFor[againText](),
		reflect.TypeFor[procedure.Period]():    reflect.TypeFor[periodText](),
		reflect.TypeFor[procedure.Tone]():      reflect.TypeFor[toneText](),
	} {
		r.RegisterTypeAlias(t, alias)
	}
}

func oneOf[T any](values ...T) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		s.Enum = append(s.Enum, v)
	}
	return s
}

// Schema implements huma.SchemaProvider, as do the methods below.
func (dateText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date"}
}

// Schema is that of a UUID.
func (idText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
}

// Schema is that of 32 bytes in base64.
func (hashText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: "^[A-Za-z0-9+/]{43}=$"}
}

// Schema lists the statuses of documents.
func (statusText) Schema(huma.Registry) *huma.Schema { return oneOf(library.Statuses...) }

// Schema lists the codes of errors.
func (codeText) Schema(huma.Registry) *huma.Schema {
	return oneOf(gov.Invalid, gov.NotFound, gov.Conflict, gov.Forbidden, gov.Unknown, gov.TooLarge, gov.Unsupported, gov.Unavailable, gov.Internal)
}

// Schema lists what a text that was found belongs to.
func (scopeText) Schema(huma.Registry) *huma.Schema {
	return oneOf(library.DocumentScope.String(), library.NodeScope.String(), library.TaskScope.String(), library.IndicatorScope.String(), library.ProjectScope.String())
}

// Schema lists the parts a unit can have.
func (roleText) Schema(huma.Registry) *huma.Schema {
	return oneOf(library.Lead, library.Support, library.Responsible)
}

// Schema is that of a length of time such as 5wd-end.
func (limitText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: "^[1-9][0-9]{0,7}[a-z]+(-[a-z]+)?$"}
}

// Schema lists the kinds of states.
func (stateText) Schema(huma.Registry) *huma.Schema {
	return oneOf(procedure.StateKind("").Values()...)
}

// Schema lists what a field can hold.
func (typeText) Schema(huma.Registry) *huma.Schema {
	return oneOf(procedure.FieldType("").Values()...)
}

// Schema lists the levels of openness.
func (openText) Schema(huma.Registry) *huma.Schema {
	return oneOf(procedure.Openness("").Values()...)
}

// Schema lists what a second start does to a clock.
func (againText) Schema(huma.Registry) *huma.Schema { return oneOf(procedure.Again("").Values()...) }

// Schema lists the periods of a series.
func (periodText) Schema(huma.Registry) *huma.Schema { return oneOf(procedure.Period("").Values()...) }

// Schema lists what a colour can say.
func (toneText) Schema(huma.Registry) *huma.Schema { return oneOf(procedure.Tone("").Values()...) }
