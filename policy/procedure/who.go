package procedure

import (
	"slices"
	"strings"
	"unicode"

	"quanxiang/gov"
)

// Who is a relation to a case: the union of terms, less others. In a pack it
// is written "post($lead, clerk) + holds($leader) - did(submit)".
type Who struct {
	Plus  []Term
	Minus []Term
	text  string
}

// Term is one relation.
type Term struct {
	Kind TermKind
	Unit UnitRef // of Post: whose
	Role string  // of Post: id of a role of the pack, "" for any
	Name string  // of Person, Holds, Holder: a field; of Did: an action; of Among: a party
}

// TermKind is the kind of relation.
type TermKind string

// The relations.
const (
	Post    TermKind = "post"    // post(unit, role): who holds the role in the unit; post(unit): any role
	Holds   TermKind = "holds"   // holds($post): who holds the post in the field
	Person  TermKind = "person"  // person($field): the person in the field
	Holder  TermKind = "holder"  // holder($field): whose contact it is, or who acts for the organisation it names; has no post
	Did     TermKind = "did"     // did(action): who has done the action in this case, or had it done for them
	Among   TermKind = ""        // another party, by its id
	Public  TermKind = "public"  // everybody
	Program TermKind = "program" // another program, by the API key it was given
)

// UnitRef names a unit: by its id, by a field, or as the unit that serves the
// area in a field.
type UnitRef struct {
	ID    string
	Field string // of type unit or units; or of type area: who serves the area or one it lies in, not a unit
	Area  string // of type area
}

// Acting lists the fields that name organisations for which somebody acts: parties of the
// case as the holders of what is in them.
func (p *Procedure) Acting() (list []string) {
	for i := range p.Parties {
		for _, t := range p.Parties[i].Who.Plus {
			if t.Kind != Holder || slices.Contains(list, t.Name) {
				continue
			}
			if f, ok := p.Field(t.Name); ok && f.Type == SubjectField {
				list = append(list, t.Name)
			}
		}
	}
	return list
}

// String is the relation as written.
func (w Who) String() string { return w.text }

// UnmarshalText parses a relation.
func (w *Who) UnmarshalText(b []byte) error {
	p := whoParser{rest: string(b)}
	got, err := p.parse()
	if err != nil {
		return err
	}
	got.text = string(b)
	*w = got
	return nil
}

type whoParser struct{ rest string }

func (p *whoParser) parse() (Who, error) {
	var w Who
	for minus := false; ; {
		t, err := p.term()
		if err != nil {
			return w, err
		}
		if minus {
			w.Minus = append(w.Minus, t)
		} else {
			w.Plus = append(w.Plus, t)
		}
		switch p.blank(); {
		case p.rest == "":
			return w, nil
		case p.take("+"):
			minus = false
		case p.take("-"):
			minus = true
		default:
			return w, gov.Errorf(gov.Invalid, "“%s”之前应有 + 或 -", "expected + or - before %q", p.rest)
		}
	}
}

func (p *whoParser) term() (Term, error) {
	name, err := p.word()
	if err != nil {
		return Term{}, err
	}
	if p.blank(); !p.take("(") {
		if name == string(Public) || name == string(Program) {
			return Term{Kind: TermKind(name)}, nil
		}
		return Term{Kind: Among, Name: name}, nil
	}
	t := Term{Kind: TermKind(name)}
	switch t.Kind {
	case Post:
		if t.Unit, err = p.unit(); err != nil {
			return t, err
		}
		if p.blank(); p.take(",") {
			if t.Role, err = p.word(); err != nil {
				return t, err
			}
		}
	case Holds, Person, Holder:
		t.Name, err = p.field()
	case Did:
		t.Name, err = p.word()
	default:
		return t, gov.Errorf(gov.Invalid, "没有“%s”这种关系；可用 post、holds、person、holder、did、public、program",
			"there is no relation %q; known are post, holds, person, holder, did, public, program", name)
	}
	if err != nil {
		return t, err
	}
	if p.blank(); !p.take(")") {
		return t, gov.Errorf(gov.Invalid, "“%s”之前缺少右括号", "a bracket is not closed before %q", p.rest)
	}
	return t, nil
}

func (p *whoParser) unit() (UnitRef, error) {
	p.blank()
	if strings.HasPrefix(p.rest, "$") {
		f, err := p.field()
		return UnitRef{Field: f}, err
	}
	name, err := p.word()
	if err != nil {
		return UnitRef{}, err
	}
	if p.blank(); name != "area" || !p.take("(") {
		return UnitRef{ID: name}, nil
	}
	f, err := p.field()
	if err != nil {
		return UnitRef{}, err
	}
	if p.blank(); !p.take(")") {
		return UnitRef{}, gov.Errorf(gov.Invalid, "“%s”之前缺少右括号", "a bracket is not closed before %q", p.rest)
	}
	return UnitRef{Area: f}, nil
}

func (p *whoParser) field() (string, error) {
	if p.blank(); !p.take("$") {
		return "", gov.Errorf(gov.Invalid, "“%s”处应为字段，写作 $字段", "expected a field, written $field, at %q", p.rest)
	}
	return p.word()
}

func (p *whoParser) word() (string, error) {
	p.blank()
	n := strings.IndexFunc(p.rest, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-')
	})
	if n < 0 {
		n = len(p.rest)
	}
	word := strings.TrimRight(p.rest[:n], "-") // "clerk-" is the word and a minus
	if word == "" || word[0] == '-' {
		return "", gov.Errorf(gov.Invalid, "“%s”处应为名称", "expected a name at %q", p.rest)
	}
	p.rest = p.rest[len(word):]
	return word, nil
}

func (p *whoParser) blank() { p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace) }

func (p *whoParser) take(s string) bool {
	rest, ok := strings.CutPrefix(p.rest, s)
	p.rest = rest
	return ok
}
