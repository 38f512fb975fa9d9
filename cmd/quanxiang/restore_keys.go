package main

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"quanxiang/backup"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/installation"
	"quanxiang/ledger"
	"quanxiang/privacy"
)

// decideKeys finds out, before anything is written, which keys the restored
// installation will have: the key files to write, by name. Those that are there
// already stay.
func (r *restoreRun) decideKeys(ctx context.Context) (map[string]string, error) {
	ledgers, err := r.ledgerKey(ctx)
	if err != nil {
		return nil, err
	}
	seals, err := r.privacyKey(ctx)
	if err != nil {
		return nil, err
	}
	files := map[string]string{installation.KeyFile: ledgers, installation.PrivacyKeyFile: seals}
	maps.DeleteFunc(files, func(_, text string) bool { return text == "" })
	return files, nil
}

// ledgerKey is the text of the key that will sign, or "" for the one that is
// there.
func (r *restoreRun) ledgerKey(ctx context.Context) (string, error) {
	if len(r.archive.Keys) == 0 {
		return "", gov.Errorf(gov.Invalid, "备份的清单中没有账本公钥。", "The backup's manifest has no public key of the ledger.")
	}
	here, err := installation.ReadKeys(r.place.Data)
	if err == nil {
		for _, k := range here.Public() {
			if k == r.archive.Keys[0] {
				return "", nil
			}
		}
		return "", gov.Errorf(gov.Conflict, "%s 是另一个账本的私钥；请恢复到空的数据文件夹，或放入备份所属账本的私钥。",
			"%s is the key of another ledger; restore into an empty data folder, or put the key of the backup's ledger there.", filepath.Join(r.place.Data, installation.KeyFile))
	}
	if gov.CodeOf(err) != gov.NotFound {
		return "", err
	}
	secret, err := r.archive.Secret(ctx, backup.LedgerKey)
	if err != nil || secret != nil {
		return string(secret), err
	}
	if !r.newKey {
		return "", gov.Errorf(gov.Invalid, "备份中没有账本私钥：请把另存的 %[1]s 放到 %[2]s 后再恢复；如已丢失，用 --new-key 生成新私钥。",
			"The ledger's private key is not in the backup: put the %[1]s you kept into %[2]s and restore again; if it is lost, --new-key makes a new one.", installation.KeyFile, r.place.Data)
	}
	v, err := ledger.NewVerifier(r.archive.Keys...)
	if err != nil {
		return "", err
	}
	private, public, err := installation.NewKey(v.Origin())
	if err != nil {
		return "", err
	}
	r.e.Note("已生成新的账本私钥，请公布新公钥：%s", "Made a new key of the ledger; publish its public key: %s", public)
	return private + "\n" + strings.Join(r.archive.Keys, "\n") + "\n", nil
}

// privacyKey is the text of the keys that open what the backup holds sealed, or
// "" for those that are there. A key that was made in the place of a lost one is
// taken for the right one only when --new-key says that it is lost, as it was
// said by the run of this restore that made it.
func (r *restoreRun) privacyKey(ctx context.Context) (string, error) {
	here, err := installation.ReadKeyring(r.place.Data)
	if err == nil {
		for _, id := range r.archive.Sealing {
			if !slices.Contains(here.IDs(), id) && !r.newKey {
				return "", gov.Errorf(gov.Conflict, "%[1]s 没有打开这个备份所需的密钥 %[2]s；请放入备份所属安装的 %[3]s。",
					"%[1]s lacks the key %[2]s that opens this backup; put the %[3]s of its installation there.",
					filepath.Join(r.place.Data, installation.PrivacyKeyFile), id, installation.PrivacyKeyFile)
			}
		}
		return "", nil
	}
	if gov.CodeOf(err) != gov.NotFound {
		return "", err
	}
	secret, err := r.archive.Secret(ctx, backup.PrivacyKey)
	if err != nil || secret != nil {
		return string(secret), err
	}
	if len(r.archive.Sealing) > 0 && !r.newKey {
		return "", gov.Errorf(gov.Invalid, "备份中没有隐私密钥：请把另存的 %[1]s 放到 %[2]s 后再恢复；如已丢失，用 --new-key 生成新的，但备份中密封的个人信息再也打不开。",
			"The privacy key is not in the backup: put the %[1]s you kept into %[2]s and restore again; if it is lost, --new-key makes a new one, but what is sealed in the backup never opens again.",
			installation.PrivacyKeyFile, r.place.Data)
	}
	return privacy.NewKeyring().Text(), nil
}

// sealsNote tells, as an error, when personal data came back that do not open.
// The restore is complete all the same.
func (r *restoreRun) sealsNote(ctx context.Context, s *system) error {
	found, err := s.seals().Check(ctx)
	if err != nil || found.Closed == 0 {
		return err
	}
	r.e.Note("密封的个人信息有 %[1]d 项（共 %[2]d 项）打不开：恢复的人员无法登录，姓名和联系方式已不可读。",
		"%[1]d of %[2]d sealed personal values do not open: the restored persons cannot log in, their names and contacts cannot be read.", found.Closed, found.Values)
	return cli.ErrSilent
}

// putKeys writes the key files and the newest checkpoint the backup knows.
func (r *restoreRun) putKeys(files map[string]string) error {
	for name, text := range files {
		if err := installation.WriteKey(r.place.Data, name, text); err != nil {
			return err
		}
	}
	head := installation.HeadKeeper(filepath.Join(r.place.Data, installation.HeadFile))
	note, err := head.Load()
	if err != nil || note != nil || r.archive.Checkpoint == "" {
		return err
	}
	return head.Save([]byte(r.archive.Checkpoint))
}
