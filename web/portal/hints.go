package portal

import (
	"context"
	"sync"

	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/web/ui"
)

// topics are words residents and enterprises come with. The pages suggest those
// that find something.
var topics = [...]string{"养老", "停车", "教育", "就业", "住房", "绿化", "残疾人", "创新", "环境", "老旧小区"}

// suggested is how many topics the pages suggest.
const suggested = 4

// hintKeeper keeps the suggestions for as long as the library does not change:
// finding them takes several searches, and the home page shows them to everyone.
type hintKeeper struct {
	mu   sync.Mutex
	seen library.Numbers // of the library the list was made from
	list []ui.Link
}

// of are searches that find something in the library: topics, and the number of
// the newest document to show that numbers may be typed.
func (k *hintKeeper) of(ctx context.Context, l *library.Library) ([]ui.Link, error) {
	n, err := l.Numbers(ctx, gov.Date{})
	if err != nil {
		return nil, err
	}
	n.AsOf, n.InForce = gov.Date{}, 0 // these change with the day alone
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.list != nil && k.seen == n {
		return k.list, nil
	}
	list, err := hints(ctx, l)
	if err == nil {
		k.seen, k.list = n, list
	}
	return list, err
}

func hints(ctx context.Context, l *library.Library) ([]ui.Link, error) {
	newest, err := l.Documents(ctx, library.Filter{}, gov.Page{Limit: 1})
	if err != nil || len(newest.Items) == 0 {
		return nil, err
	}
	var list []ui.Link
	add := func(words string) {
		list = append(list, ui.Link{Href: ui.With(searchPrefix, "q", words), Label: words})
	}
	for _, t := range topics {
		if len(list) == suggested {
			break
		}
		found, err := l.Search(ctx, library.Query{Words: t}, gov.Page{Limit: 1})
		if err != nil {
			return nil, err
		}
		if found.Total > 0 {
			add(t)
		}
	}
	add(newest.Items[0].Number)
	return list, nil
}
