package my

import (
	"net/http"

	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
)

// earnedView is what somebody earned by what they reported, by what it is called.
type earnedView struct {
	Address string // masked
	Sums    []sumView
	Rows    []earnedRow
	More    string // there is more than was looked at
}

// sumView is one kind of what is earned.
type sumView struct {
	procedure string
	Name      string
	Total     string
	Cases     int // that earned something
	n         int
}

// earnedRow is one report and why it earned what it did.
type earnedRow struct {
	listRow
	Amount string // "" for nothing
	Why    string
}

// maxEarned bounds how many reports the page looks at.
const maxEarned = 500

// earned lists what the visitor's reports earned, and why. It is for who signed in:
// what is theirs by a proven address, and no other person's.
func (k *My) earned(w http.ResponseWriter, v *visit) error {
	if !v.signed {
		return see(w, v, Root+"/login")
	}
	view := earnedView{Address: v.session.Address.Masked()}
	page := gov.Page{Limit: piece}
	for looked := 0; ; {
		list, err := k.Register.Mine(v.Context(), v.session, page)
		if err != nil {
			return err
		}
		for _, c := range list.Items {
			if err := k.earning(v, c, &view); err != nil {
				return err
			}
		}
		looked += len(list.Items)
		if page.After = list.Next; page.After == "" {
			break
		}
		if looked >= maxEarned {
			view.More = v.T("my.earned_more", "n", looked)
			break
		}
	}
	return k.gains.Render(w, v.Request, http.StatusOK, frame(v.T("my.earned")), view)
}

// earning adds what a report earned to the page, nothing if it could not.
func (k *My) earning(v *visit, c residents.Contact, view *earnedView) error {
	s, err := k.Casework.ResidentSheet(v.Context(), k.resident(c), c.Case)
	if gov.CodeOf(err) == gov.NotFound { // a report that was not finished
		return nil
	}
	if err != nil {
		return err
	}
	p := s.Under.Procedure
	x := p.Earns
	if x == nil {
		return nil
	}
	var why *procedure.Option
	for _, f := range s.Fields {
		for i, o := range f.Field.Options {
			if f.Field.ID == x.Field && !f.Sealed && f.Value == o.ID {
				why = &f.Field.Options[i]
			}
		}
	}
	if why == nil {
		return nil
	}
	row := earnedRow{Why: why.Name.In(v.Lang())}
	if row.listRow, err = k.row(v, c); err != nil {
		return err
	}
	n := x.Amount(why.ID)
	if n > 0 {
		row.Amount = v.T("my.earned_amount", "n", n, "unit", x.Unit)
	}
	view.Rows = append(view.Rows, row)
	i := 0
	for i < len(view.Sums) && view.Sums[i].procedure != p.ID {
		i++
	}
	if i == len(view.Sums) {
		view.Sums = append(view.Sums, sumView{procedure: p.ID, Name: x.Name.In(v.Lang())})
	}
	if sum := &view.Sums[i]; n > 0 {
		sum.n, sum.Cases = sum.n+n, sum.Cases+1
	}
	view.Sums[i].Total = v.T("my.earned_amount", "n", view.Sums[i].n, "unit", x.Unit)
	return nil
}
