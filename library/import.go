package library

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/policy"
)

// ImportOptions steer an import.
type ImportOptions struct {
	DryRun   bool                  // find out what would change, write nothing
	Progress func(done, total int) // called after each document, on the caller's goroutine; may be nil
}

// Outcome is what an import did, or would do, with a document.
type Outcome string

// The outcomes.
const (
	Added     Outcome = "new"
	Changed   Outcome = "changed"
	Unchanged Outcome = "unchanged"
)

// Imported is the outcome for one document.
type Imported struct {
	Number  string
	Slug    string
	Title   string
	Outcome Outcome
	Version int      // the current version after the import
	Changes []Change // against the version before, when Changed
	Stubs   []string // numbers of documents this one made known by name
	Event   gov.ID   // ledger event; zero when nothing was written
}

// ImportReport tells what an import did, or would do.
type ImportReport struct {
	Source       gazette.Source
	DryRun       bool
	Documents    []Imported
	Unattributed int // passages of the file that belong to no document
}

// Count returns how many documents had an outcome.
func (r *ImportReport) Count(o Outcome) int {
	n := 0
	for _, d := range r.Documents {
		if d.Outcome == o {
			n++
		}
	}
	return n
}

// Import brings the documents of a gazette into the library. A document whose
// text and facts are already there is left alone, whatever lines of the file it
// stands on; one that differs becomes a new version. Each document is one
// transaction with one ledger event, so an import that is cut off leaves a
// consistent library and the next one completes it. A file that holds a number
// twice is refused as a whole.
func (l *Library) Import(ctx context.Context, actor gov.Actor, g *gazette.Gazette, opt ImportOptions) (*ImportReport, error) {
	if err := l.distinct(g); err != nil {
		return nil, err
	}
	report := &ImportReport{Source: g.Source, DryRun: opt.DryRun, Unattributed: len(g.Unattributed)}
	for i := range g.Documents {
		if err := ctx.Err(); err != nil {
			return report, err
		}
		one, err := l.importOne(ctx, actor, g, &g.Documents[i], opt.DryRun)
		if err != nil {
			return report, fmt.Errorf("import %s: %w", g.Documents[i].Number, err)
		}
		report.Documents = append(report.Documents, *one)
		if opt.Progress != nil {
			opt.Progress(i+1, len(g.Documents))
		}
	}
	return report, nil
}

func (l *Library) distinct(g *gazette.Gazette) error {
	lines := map[string]int{}
	for _, d := range g.Documents {
		slug := SlugOf(&l.pack.Gazette, d.Number, d.Title)
		if first, twice := lines[slug]; twice {
			return gov.Errorf(gov.Invalid, "文号“%[1]s”在同一文件中出现两次，另一处在第%[2]d行", "number %[1]s stands in the file twice, the other time at line %[2]d",
				d.Number, first).At(gov.Pos{File: g.Source.Name, Line: d.Lines[0]})
		}
		lines[slug] = d.Lines[0]
	}
	return nil
}

func (l *Library) importOne(ctx context.Context, actor gov.Actor, g *gazette.Gazette, d *gazette.Document, dry bool) (*Imported, error) {
	digest, err := contentDigest(d)
	if err != nil {
		return nil, err
	}
	one, _, err := l.compare(ctx, l.store, d, digest)
	if err != nil || dry || one.Outcome == Unchanged {
		return one, err
	}
	err = l.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		var head *Document
		if one, head, err = l.compare(ctx, tx, d, digest); err != nil || one.Outcome == Unchanged {
			return err
		}
		return l.save(ctx, tx, actor, g, d, digest, head, one)
	})
	return one, err
}

// compare finds out what an import of d means. The head is nil when the
// document was not even known by name.
func (l *Library) compare(ctx context.Context, r Reader, d *gazette.Document, digest string) (*Imported, *Document, error) {
	one := &Imported{Number: d.Number, Slug: SlugOf(&l.pack.Gazette, d.Number, d.Title), Title: d.Title, Outcome: Added, Version: 1}
	head, err := r.Head(ctx, one.Slug)
	if gov.CodeOf(err) == gov.NotFound {
		head, err = nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if head != nil && !head.Stub() {
		now, err := r.Version(ctx, one.Slug, head.Version)
		if err != nil {
			return nil, nil, err
		}
		if one.Outcome, one.Version = Unchanged, head.Version; now.Digest != digest {
			one.Outcome, one.Version = Changed, head.Version+1
			if one.Changes, err = Diff(now.Content, d); err != nil {
				return nil, nil, err
			}
		}
	}
	if one.Outcome != Unchanged {
		for _, link := range l.links(one.Slug, d) {
			if link.To == "" {
				continue
			}
			if _, err := r.Head(ctx, link.To); gov.CodeOf(err) == gov.NotFound {
				one.Stubs = append(one.Stubs, link.Number)
			} else if err != nil {
				return nil, nil, err
			}
		}
	}
	return one, head, nil
}

// save writes a new version of a document and everything derived from it.
func (l *Library) save(ctx context.Context, tx Tx, actor gov.Actor, g *gazette.Gazette, d *gazette.Document, digest string, old *Document, one *Imported) error {
	now := l.clock()
	event := gov.NewID(now)
	head := l.head(one.Slug, d)
	head.Version, head.Source, head.ImportedAt = one.Version, g.Source.SHA256, now.UnixMilli()
	var before []Link
	if old == nil {
		var err error
		if head.Ordinal, err = tx.NextOrdinal(ctx); err != nil {
			return err
		}
		head.ID = gov.NewID(now)
	} else {
		head.ID, head.Ordinal, head.Revision = old.ID, old.Ordinal, old.Revision
		head.RepealedOn, head.RepealedBy = old.RepealedOn, old.RepealedBy
		var err error
		if before, err = tx.Links(ctx, one.Slug); err != nil {
			return err
		}
	}
	links, items := l.links(one.Slug, d), l.items(one.Slug, d)
	if err := tx.SaveHead(ctx, &head); err != nil {
		return err
	}
	if err := tx.SaveVersion(ctx, &Version{
		Slug: one.Slug, Version: one.Version, Content: d, Digest: digest,
		Source: g.Source.SHA256, ImportedAt: head.ImportedAt, Event: event,
	}); err != nil {
		return err
	}
	if err := tx.Replace(ctx, one.Slug, links, items); err != nil {
		return err
	}
	if err := tx.Index(ctx, &head, passages(&head, d, Body(d), items)); err != nil {
		return err
	}
	seen := map[string]bool{one.Slug: true}
	for _, link := range append(links, before...) {
		if link.To == "" || seen[link.To] {
			continue
		}
		seen[link.To] = true
		if err := l.touch(ctx, tx, link); err != nil {
			return err
		}
	}
	one.Event = event
	return tx.Record(ctx, actor, Event{
		ID: event, At: head.ImportedAt, Kind: "library.document.imported", Object: "document:" + one.Slug,
		Facts: map[string]string{
			"number": d.Number, "version": strconv.Itoa(one.Version), "digest": digest, "source": g.Source.SHA256,
		},
	})
}

// head is what the library notes of a document's content.
func (l *Library) head(slug string, d *gazette.Document) Document {
	h := Document{
		Slug: slug, Number: d.Number, Series: d.Series, Year: d.Year, Serial: d.Serial,
		Title: d.Title, Kind: d.Kind, Issuers: d.Issuers, Text: d.BodyPresent,
		Lifecycle: Lifecycle{Signed: d.Signed, Printed: d.Printed, ValidUntil: d.ValidUntil, Known: true},
		Tasks:     len(d.Tasks), Indicators: len(d.Indicators), Projects: len(d.Projects),
	}
	if d.Effective != nil {
		h.Effective = d.Effective.Date
	}
	known, _ := l.pack.Document(d.Number)
	h.PlanEnds = known.PlanEnd
	titles := []string{d.Title}
	for _, in := range d.Instruments {
		titles = append(titles, in.Title)
	}
	for _, t := range titles {
		if h.PlanEnds.IsZero() {
			h.PlanEnds = PlanEnd(t)
		}
	}
	return h
}

// touch brings the target of a reference up to date after the referring
// document changed: it makes a stub if the target is not known, and sets when
// and by what it was repealed.
func (l *Library) touch(ctx context.Context, tx Tx, link Link) error {
	head, err := tx.Head(ctx, link.To)
	fresh := gov.CodeOf(err) == gov.NotFound
	switch {
	case fresh:
		if head, err = l.stub(ctx, tx, link); err != nil {
			return err
		}
	case err != nil:
		return err
	}
	on, by, err := l.repeal(ctx, tx, head)
	if err != nil {
		return err
	}
	if !fresh && on == head.RepealedOn && by == head.RepealedBy {
		return nil
	}
	head.RepealedOn, head.RepealedBy = on, by
	if err := tx.SaveHead(ctx, head); err != nil || !fresh {
		return err
	}
	return tx.Index(ctx, head, stubPassages(head))
}

// stub is a document known by name only, with what the pack says of it.
func (l *Library) stub(ctx context.Context, tx Tx, link Link) (*Document, error) {
	now := l.clock()
	ordinal, err := tx.NextOrdinal(ctx)
	if err != nil {
		return nil, err
	}
	head := &Document{
		ID: gov.NewID(now), Ordinal: ordinal, Slug: link.To, Number: link.Number, Title: link.Title, ImportedAt: now.UnixMilli(),
	}
	if n, ok := policy.ParseNumber(link.Number); ok {
		head.Series, head.Year, head.Serial = n.Series, n.Year, n.Serial
	}
	if known, ok := l.pack.Document(link.Number); ok {
		if known.Title != "" {
			head.Title = known.Title
		}
		head.Kind = known.Kind
		if known.Issuer != "" {
			head.Issuers = append([]string{known.Issuer}, known.Joint...)
		}
		head.Lifecycle = Lifecycle{
			Signed: known.Signed, Printed: known.Printed, Effective: known.Effective,
			ValidUntil: known.ValidUntil, PlanEnds: known.PlanEnd,
		}
	}
	return head, nil
}

// repeal finds the first repeal of a document: among the documents held, by
// the repealing document's first day in force, or else what the pack knows.
func (l *Library) repeal(ctx context.Context, tx Tx, head *Document) (on gov.Date, by string, err error) {
	links, err := tx.Links(ctx, head.Slug)
	if err != nil {
		return on, by, err
	}
	for _, link := range links {
		if link.To != head.Slug || link.Relation != Repeals {
			continue
		}
		r, err := tx.Head(ctx, link.From)
		if err != nil {
			return on, by, err
		}
		if d := r.begins(); by == "" || !d.IsZero() && d.Before(on) {
			on, by = d, r.Number
		}
	}
	if known, ok := l.pack.Document(head.Number); ok && by == "" {
		by = known.By
	}
	return on, by, nil
}

// contentDigest identifies what a document says, wherever in a file it stands:
// the SHA-256 of its canonical JSON without line numbers.
func contentDigest(d *gazette.Document) (string, error) {
	v, err := withoutLines(d)
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(v) // maps are written in the order of their keys
	if err != nil {
		return "", fmt.Errorf("encode %s: %w", d.Number, err)
	}
	return hash(string(b), 64), nil
}

// withoutLines is a document as plain JSON values without its line numbers.
func withoutLines(d *gazette.Document) (map[string]any, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", d.Number, err)
	}
	var v map[string]any
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, fmt.Errorf("encode %s: %w", d.Number, err)
	}
	dropLines(v)
	return v, nil
}

func dropLines(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "line")
		delete(v, "lines")
		for _, e := range v {
			dropLines(e)
		}
	case []any:
		for _, e := range v {
			dropLines(e)
		}
	}
}
