package installation

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/ledger"
	"quanxiang/library"
	"quanxiang/notices"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/store"
	"quanxiang/store/dumpdb"
	"quanxiang/store/resealdb"
)

// What the doctor takes for bad.
const (
	fewBytes     = 2 << 30 // of disk space: a warning
	noBytes      = 256 << 20
	longWait     = time.Minute     // of an entry for the sequencer
	mailWait     = time.Hour       // of a mail for the server
	clockSlip    = 5 * time.Minute // of this machine's clock behind the ledger
	yearAhead    = 45              // days before a year whose holidays must be known
	maxNamedHere = 10              // things of one sort that are named one by one
)

// folder looks at the data folder and who may read it.
func (d *doctor) folder() {
	info, err := os.Stat(d.Data)
	if err != nil || !info.IsDir() {
		d.fail("folder", gov.Errorf(gov.NotFound, "没有数据文件夹“%s”。", "There is no data folder %q.", d.Data),
			gov.Text{ZH: "用 --data 指定，或用 quanxiang init 建立。", EN: "Name it with --data, or make it with quanxiang init."})
		return
	}
	if err := d.Whole(); err != nil {
		d.fail("folder", err, gov.Text{})
		return
	}
	probe, err := os.CreateTemp(d.Data, ".doctor-*")
	if err != nil {
		d.fail("folder", gov.Errorf(gov.Forbidden, "数据文件夹“%s”不能写入。", "The data folder %q cannot be written to.", d.Data).Because(err),
			gov.Text{ZH: "把它交给运行程序的用户（chown）。", EN: "Give it to the user the program runs as (chown)."})
		return
	}
	err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	switch {
	case err != nil:
		d.fail("folder", err, gov.Text{})
	case info.Mode().Perm()&0o007 != 0:
		d.say("folder", Warning, gov.Textf("数据文件夹“%[1]s”任何用户都能打开（%[2]o）。", "Any user may open the data folder %[1]q (%[2]o).", d.Data, info.Mode().Perm()),
			gov.Textf("chmod 750 %s", "chmod 750 %s", d.Data))
	default:
		d.ok("folder", "数据文件夹“%s”可用。", "The data folder %q is usable.", d.Data)
	}
}

// disk looks at the space left beside the data.
func (d *doctor) disk() {
	free, known, err := freeBytes(d.Data)
	if !known || errors.Is(err, fs.ErrNotExist) {
		return // said of the folder already, or not to be had on this system
	}
	text := gov.Textf("数据文件夹所在磁盘剩余 %d MiB。", "The disk of the data folder has %d MiB left.", free>>20)
	advice := gov.Text{ZH: "腾出空间：磁盘写满后所有写入都会失败。", EN: "Make room: on a full disk every write fails."}
	switch {
	case err != nil:
		d.fail("disk", err, gov.Text{})
	case free < noBytes:
		d.say("disk", Failure, text, advice)
	case free < fewBytes:
		d.say("disk", Warning, text, advice)
	default:
		d.say("disk", Sound, text, gov.Text{})
	}
}

// key looks at the ledger's key and at the newest checkpoint kept beside it.
func (d *doctor) key() (keys *Keys, head *ledger.Checkpoint) {
	path := filepath.Join(d.Data, KeyFile)
	k, err := ReadKeys(d.Data)
	if err != nil {
		d.fail("key", err, gov.Text{
			ZH: "把另存的 ledger.key 放回数据文件夹；新装请用 quanxiang init。",
			EN: "Put the ledger.key you kept back into the data folder; a new installation begins with quanxiang init."})
		return nil, nil
	}
	if !private(path) {
		d.say("key", Failure, gov.Textf("其他用户能读取账本私钥 %s。", "Other users may read the ledger's private key %s.", path),
			gov.Textf("chmod 600 %s；若可能已泄露，请更换私钥。", "chmod 600 %s; replace the key if it may have leaked.", path))
	} else {
		d.ok("key", "账本私钥可用，账本名称 %s。", "The ledger's key is usable; the ledger is %s.", k.Signer.Origin())
	}
	note, err := HeadKeeper(filepath.Join(d.Data, HeadFile)).Load()
	if err != nil || note == nil {
		d.say("head", Warning, gov.Textf("没有 %s：数据库若被换成旧的，将无从察觉。", "There is no %s: a database put back in time would go unnoticed.", HeadFile),
			gov.Text{ZH: "serve 写入下一条时会重新保存；平时请把检查点另存一份。", EN: "serve keeps it again with the next entry; keep checkpoints elsewhere too."})
		return &k, nil
	}
	v, err := ledger.NewVerifier(k.Public()...)
	if err == nil {
		var c ledger.Checkpoint
		if c, err = v.Open(note); err == nil {
			return &k, &c
		}
	}
	d.fail("head", fmt.Errorf("%s: %w", HeadFile, err), gov.Text{ZH: "私钥与此前签名的账本不是同一个。", EN: "The key is not that of the ledger signed here before."})
	return &k, nil
}

// private reports whether a file is there for its owner alone.
func private(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o077 == 0
}

// privacyKey looks at the keys that seal personal data. It returns nil when they
// cannot be used.
func (d *doctor) privacyKey() *privacy.Keyring {
	path := filepath.Join(d.Data, PrivacyKeyFile)
	ring, err := ReadKeyring(d.Data)
	switch {
	case gov.CodeOf(err) == gov.NotFound:
		return nil // bad only if something is sealed, see seals
	case err != nil:
		d.fail("privacy_key", err, gov.Text{ZH: "把另存的 privacy.key 放回数据文件夹。", EN: "Put the privacy.key you kept back into the data folder."})
		return nil
	case !private(path):
		d.say("privacy_key", Failure, gov.Textf("其他用户能读取隐私密钥 %s。", "Other users may read the privacy key %s.", path),
			gov.Textf("chmod 600 %s；若可能已泄露，见运维手册“隐私密钥”。", "chmod 600 %s; if it may have leaked, see the operator's guide on the privacy key.", path))
	default:
		d.ok("privacy_key", "隐私密钥可用（%s）。", "The privacy key is usable (%s).", ring.IDs()[0])
	}
	return ring
}

// seals tries whether what is sealed opens. Without a key it tells whether one
// is missing.
func (d *doctor) seals(ctx context.Context, db *store.DB, district gov.District, ring *privacy.Keyring) {
	here := ring != nil
	if !here {
		ring = privacy.NewKeyring()
	}
	found, err := db.Seals(district, ring).Check(ctx)
	switch {
	case err != nil:
		d.fail("seals", err, gov.Text{})
	case found.Closed > 0:
		why := gov.Textf("数据文件夹中没有可用的 %s", "there is no usable %s in the data folder", PrivacyKeyFile)
		if here {
			why = gov.Textf("%v", "%v", found.First)
		}
		d.say("seals", Failure, gov.Textf("密封的个人信息有 %[1]d 项（共 %[2]d 项）打不开：%[3]s。", "%[1]d of %[2]d sealed personal values do not open: %[4]s.", found.Closed, found.Values, why.ZH, why.EN),
			gov.Text{ZH: "放回与数据库同属一个安装的 privacy.key；没有它，无人能够登录。", EN: "Put back the privacy.key of the installation the database is from; nobody can log in without it."})
	case !here:
		d.say("seals", Warning, gov.Textf("还没有 %s。", "There is no %s yet.", PrivacyKeyFile),
			gov.Text{ZH: "下一个写入数据的命令会生成；请随即另行备份。", EN: "The next command that writes makes it; back it up on its own then."})
	default:
		d.ok("seals", "密封的个人信息 %d 项都能打开。", "All %d sealed personal values open.", found.Values)
	}
	if here && err == nil {
		d.rotation(ctx, db.Seals(district, ring), ring)
	}
}

// rotation looks whether the key is one that was replaced, and whether older ones are
// still about. Of a file with one key that is in force nothing is said.
func (d *doctor) rotation(ctx context.Context, seals *resealdb.Seals, ring *privacy.Keyring) {
	if err := seals.Outdated(ctx); err != nil {
		d.fail("rotation", err, gov.Text{ZH: "在更换之后保存的副本或备份中查找。", EN: "Look for it among the copies and backups of after the rotation."})
		return
	}
	old := len(ring.IDs()) - 1
	if old == 0 {
		return
	}
	needed, _, err := seals.Needed(ctx)
	switch {
	case err != nil:
		d.fail("rotation", err, gov.Text{})
	case needed > 0:
		d.say("rotation", Warning, gov.Textf("更换隐私密钥尚未完成：还有 %d 项需要旧密钥。", "A rotation of the privacy key is unfinished: %d values still need an old key.", needed),
			gov.Text{ZH: "运行 quanxiang privacy reseal。", EN: "Run quanxiang privacy reseal."})
	default:
		d.say("rotation", Warning, gov.Textf("密钥文件中还有 %d 把已不需要的旧隐私密钥。", "%d old privacy keys that nothing needs are still in the key file.", old),
			gov.Text{ZH: "另存新的 privacy.key，然后运行 quanxiang privacy retire。", EN: "Keep a copy of the new privacy.key, then run quanxiang privacy retire."})
	}
}

// openChecked opens the database, or says why not.
func (d *doctor) openChecked(ctx context.Context, possible bool) *store.DB {
	if !possible {
		d.say("database", Warning, gov.Text{ZH: "没有账本私钥，数据库没有检查。", EN: "Without the ledger's key the database was not looked at."}, gov.Text{})
		return nil
	}
	db, _, _, err := d.OpenDatabase(ctx)
	if err != nil {
		d.fail("database", err, gov.Text{ZH: "核对 --database；数据库服务是否在运行？", EN: "Check --database; is the database server running?"})
		return nil
	}
	d.ok("database", "数据库（%s）可用，结构为最新。", "The database (%s) answers, and its schema is current.", db.Engine())
	return db
}

func (d *doctor) engine(ctx context.Context, db *store.DB) {
	settings, err := db.Settings(ctx)
	if err != nil {
		d.fail("settings", err, gov.Text{})
		return
	}
	good := true
	for _, s := range settings {
		if !s.Fault.IsZero() {
			good = false
			d.say("settings", Failure, s.Fault, gov.Text{ZH: "见运维手册“数据库”一节；先备份。", EN: "See the operator's guide on databases; back up first."})
		}
	}
	if good {
		d.ok("settings", "数据库设置 %d 项均合要求。", "The %d settings of the database are as they should be.", len(settings))
	}
}

// ledger looks at the newest checkpoint, the queue and the clock.
func (d *doctor) ledger(ctx context.Context, l *store.Ledger, known *ledger.Checkpoint) {
	_, err := l.Checkpoint(ctx)
	switch {
	case gov.CodeOf(err) == gov.NotFound && known == nil:
		d.ok("ledger", "账本还是空的。", "The ledger is still empty.")
	case err != nil && gov.CodeOf(err) != gov.NotFound:
		d.fail("ledger", err, gov.Text{ZH: "运行 quanxiang ledger verify 查明；不要自行修改数据库。", EN: "quanxiang ledger verify tells more; do not repair the database by hand."})
	case known == nil:
		d.ok("ledger", "最新检查点可以用本机公钥核验。", "The newest checkpoint verifies with the key here.")
	default:
		if err := l.Contains(ctx, *known); err != nil {
			d.fail("ledger", err, gov.Text{ZH: "数据库可能由旧备份恢复：找更新的备份，见运维手册“账本”。", EN: "An old backup may have been restored: find a newer one; see the operator's guide on the ledger."})
		} else {
			d.ok("ledger", "数据库中的账本包含另存的最新检查点（%d 条）。", "The ledger in the database contains the newest checkpoint kept beside it (%d entries).", known.Size)
		}
	}
	n, since, err := l.Waiting(ctx)
	wait := d.now.Sub(time.UnixMilli(since)).Truncate(time.Second)
	switch {
	case err != nil:
		d.fail("sequencer", err, gov.Text{})
	case n > 0 && wait > longWait:
		d.say("sequencer", Failure, gov.Textf("%[1]d 条等待入账，最早的已等 %[2]s。", "%[1]d entries wait for the ledger, the oldest for %[2]s.", n, wait),
			gov.Text{ZH: "serve 是否在运行？看日志中的 ledger 错误。", EN: "Is serve running? Look for ledger errors in its log."})
	default:
		d.ok("sequencer", "等待入账 %d 条。", "%d entries wait for the ledger.", n)
	}
	newest, err := l.Recent(ctx, 1)
	switch {
	case err != nil:
		d.fail("clock", err, gov.Text{})
	case len(newest) == 1 && time.UnixMilli(newest[0].At).Sub(d.now) > clockSlip:
		d.say("clock", Failure, gov.Textf("本机时钟慢：账本最新一条的时间是 %s。", "This machine's clock is behind: the ledger's newest entry is of %s.",
			time.UnixMilli(newest[0].At).In(gov.China).Format("2006-01-02 15:04:05")),
			gov.Text{ZH: "开启时间同步（NTP）。", EN: "Turn on time synchronisation (NTP)."})
	default:
		d.ok("clock", "时钟不早于账本。", "The clock is not behind the ledger.")
	}
}

// files looks for every whole file that rows refer to, and reads it.
func (d *doctor) files(ctx context.Context, db *store.DB, district gov.District) {
	var names []string
	err := db.Read(ctx, district, func(tx *store.Tx) error {
		for name, err := range dumpdb.FileKeys(ctx, tx) {
			if err != nil {
				return err
			}
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		d.fail("files", err, gov.Text{})
		return
	}
	bad := 0
	for _, name := range names {
		key, err := files.ParseKey(name)
		if err == nil {
			err = d.Files().Check(ctx, key)
		}
		if err == nil {
			continue
		}
		if bad++; bad <= maxNamedHere {
			d.fail("files", err, gov.Text{ZH: "从备份的 files/ 放回，或重新导入该公报。", EN: "Put it back from files/ of a backup, or import that gazette again."})
		}
	}
	if bad == 0 {
		d.ok("files", "所引用的文件 %d 个俱在，内容相符。", "All %d files that are referred to are there and unchanged.", len(names))
	} else if bad > maxNamedHere {
		d.fail("files", gov.Errorf(gov.NotFound, "另有 %d 个文件缺失或损坏。", "%d more files are missing or damaged.", bad-maxNamedHere), gov.Text{})
	}
}

// calendar looks whether the holidays of the time ahead are known.
func (d *doctor) calendar(ctx context.Context, c *store.Calendar) {
	cal, err := c.Current(ctx)
	if err != nil {
		d.fail("calendar", err, gov.Text{})
		return
	}
	today := gov.DateOf(d.now)
	for _, year := range []int{today.Year, today.Add(yearAhead).Year} {
		if _, ok := cal.Year(year); !ok {
			d.say("calendar", Warning, gov.Textf("%d 年的放假安排尚未载入，涉及该年的期限只是暂定。", "The holidays of %d are not loaded: deadlines that reach into it are provisional.", year),
				gov.Text{ZH: "国务院公布后运行 quanxiang calendar load。", EN: "Run quanxiang calendar load once the State Council has announced them."})
			return
		}
	}
	d.ok("calendar", "工作日历已覆盖今后 %d 天。", "The working calendar covers the next %d days.", yearAhead)
}

// outbox looks whether mails get out.
func (d *doctor) outbox(ctx context.Context, n notices.Store) {
	o, err := n.Outbox(ctx)
	wait := d.now.Sub(time.UnixMilli(o.Since)).Truncate(time.Minute)
	switch {
	case err != nil:
		d.fail("outbox", err, gov.Text{})
	case o.Waiting > 0 && wait > mailWait:
		d.say("outbox", Warning, gov.Textf("%[1]d 封提醒邮件没有发出，最早的已等 %[2]s。", "%[1]d mails of notice were not sent, the oldest has waited for %[2]s.", o.Waiting, wait),
			gov.Text{ZH: "serve 是否带 --smtp 运行？看日志中的 notices.mail 错误。", EN: "Does serve run with --smtp? Look for errors of notices.mail in its log."})
	case o.GivenUp > 0:
		d.say("outbox", Warning, gov.Textf("%[1]d 封提醒邮件被邮件服务器拒收，不再重试；最近的答复是 %[2]d。", "The mail server refused %[1]d mails of notice for good; its last answer was %[2]d.", o.GivenUp, o.Answer),
			gov.Text{ZH: "核对人员的邮箱地址和 --smtp-from；提醒本身在系统内仍可看到。", EN: "Check the addresses of persons and --smtp-from; the messages themselves are in the program."})
	default:
		d.ok("outbox", "没有滞留的提醒邮件。", "No mail of notice is stuck.")
	}
}

// index looks whether every document can be found.
func (d *doctor) index(ctx context.Context, db *store.DB, pack *policy.Pack) {
	missing, err := library.New(db.Library(pack.District), pack, time.Now).Unindexed(ctx)
	switch {
	case err != nil:
		d.fail("search", err, gov.Text{})
	case len(missing) > 0:
		d.say("search", Failure, gov.Textf("检索索引不完整：%[1]d 份文件检索不到或不全，如 %[2]s。", "The search index is incomplete: %[1]d documents are not, or not wholly, found, such as %[2]s.", len(missing), missing[0].Number),
			gov.Text{ZH: "重新启动 serve 即会补齐。", EN: "Restarting serve completes it."})
	default:
		d.ok("search", "检索索引完整。", "The search index is complete.")
	}
}
