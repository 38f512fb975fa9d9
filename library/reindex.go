package library

import (
	"context"
	"fmt"

	"quanxiang/gov"
)

// IndexRules counts the rules by which passages and their terms are made. A
// change of them raises it, and every document is then indexed anew.
const IndexRules = 1

// Indexed is what the search index holds of a document.
type Indexed struct {
	Ordinal  int // of the document
	Version  int // of the document that was indexed
	Rules    int // the IndexRules of then
	Passages int // how many were made
	Found    int // how many are there and can be found
}

// Complete reports whether the index holds all that is to be found of a
// version of the document.
func (x Indexed) Complete(version int) bool {
	return x.Version == version && x.Rules == IndexRules && x.Found == x.Passages
}

// Unindexed lists the documents, stubs included, of which the search index
// holds nothing, too little, or what an older program made.
func (l *Library) Unindexed(ctx context.Context) ([]Document, error) {
	heads, err := l.store.Heads(ctx)
	if err != nil {
		return nil, err
	}
	list, err := l.store.Indexed(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[int]Indexed, len(list))
	for _, x := range list {
		known[x.Ordinal] = x
	}
	var missing []Document
	for _, d := range heads {
		if x, ok := known[d.Ordinal]; !ok || !x.Complete(d.Version) {
			missing = append(missing, d)
		}
	}
	return missing, nil
}

// Reindex completes the search index, a document in a transaction, and returns
// how many documents it had to index. It may be stopped and run again at any
// time, also beside an import. progress, if not nil, is called after each
// document.
func (l *Library) Reindex(ctx context.Context, progress func(done, total int)) (int, error) {
	missing, err := l.Unindexed(ctx)
	if err != nil {
		return 0, err
	}
	for i, d := range missing {
		if err := ctx.Err(); err != nil {
			return i, err
		}
		if err := l.reindex(ctx, d.Slug); err != nil {
			return i, fmt.Errorf("index %s: %w", d.Number, err)
		}
		if progress != nil {
			progress(i+1, len(missing))
		}
	}
	return len(missing), nil
}

func (l *Library) reindex(ctx context.Context, slug string) error {
	return l.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		head, err := tx.Head(ctx, slug)
		if gov.CodeOf(err) == gov.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if head.Stub() {
			return tx.Index(ctx, head, stubPassages(head))
		}
		v, err := tx.Version(ctx, slug, head.Version)
		if err != nil {
			return err
		}
		return tx.Index(ctx, head, passages(head, v.Content, Body(v.Content), l.items(slug, v.Content)))
	})
}
