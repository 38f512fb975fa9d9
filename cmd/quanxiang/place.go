package main

import (
	"flag"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/installation"
)

// place is where a command finds its installation.
type place struct {
	installation.Place
	hasty  bool   // what is written would be begun anew after a power cut
	ledger string // name of a new ledger, without the district; "" for the usual one
}

// placeFlags adds the flags of every command that opens the database.
func placeFlags(e *cli.Env, fs *flag.FlagSet) *place {
	p := &place{}
	env := func(name, otherwise string) string {
		if v := e.Getenv(name); v != "" {
			return v
		}
		return otherwise
	}
	fs.StringVar(&p.Data, "data", env("QUANXIANG_DATA", "data"), gov.Text{ZH: "数据文件夹", EN: "data folder"}.In(e.Lang))
	fs.StringVar(&p.Database, "database", env("QUANXIANG_DATABASE", ""), gov.Text{ZH: "数据库地址（默认为数据文件夹中的 quanxiang.db）", EN: "database (default: quanxiang.db in the data folder)"}.In(e.Lang))
	fs.StringVar(&p.District, "district", env("QUANXIANG_DISTRICT", ""), gov.Text{ZH: "区划代码（默认为账本名称的最后一段）", EN: "district code (default: the last part of the ledger's name)"}.In(e.Lang))
	return p
}

// installationFlags is placeFlags for the families of commands that need no more
// than the place.
func installationFlags(e *cli.Env, fs *flag.FlagSet) *installation.Place {
	return &placeFlags(e, fs).Place
}
