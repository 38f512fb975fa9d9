package incubators

import (
	"context"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/support/apply"
)

// Address is where whoever acts for the operator of Certified signs in.
const Address = "yun@example.cn"

// lasts is how many working days the operator has for what it hands in itself.
const lasts = 8

// operate lets the operator of Certified act for itself: it is asked anew for the last
// half-year and the last yearly report, the time for which runs from now.
func operate(ctx context.Context, s *Stage) error {
	if s.Represent == nil {
		return nil
	}
	day := gov.DateOf(s.now)
	for range lasts {
		day = s.Calendar.NextWorkday(day.Add(1)).Date
	}
	s.due = day
	for _, name := range []string{"incubator_data", "incubator_report"} {
		p, ok := s.Pack.Procedure(name)
		if !ok {
			return gov.Errorf(gov.NotFound, "没有程序“%s”", "there is no procedure %q", name)
		}
		list, err := s.occurrences(ctx, p)
		if err != nil {
			return err
		}
		last := -1
		for i, o := range list {
			if o.Whose == Certified && (last < 0 || list[last].Ends.Before(o.Ends)) {
				last = i
			}
		}
		if last < 0 {
			continue
		}
		seed := list[last].Seed(p)
		seed[p.Series.Due] = s.due.String()
		if _, err := s.Docket.Start(ctx, p.ID, list[last].Origin(), seed); err != nil {
			return err
		}
	}
	o := s.firms[0]
	return s.Represent(ctx, apply.Organisation{Code: o.Key, Name: o.Name}, "云某，运营经理", Address)
}

// own reports that a case is for the operator of Certified to hand in.
func (s *Stage) own(c cases.Case) bool {
	return !s.due.IsZero() && c.Values.Text("incubator") == Certified && c.Values.Text("due") == s.due.String()
}

// operator is whoever acts for the operator of Certified.
func (s *Stage) operator() cases.Actor {
	return cases.Actor{Kind: gov.PublicActor, Contacts: []string{s.firms[0].Key}}
}
