package store_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

var adopter = gov.Actor{Kind: gov.OperatorActor, Name: "test"}

// samplePack is the sample district's pack, with the files an edit makes of its
// own.
func samplePack(t testing.TB, edit func([]policy.File) []policy.File) *policy.Pack {
	t.Helper()
	pack, err := policy.Load(os.DirFS("../cases/testdata"), "sample")
	must(t, err)
	if edit == nil {
		return pack
	}
	pack, err = policy.LoadFiles(edit(slices.Clone(pack.Files)))
	must(t, err)
	return pack
}

// withoutPayments is a later version, by which nothing is paid any more.
func withoutPayments(files []policy.File) []policy.File {
	files = slices.DeleteFunc(files, func(f policy.File) bool { return strings.HasPrefix(f.Path, "procedures/payment.") })
	for i, f := range files {
		if f.Path == "pack.yaml" {
			files[i].Content = bytes.Replace(f.Content, []byte("version: 1"), []byte("version: 2"), 1)
		}
	}
	return files
}

// A case goes on under the version it began with, in a program that has another
// and never had that one.
func TestOldPackGoesOn(t *testing.T) {
	t.Parallel()
	old, next := samplePack(t, nil), samplePack(t, withoutPayments)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx, d := t.Context(), old.District
		must(t, db.AdoptPack(ctx, d, adopter, old))
		before := docket.New(db.Cases(d), db.Packs(old), calendar.Seed)
		enter := cases.Input{Action: "enter", Actor: dockettest.Staff("li", "fgw", "clerk"),
			Values: cases.Values{"purpose": "印刷", "unit": "fgw", "amount": int64(80050), "account": "6222"}}
		var began []cases.Case
		for range 2 {
			c, err := before.Begin(ctx, gov.NewID(time.Now()), "payment", enter)
			must(t, err)
			began = append(began, c)
		}

		must(t, db.AdoptPack(ctx, d, adopter, next))
		after := docket.New(db.Cases(d), db.Packs(next), calendar.Seed)
		if _, err := after.Begin(ctx, gov.NewID(time.Now()), "payment", enter); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("a procedure the new version does not have: %v", err)
		}
		for _, c := range began {
			c, err := after.Act(ctx, docket.Step{Case: c.ID}, cases.Input{Action: "check", Actor: dockettest.Staff("wang", "fgw", "clerk")})
			if err != nil || c.State != "paid" || c.Pack != old.Hash {
				t.Errorf("under its own version it is %q under %.8s, %v", c.State, c.Pack, err)
			}
		}
		_, err := after.Relist(ctx, gov.ID{}, 10, func(id gov.ID, err error) { t.Errorf("listed anew: case %s: %v", id, err) })
		must(t, err)
		storetest.Sound(t, db)
	})
}

// A version is kept once, its files are shared, and every adoption is told.
func TestPacksAreKept(t *testing.T) {
	t.Parallel()
	old, next := samplePack(t, nil), samplePack(t, withoutPayments)
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		for _, p := range []*policy.Pack{old, old, next, old} {
			must(t, db.AdoptPack(ctx, p.District, adopter, p))
		}
		if acts := storetest.Rows(t, db, "select id from ledger_entries where kind = 'pack.adopted'"); len(acts) != 3 {
			t.Errorf("%d adoptions are told", len(acts))
		}
		if n := len(storetest.Rows(t, db, "select hash from pack_files")); n != len(old.Files)+1 { // the later pack.yaml
			t.Errorf("%d files are kept, the old version has %d", n, len(old.Files))
		}
		kept, err := db.Packs(next).Kept(ctx)
		must(t, err)
		if len(kept) != 2 {
			t.Errorf("kept are %v", kept)
		}
		got, err := db.Packs(next).Version(ctx, old.Hash)
		must(t, err)
		if _, ok := got.Procedure("payment"); got.Hash != old.Hash || !ok {
			t.Errorf("the version %.8s comes back as %.8s", old.Hash, got.Hash)
		}
		storetest.Sound(t, db)
	})
}

// What was not kept, was damaged or cannot be loaded is said to be so.
func TestPackVersionFails(t *testing.T) {
	t.Parallel()
	old, next := samplePack(t, nil), samplePack(t, withoutPayments)
	foreign := &policy.Pack{ID: "sample", District: old.District, Version: "0.9", Files: []policy.File{{Path: "pack.yaml", Content: []byte("language: ancient\n")}}}
	foreign.Hash = fmt.Sprintf("%x", sha256.Sum256(policy.Listing(foreign.Files)))
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		for _, p := range []*policy.Pack{foreign, old, next} {
			must(t, db.AdoptPack(ctx, p.District, adopter, p))
		}
		packs := db.Packs(next)
		if _, err := packs.Version(ctx, strings.Repeat("a", 64)); gov.CodeOf(err) != gov.NotFound {
			t.Errorf("a version never adopted: %v", err)
		}
		if _, err := packs.Version(ctx, foreign.Hash); gov.CodeOf(err) != gov.Unsupported || !strings.Contains(err.Error(), "sample 0.9") {
			t.Errorf("a version of another language: %v", err)
		}
		storetest.Exec(t, db, "update pack_files set content = (select listing from pack_versions limit 1)")
		if _, err := packs.Version(ctx, old.Hash); err == nil || !strings.Contains(err.Error(), "is damaged") {
			t.Errorf("a damaged file: %v", err)
		}
		bad := *old
		bad.Hash = next.Hash
		if err := db.AdoptPack(ctx, old.District, adopter, &bad); err == nil {
			t.Error("files that do not make the hash were adopted")
		}
	})
}
