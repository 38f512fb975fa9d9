package people

import (
	"context"
	"strings"

	"quanxiang/gov"
)

// Entered says what Enter did, or would have done.
type Entered int

// The outcomes.
const (
	NotEntered Entered = iota
	Added
	Changed
	Same // nothing was to be changed
)

// Enter enters the person with a staff number, or changes them when they are
// there. edit puts in what the entry says, over what is stored with masked
// contacts; a contact left masked leaves what is stored, and a unit may be
// given by a name of the pack. With dry nothing is entered.
func (o *Office) Enter(ctx context.Context, by Standing, staffNo string, edit func(*Person), dry bool) (Entered, error) {
	staffNo = strings.TrimSpace(staffNo)
	if staffNo == "" {
		return NotEntered, gov.Errorf(gov.Invalid, "缺少工号", "the staff number is missing").On("staff_no")
	}
	old, err := o.store.PersonByStaffNo(ctx, staffNo)
	if err != nil && gov.CodeOf(err) != gov.NotFound {
		return NotEntered, err
	}
	p := old.masked()
	edit(&p)
	pack := o.pack()
	if u, ok := pack.FindUnit(p.Unit); ok {
		p.Unit = u.ID
	}
	p, err = old.merge(p).Normal(pack)
	switch {
	case err != nil:
		return NotEntered, err
	case p == old:
		return Same, nil
	case !dry:
		if _, err := o.Save(ctx, by, p); err != nil {
			return NotEntered, err
		}
	}
	if old.ID.IsZero() {
		return Added, nil
	}
	return Changed, nil
}
