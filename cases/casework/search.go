package casework

import (
	"context"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/library/fulltext"
	"quanxiang/people"
)

// maxClosed bounds how many cases closed to the reader a search passes over for
// one page. A page it cuts short is not the last.
const maxClosed = 500

// Search returns cases by words of their number and subject, the newest first,
// and the id to go on after; the zero id begins and ends. A subject closed to
// the reader is not in the row, and the case is not found by its words.
func (w *Casework) Search(ctx context.Context, s people.Standing, words string, after gov.ID, limit int) (list []docket.Row, next gov.ID, err error) {
	if err := Enter(s); err != nil {
		return nil, next, err
	}
	q := fulltext.Parse(words, nil)
	for closed := 0; ; {
		hits, more, err := w.docket.Search(ctx, words, after, limit)
		if err != nil {
			return nil, next, err
		}
		for _, r := range hits {
			full := r.Subject
			if err := w.hideSubject(ctx, s, &r); err != nil {
				return nil, next, err
			}
			if r.Subject != full {
				closed++
				if !docket.Says(r, q) {
					continue
				}
			}
			if len(list) == limit { // there is more the reader may see
				return list, list[limit-1].ID, nil
			}
			list = append(list, r)
		}
		if more.IsZero() || closed >= maxClosed {
			return list, more, nil
		}
		after = more
	}
}
