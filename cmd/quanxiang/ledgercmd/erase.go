package ledgercmd

import (
	"context"
	"errors"
	"strings"
	"time"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/people"
	"quanxiang/store"
	"quanxiang/store/ledgerdb"
)

// erase makes an entry say nothing any more of who acted, or of a sealed fact: what a person
// may demand (个人信息保护法 art. 47). The entry, its proofs and the ledger's tree stay, and
// the erasure is an act of its own.
func (f flags) erase(ctx context.Context, e *cli.Env, args []string) (err error) {
	fs := e.Flags("ledger erase", "EVENT NAME...")
	p := place{f(e, fs)}
	rest, err := cli.Parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) < 2 {
		return cli.Misused(fs, "要写事件，以及抹去什么：actor 或密封内容的名称。", "An event is needed, and what to erase: actor, or the name of a sealed fact.")
	}
	event, err := gov.ParseID(rest[0])
	if err != nil {
		return err
	}
	keys, err := installation.ReadKeys(p.Data)
	if err != nil {
		return err
	}
	db, d, _, err := p.OpenDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	names := rest[1:]
	err = db.Write(ctx, d, func(tx *store.Tx) error {
		_, err := ledgerdb.Erase(ctx, tx, people.Operator(e.Getenv("USER"), time.Now()).Actor(), event, names...)
		return err
	})
	if err != nil {
		return err
	}
	q, err := installation.NewSequencer(db, d, p.Data, keys)
	if err != nil {
		return err
	}
	defer q.Release(ctx)
	if err := q.Sequence(ctx); err != nil {
		return err
	}
	e.Say("账本已抹去事件 %[1]s 的 %[2]s：条目和证明仍在，不再说明所指的人或内容。此前的备份仍有。",
		"The ledger has erased %[2]s of event %[1]s: the entry and its proofs stay and say no more whom or what is meant. Backups made before still do.", event, strings.Join(names, ", "))
	return nil
}
