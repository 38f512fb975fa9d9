package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/policy"
	"quanxiang/store/ledgerdb"
	"quanxiang/store/sqldb"
)

// packTables keep every version of the pack a district worked by, since a case
// ends under the version it began with. A version is the list whose SHA-256 is
// its hash; files that versions share are there once.
var packTables = []Table{
	sqldb.NewTable("pack_versions", sqldb.Recorded, 2, "district text, hash text, pack text, version text, listing bytes"),
	sqldb.NewTable("pack_files", sqldb.Recorded, 2, "district text, hash text, content bytes"),
}

// packAdopted is the kind of the act of AdoptPack.
const packAdopted = "pack.adopted"

// packObject is what the acts about a district's pack are about: there is one.
const packObject = "pack:district"

// Pack names a version of a district's pack.
type Pack struct{ ID, Version, Hash string }

const lastAbout = `
select body
from ledger_entries
where district = $1 and object = $2
order by at desc, id desc
limit 1`

// AdoptedPack is the pack that was last adopted, zero before the first.
func (db *DB) AdoptedPack(ctx context.Context, d gov.District) (p Pack, err error) {
	err = db.Read(ctx, d, func(tx *Tx) error {
		p, err = adoptedPack(ctx, tx)
		return err
	})
	return p, err
}

func adoptedPack(ctx context.Context, tx *Tx) (Pack, error) {
	list, err := sqldb.Collect(ctx, tx, func(scan func(...any) error) (b []byte, err error) { return b, scan(&b) },
		lastAbout, tx.District(), packObject)
	if err != nil || len(list) == 0 {
		return Pack{}, sqldb.Classify(err, "look for the adopted pack")
	}
	e, err := ledger.Decode(list[0])
	if err != nil {
		return Pack{}, fmt.Errorf("decode the entry about the pack: %v", err)
	}
	return Pack{e.Facts["pack"], e.Facts["version"], e.Facts["sha256"]}, nil
}

const (
	packVersion = `
select pack, version, listing
from pack_versions
where district = $1 and hash = $2`
	packVersions = `
select hash, pack, version
from pack_versions
where district = $1
order by hash`
	packFile = `
select content
from pack_files
where district = $1 and hash = $2`
	countPackFile = `
select count(*)
from pack_files
where district = $1 and hash = $2`
	// What has a hash is the same whoever writes it first.
	insertPackVersion = `
insert into pack_versions (district, hash, pack, version, listing)
values ($1, $2, $3, $4, $5)
on conflict (district, hash) do nothing`
	insertPackFile = `
insert into pack_files (district, hash, content)
values ($1, $2, $3)
on conflict (district, hash) do nothing`
)

// AdoptPack records that a district works by a pack from now on, unless it does
// already, keeps the pack's files with the record, and asks for the cases that
// procedures of the pack make of documents.
func (db *DB) AdoptPack(ctx context.Context, d gov.District, actor gov.Actor, p *policy.Pack) error {
	listing := policy.Listing(p.Files)
	if hashOf(listing) != p.Hash {
		return fmt.Errorf("adopt pack %s %s: its files do not make its hash %s", p.ID, p.Version, p.Hash)
	}
	return db.Write(ctx, d, func(tx *Tx) error {
		now, err := adoptedPack(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := keepPack(ctx, tx, p, listing)
		if err != nil || len(rows) == 0 && now == (Pack{p.ID, p.Version, p.Hash}) {
			return err
		}
		_, err = ledgerdb.Record(ctx, tx, ledgerdb.Act{
			Kind: packAdopted, Object: packObject, Actor: actor, Rows: rows,
			Facts: map[string]string{"pack": p.ID, "version": p.Version, "sha256": p.Hash},
		})
		if err != nil {
			return err
		}
		return proposeAll(ctx, tx)
	})
}

const importedDocuments = `
select slug
from documents
where district = $1 and version > 0
order by slug`

// proposeAll asks that cases are made of the items of every document: a pack may
// have procedures about items that the one before did not have.
func proposeAll(ctx context.Context, tx *Tx) error {
	slugs, err := sqldb.Collect(ctx, tx, func(scan func(...any) error) (s string, err error) { return s, scan(&s) },
		importedDocuments, tx.District())
	if err != nil {
		return sqldb.Classify(err, "list documents")
	}
	for _, slug := range slugs {
		if err := Enqueue(ctx, tx, docket.ProposeJob, slug, tx.Now()); err != nil {
			return err
		}
	}
	return nil
}

// keepPack writes what is not kept yet of a version and names those rows.
func keepPack(ctx context.Context, tx *Tx, p *policy.Pack, listing []byte) (rows []ledgerdb.RowRef, err error) {
	if _, _, err := keptListing(ctx, tx, p.Hash); err == nil || gov.CodeOf(err) != gov.NotFound {
		return nil, err
	}
	for _, f := range p.Files {
		hash := hashOf(f.Content)
		var there int
		if err := tx.QueryRowContext(ctx, countPackFile, tx.District(), hash).Scan(&there); err != nil {
			return nil, sqldb.Classify(err, "look for pack file %s", f.Path)
		}
		if there > 0 {
			continue
		}
		content := f.Content
		if content == nil {
			content = []byte{} // an empty file is not null
		}
		if _, err := tx.ExecContext(ctx, insertPackFile, tx.District(), hash, content); err != nil {
			return nil, sqldb.Classify(err, "keep pack file %s", f.Path)
		}
		rows = append(rows, ledgerdb.RowOf("pack_files", hash))
	}
	if _, err := tx.ExecContext(ctx, insertPackVersion, tx.District(), p.Hash, p.ID, p.Version, listing); err != nil {
		return nil, sqldb.Classify(err, "keep pack %s %s", p.ID, p.Version)
	}
	return append(rows, ledgerdb.RowOf("pack_versions", p.Hash)), nil
}

// keptListing reads the list of a kept version, or NotFound.
func keptListing(ctx context.Context, tx *Tx, hash string) (named Pack, listing []byte, err error) {
	named.Hash = hash
	err = tx.QueryRowContext(ctx, packVersion, tx.District(), hash).Scan(&named.ID, &named.Version, &listing)
	return named, listing, sqldb.Classify(err, "pack version %s", hash)
}

// keptPack reads the files of a kept version and checks every one by its hash.
func keptPack(ctx context.Context, tx *Tx, hash string) (named Pack, list []policy.File, err error) {
	named, listing, err := keptListing(ctx, tx, hash)
	if err != nil {
		return named, nil, err
	}
	if hashOf(listing) != hash {
		return named, nil, damaged(named, "pack_versions")
	}
	for line := range bytes.Lines(listing) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), "  ")
		var content []byte
		err := tx.QueryRowContext(ctx, packFile, tx.District(), sum).Scan(&content)
		if err = sqldb.Classify(err, "pack file %s", name); err != nil && gov.CodeOf(err) != gov.NotFound {
			return named, nil, err
		}
		if err != nil || hashOf(content) != sum {
			return named, nil, damaged(named, name)
		}
		list = append(list, policy.File{Path: name, Content: content})
	}
	return named, list, nil
}

// damaged is about a kept version that is not what its hash says. It has no
// code, as it is nothing the user can mend.
func damaged(p Pack, where string) error {
	return fmt.Errorf("the kept pack %s %s (%.12s) is damaged at %s; restore it from a backup", p.ID, p.Version, p.Hash, where)
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Packs gives the packs of one district by their hash: the one in force, and
// every one that was ever adopted, for the cases that began under it.
type Packs struct {
	db       *DB
	district gov.District
	current  *policy.Pack

	mu   sync.Mutex
	kept map[string]*policy.Pack // loaded so far, by hash; there are few, and they are never dropped
}

var _ docket.Packs = (*Packs)(nil)

// Packs returns the packs of a district in which p is in force.
func (db *DB) Packs(p *policy.Pack) *Packs {
	return &Packs{db: db, district: p.District, current: p, kept: map[string]*policy.Pack{p.Hash: p}}
}

// Current implements docket.Packs.
func (p *Packs) Current() *policy.Pack { return p.current }

// Kept lists the versions that are kept, the one in force among them once it was
// adopted.
func (p *Packs) Kept(ctx context.Context) (list []Pack, err error) {
	err = p.db.Read(ctx, p.district, func(tx *Tx) error {
		list, err = sqldb.Collect(ctx, tx, func(scan func(...any) error) (v Pack, err error) {
			return v, scan(&v.Hash, &v.ID, &v.Version)
		}, packVersions, tx.District())
		return sqldb.Classify(err, "list the kept packs")
	})
	return list, err
}

// Version implements docket.Packs. It returns Unsupported for a version this
// program cannot load. It may be called within a transaction: what it reads
// never changes.
func (p *Packs) Version(ctx context.Context, hash string) (*policy.Pack, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if pack, ok := p.kept[hash]; ok {
		return pack, nil
	}
	var named Pack
	var list []policy.File
	err := p.db.Read(ctx, p.district, func(tx *Tx) (err error) {
		named, list, err = keptPack(ctx, tx, hash)
		return err
	})
	if gov.CodeOf(err) == gov.NotFound {
		return nil, gov.Errorf(gov.NotFound, "政策包版本 %.12s 没有留存", "the pack version %.12s was not kept", hash).Because(err)
	}
	if err != nil {
		return nil, err
	}
	pack, err := policy.LoadFiles(list)
	if problems, ok := errors.AsType[policy.Problems](err); ok {
		return nil, gov.Errorf(gov.Unsupported, "本程序不能载入留存的政策包 %[1]s %[2]s（%.12[3]s），它的写法属于另一版本的程序：%[4]s",
			"this program cannot load the kept pack %[1]s %[2]s (%.12[3]s), which is written for another version of it: %[5]s",
			named.ID, named.Version, named.Hash, problems[:1].In(gov.ZH), problems[:1].In(gov.EN)).Because(err)
	}
	if err != nil {
		return nil, err
	}
	p.kept[hash] = pack
	return pack, nil
}
