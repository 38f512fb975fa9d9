// Command peers serves PocketBase with a collection as large as a report, for
// BenchmarkIntake of package bench to stand beside. It is a module of its own, so
// that the product does not depend on it.
//
//	go run . DATA ADDRESS
package main

import (
	"fmt"
	"os"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "peers DATA ADDRESS")
		os.Exit(2)
	}
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// durable opens a database as PocketBase does, except that what was confirmed
// survives a power cut.
func durable(path string) (*dbx.DB, error) {
	return dbx.Open("sqlite", path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)"+
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)")
}

func serve(data, address string) error {
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: data, DBConnect: durable, HideStartBanner: true})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	settings := app.Settings()
	settings.Logs.MaxDays = 0 // the requests are not logged into its database
	settings.RateLimits.Enabled = false
	if err := app.Save(settings); err != nil {
		return err
	}
	everyone := ""
	reports := core.NewBaseCollection("reports")
	reports.CreateRule = &everyone
	reports.Fields.Add(
		&core.TextField{Name: "service"}, &core.TextField{Name: "description", Max: 10000}, &core.TextField{Name: "name"},
		&core.NumberField{Name: "lat"}, &core.NumberField{Name: "long"},
		&core.FileField{Name: "media", MaxSize: 20 << 20, MimeTypes: []string{"image/jpeg"}},
	)
	if err := app.Save(reports); err != nil {
		return err
	}
	return apis.Serve(app, apis.ServeConfig{HttpAddr: address, ShowStartBanner: false})
}
