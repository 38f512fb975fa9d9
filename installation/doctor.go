package installation

import (
	"context"
	"errors"
	"time"

	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/policy"
	"quanxiang/store"
)

// Level is how bad a finding is.
type Level string

// The levels. Only a Failure makes the doctor's exit code 1.
const (
	Sound   Level = "ok"
	Warning Level = "warning"
	Failure Level = "error"
)

// Finding is what Examine says about one thing.
type Finding struct {
	Check  string   `json:"check"`
	Level  Level    `json:"Level"`
	Text   gov.Text `json:"text"`
	Advice gov.Text `json:"advice,omitzero"` // what to do
}

// doctor examines an installation and changes nothing in it.
type doctor struct {
	Place
	now   time.Time
	found []Finding
}

func (d *doctor) say(check string, l Level, text, advice gov.Text) {
	d.found = append(d.found, Finding{check, l, text, advice})
}

func (d *doctor) ok(check, zh, en string, args ...any) {
	d.say(check, Sound, gov.Textf(zh, en, args...), gov.Text{})
}

// fail says what an error means. An operator must see internal ones too.
func (d *doctor) fail(check string, err error, advice gov.Text) {
	text := gov.Text{ZH: gov.TextOf(err, gov.ZH), EN: gov.TextOf(err, gov.EN)}
	if gov.CodeOf(err) == gov.Internal {
		text = gov.Textf("出错：%v", "Error: %v", err)
	}
	d.say(check, Failure, text, advice)
}

// Examine looks at an installation without changing it and says of everything
// it looked at whether it is Sound. pack is the district's, or nil with the error
// of loading it. The error is for what keeps the examination itself from going on.
func Examine(ctx context.Context, p Place, pack *policy.Pack, packErr error) ([]Finding, error) {
	d := &doctor{Place: p, now: time.Now(), found: []Finding{}}
	err := d.examine(ctx, pack, packErr)
	return d.found, err
}

func (d *doctor) examine(ctx context.Context, pack *policy.Pack, packErr error) (err error) {
	d.folder()
	d.disk()
	d.pack(pack, packErr)
	keys, known := d.key()
	ring := d.privacyKey()
	db := d.openChecked(ctx, keys != nil)
	if db == nil {
		return ctx.Err()
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	d.engine(ctx, db)
	v, err := ledger.NewVerifier(keys.Public()...)
	if err != nil {
		return err
	}
	district := d.DistrictOf(v)
	l := store.NewLedger(db, district, v)
	d.ledger(ctx, l, known)
	d.seals(ctx, db, district, ring)
	d.files(ctx, db, district)
	d.calendar(ctx, db.Calendar(district))
	d.outbox(ctx, db.Notices(district))
	d.funds(ctx, db.Funds(district, ring)) // no account is opened: it does without the key
	if pack == nil {
		return ctx.Err()
	}
	if pack.District != district {
		d.fail("pack", gov.Errorf(gov.Conflict, "账本属于区划 %[1]s，政策包却是 %[2]s 的。", "The ledger is of district %[1]s, but the pack is of %[2]s.", district, pack.District), gov.Text{ZH: "用 --pack 指定本区的政策包。", EN: "Name the pack of this district with --pack."})
		return ctx.Err()
	}
	d.adopted(ctx, db, pack)
	d.kept(ctx, db.Packs(pack))
	d.index(ctx, db, pack)
	return ctx.Err()
}

// pack tells whether the pack loads.
func (d *doctor) pack(pack *policy.Pack, err error) {
	if problems, ok := errors.AsType[policy.Problems](err); ok {
		err = gov.Errorf(gov.Invalid, "政策包有 %d 处错误。", "Mistakes in the pack: %d.", len(problems))
	}
	if err != nil {
		d.fail("pack", err, gov.Text{ZH: "quanxiang pack check 会列出错误。", EN: "quanxiang pack check lists the mistakes."})
		return
	}
	d.ok("pack", "政策包 %[1]s %[2]s 可以载入。", "The pack %[1]s %[2]s loads.", pack.ID, pack.Version)
}

// adopted compares the pack with the one in the ledger.
func (d *doctor) adopted(ctx context.Context, db *store.DB, pack *policy.Pack) {
	last, err := db.AdoptedPack(ctx, pack.District)
	switch {
	case err != nil:
		d.fail("adopted_pack", err, gov.Text{})
	case last == (store.Pack{}):
		d.say("adopted_pack", Warning, gov.Text{ZH: "账本中还没有启用政策包的记录。", EN: "The ledger does not tell yet which pack the district works by."},
			gov.Text{ZH: "serve 或 import 启动时会记录。", EN: "serve and import record it when they start."})
	case last != store.Pack{ID: pack.ID, Version: pack.Version, Hash: pack.Hash}:
		d.say("adopted_pack", Warning, gov.Textf("账本中启用的政策包是 %[1]s %[2]s（%.12[3]s），这里的是 %[4]s %[5]s（%.12[6]s）。",
			"The ledger says that the district works by pack %[1]s %[2]s (%.12[3]s); this is %[4]s %[5]s (%.12[6]s).", last.ID, last.Version, last.Hash, pack.ID, pack.Version, pack.Hash),
			gov.Text{ZH: "若已换政策包，重新启动 serve 即会记录；否则用 --pack 指定原来的。", EN: "If the pack was changed on purpose, restarting serve records it; otherwise name the old one with --pack."})
	default:
		d.ok("adopted_pack", "政策包与账本所记一致。", "The pack is the one the ledger tells of.")
	}
}

// kept tries whether every pack a case may run under loads.
func (d *doctor) kept(ctx context.Context, packs *store.Packs) {
	list, err := packs.Kept(ctx)
	if err != nil {
		d.fail("kept_packs", err, gov.Text{})
		return
	}
	good := true
	for _, v := range list {
		if _, err := packs.Version(ctx, v.Hash); err != nil {
			good = false
			d.fail("kept_packs", err, gov.Text{ZH: "按这一版本办理的案件暂不能继续；改用能载入它的程序版本。", EN: "Cases that began under it cannot go on; use a version of the program that loads it."})
		}
	}
	if good {
		d.ok("kept_packs", "留存的政策包 %d 个版本都能载入。", "All %d kept versions of the pack load.", len(list))
	}
}
