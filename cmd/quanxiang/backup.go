package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"quanxiang/backup"
	"quanxiang/cmd/quanxiang/archive"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/policy"
)

// backupCommand writes an installation into one archive. The system may go on
// running: the rows are those of one moment, and files never change.
func backupCommand(ctx context.Context, e *cli.Env, args []string) (err error) {
	flags := e.Flags("backup", "FILE|- [--with-key]")
	p := placeFlags(e, flags)
	dir := packFlag(e, flags)
	withKey := flags.Bool("with-key", false, gov.Text{
		ZH: "连同账本私钥和隐私密钥一起备份；这样的备份须像密钥一样保管",
		EN: "include the ledger's private key and the privacy key; such a backup must be kept like the keys"}.In(e.Lang))
	rest, err := cli.ParseExactly(flags, args, 1)
	if err != nil {
		return err
	}
	pack, err := openPack(e, *dir)
	if err != nil {
		return err
	}
	db, d, v, err := p.OpenDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if d != pack.District {
		return otherDistrict(d, pack)
	}
	b := &archive.Run{Env: e, DB: db, District: d, Folder: p.Files(), Pack: pack, Program: versionString()}
	if b.Keys, err = installation.ReadKeys(p.Data); err != nil {
		return err
	}
	if b.Ring, err = installation.ReadKeyring(p.Data); err != nil && gov.CodeOf(err) != gov.NotFound {
		return err
	}
	if *withKey {
		if b.Secrets, err = archive.ReadSecrets(p.Data); err != nil {
			return err
		}
	}
	var m backup.Manifest
	if rest[0] == "-" {
		m, err = b.Write(ctx, e.Stdout)
	} else {
		err = cli.CreateWhole(rest[0], func(w io.Writer) error {
			m, err = b.Write(ctx, w)
			return err
		})
	}
	if err != nil {
		return err
	}
	size := int64(0)
	if m.Checkpoint != "" {
		c, err := v.Open([]byte(m.Checkpoint))
		if err != nil {
			return fmt.Errorf("open the newest checkpoint: %w", err)
		}
		size = c.Size
	}
	e.Note("已备份：数据 %[1]d 行，文件 %[2]d 个，账本 %[3]d 条。", "Backed up: %[1]d rows, %[2]d files, %[3]d ledger entries.", m.RowCount(), m.Files.Count, size)
	switch {
	case *withKey:
		e.Note("备份中有密钥：请像密钥一样保管。", "The private keys are in it: keep it like the keys.")
	default:
		e.Note("备份中没有密钥；%[1]s 和 %[2]s 须另行保管，恢复时要用。", "The private keys are not in it; keep %[1]s and %[2]s elsewhere, restoring needs them.", installation.KeyFile, installation.PrivacyKeyFile)
	}
	if b.Ring == nil {
		e.Note("注意：数据文件夹中没有 %s。", "Note: there is no %s in the data folder.", installation.PrivacyKeyFile)
	}
	if len(m.Absent) > 0 {
		e.Note("有 %[1]d 个文件缺失或损坏，没有备份：", "%[1]d files are missing or damaged and were not backed up:", len(m.Absent))
		for _, key := range m.Absent {
			fmt.Fprintln(e.Stderr, "  "+key)
		}
		return cli.ErrSilent
	}
	return nil
}

// otherDistrict is the error about a database or backup that is not the pack's.
func otherDistrict(d gov.District, pack *policy.Pack) error {
	return gov.Errorf(gov.Conflict, "数据属于区划 %[1]s，政策包却是 %[2]s 的。", "The data are of district %[1]s, but the pack is of %[2]s.", d, pack.District)
}
