package desk

import (
	"net/url"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/registers"
	"quanxiang/web/explain"
	"quanxiang/web/ui"
)

// enteredView is something a case has done in a register.
type enteredView struct {
	Link ui.Link
	Key  string
	Chip ui.Chip
}

// howTones are the chips of what a case has done in a register.
var howTones = map[string]string{"entered": "good", "ended": "quiet", "withdrawn": "quiet", "contested": "warn", "settled": "quiet"}

// entered lists what a case has done in registers.
func (k *Desk) entered(v *visit, o *open) (list []enteredView, err error) {
	if k.Registers == nil {
		return nil, nil
	}
	sources, err := k.Registers.Store.SourcesOf(v.Context(), o.ID)
	x := explain.New(v.Messages, v.pack, o.Under.Procedure)
	for _, s := range sources {
		how := string(s.How)
		list = append(list, enteredView{Link: ui.Link{Href: registerPath(s.Register, s.Subject) + "#records", Label: x.Where(s.Register, s.Kind)}, Key: s.Key,
			Chip: ui.Chip{Label: v.Of("desk.how.", how), Tone: howTones[how]}})
	}
	return list, err
}

// entryNames are the names of the entries that fields hold, as they are registered. Names
// that are not public are for those who may enter registers.
func (k *Desk) entryNames(v *visit, fields []cases.Shown) (map[string]string, error) {
	names := map[string]string{}
	for _, s := range fields {
		key, ok := s.Value.(string)
		if !ok || s.Sealed || s.Field.Type != procedure.SubjectField || k.Registers == nil {
			continue
		}
		r, ok := v.pack.Register(s.Field.Of)
		if !ok || !r.Public() && registers.Enter(v.Standing) != nil {
			continue
		}
		e, err := k.Registers.Store.Entry(v.Context(), r.ID, key)
		if gov.CodeOf(err) == gov.NotFound {
			continue // the code alone says what the case is about
		}
		if err != nil {
			return nil, err
		}
		names[registerPath(r.ID, key)] = e.Name
	}
	return names, nil
}

// registerPath is where an entry of a register is shown.
func registerPath(register, key string) string {
	return Root + "/registers/" + url.PathEscape(register) + "/" + url.PathEscape(key)
}
