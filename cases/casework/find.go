package casework

import (
	"context"

	"quanxiang/gov"
	"quanxiang/people"
)

// Find returns the id of the case with a number, or NotFound.
func (w *Casework) Find(ctx context.Context, s people.Standing, number string) (gov.ID, error) {
	if err := enter(s); err != nil {
		return gov.ID{}, err
	}
	return w.docket.Find(ctx, number)
}

// Numbers returns the numbers of cases by id; ids that are no case's are left
// out.
func (w *Casework) Numbers(ctx context.Context, s people.Standing, ids []string) (map[string]string, error) {
	if err := enter(s); err != nil {
		return nil, err
	}
	numbers := map[string]string{}
	for _, text := range ids {
		id, err := gov.ParseID(text)
		if err != nil || numbers[text] != "" {
			continue
		}
		c, _, err := w.docket.Case(ctx, id)
		if gov.CodeOf(err) == gov.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		numbers[text] = c.Number
	}
	return numbers, nil
}
