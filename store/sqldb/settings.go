package sqldb

import (
	"context"
	"errors"
	"fmt"

	"quanxiang/gov"
)

// Setting is a property of the database that the product's promises rest on.
type Setting struct {
	Name  string
	Value string
	Fault gov.Text // what is wrong with it; zero when nothing is
}

// Settings looks at the properties of the engine. It reads the whole of an
// SQLite file to see that it is sound.
func (db *DB) Settings(ctx context.Context) (list []Setting, err error) {
	if db.engine == Postgres {
		return db.settingsPostgres(ctx)
	}
	one := func(name, pragma string, good func(string) bool, zh, en string) {
		var value string
		e := db.reads.QueryRowContext(ctx, "pragma "+pragma).Scan(&value)
		s := Setting{Name: name, Value: value}
		if e == nil && !good(value) {
			s.Fault = gov.Textf(zh, en, value)
		}
		list, err = append(list, s), errors.Join(err, e)
	}
	is := func(want string) func(string) bool { return func(got string) bool { return got == want } }
	one("journal_mode", "journal_mode", is("wal"),
		"日志模式为 %s，不是 wal：数据文件夹所在的文件系统可能不支持", "the journal mode is %s, not wal: the file system of the data folder may not support it")
	one("synchronous", "synchronous", is("2"),
		"synchronous 为 %s，断电可能丢失已确认的写入", "synchronous is %s: a power cut may lose confirmed writes")
	one("encoding", "encoding", is("UTF-8"), "编码为 %s，应为 UTF-8", "the encoding is %s, it should be UTF-8")
	one("quick_check", "quick_check(1)", is("ok"), "数据库文件已损坏：%s", "the database file is damaged: %s")
	return list, Classify(err, "look at the settings")
}

func (db *DB) settingsPostgres(ctx context.Context) ([]Setting, error) {
	var version int
	var encoding, fsync, commit string
	if err := db.reads.QueryRowContext(ctx, settingsPostgres).Scan(&version, &encoding, &fsync, &commit); err != nil {
		return nil, unavailable(fmt.Errorf("look at the settings: %w", err))
	}
	list := []Setting{
		{Name: "server_version", Value: fmt.Sprintf("%d.%d", version/10000, version%10000)},
		{Name: "server_encoding", Value: encoding}, // Open refuses others of both
		{Name: "fsync", Value: fsync},
		{Name: "synchronous_commit", Value: commit},
	}
	if fsync != "on" {
		list[2].Fault = gov.Text{ZH: "fsync 已关闭，断电可能损坏数据库", EN: "fsync is off: a power cut may damage the database"}
	}
	if commit == "off" {
		list[3].Fault = gov.Text{ZH: "synchronous_commit 已关闭，断电可能丢失已确认的写入", EN: "synchronous_commit is off: a power cut may lose confirmed writes"}
	}
	return list, nil
}
