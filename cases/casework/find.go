package casework

import (
	"context"

	"quanxiang/gov"
	"quanxiang/people"
)

// Find returns the id of the case with a number, or NotFound.
func (w *Casework) Find(ctx context.Context, s people.Standing, number string) (gov.ID, error) {
	if err := Enter(s); err != nil {
		return gov.ID{}, err
	}
	return w.docket.Find(ctx, number)
}
