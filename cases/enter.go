package cases

import "quanxiang/policy/procedure"

// enter collects what an action writes into registers.
func (s *step) enter(a *procedure.Action) error {
	for i := range a.Enter {
		e, ok, err := a.Enter[i].Work(s.res.Case.Number, s.scope().value)
		if err != nil {
			return err
		}
		if ok {
			s.res.Effects = append(s.res.Effects, Effect{Kind: EnterEffect, Event: s.res.Case.Version, Enter: e})
		}
	}
	return nil
}
