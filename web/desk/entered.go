package desk

import (
	"net/url"

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

// registerPath is where an entry of a register is shown.
func registerPath(register, key string) string {
	return Root + "/registers/" + url.PathEscape(register) + "/" + url.PathEscape(key)
}
