package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/library"
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
)

// registerTypes makes the description say of each type what its text may be.
func registerTypes(r huma.Registry) {
	for t, alias := range map[reflect.Type]reflect.Type{
		reflect.TypeFor[gov.Date]():       reflect.TypeFor[dateText](),
		reflect.TypeFor[gov.ID]():         reflect.TypeFor[idText](),
		reflect.TypeFor[ledger.Hash]():    reflect.TypeFor[hashText](),
		reflect.TypeFor[library.Status](): reflect.TypeFor[statusText](),
		reflect.TypeFor[library.Role]():   reflect.TypeFor[roleText](),
		reflect.TypeFor[gov.Code]():       reflect.TypeFor[codeText](),
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
