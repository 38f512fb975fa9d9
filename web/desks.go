package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/people"
	support "quanxiang/support/apply"
	"quanxiang/web/agenda"
	"quanxiang/web/apply"
	"quanxiang/web/board"
	"quanxiang/web/callers"
	"quanxiang/web/calls"
	"quanxiang/web/ceremony"
	"quanxiang/web/claims"
	"quanxiang/web/colleagues"
	"quanxiang/web/console"
	"quanxiang/web/desk"
	"quanxiang/web/entitled"
	"quanxiang/web/figures"
	"quanxiang/web/find"
	"quanxiang/web/funds"
	"quanxiang/web/inbox"
	"quanxiang/web/intake"
	"quanxiang/web/keygate"
	"quanxiang/web/moderation"
	"quanxiang/web/my"
	"quanxiang/web/onemap"
	"quanxiang/web/plans"
	"quanxiang/web/progress"
	"quanxiang/web/push"
	"quanxiang/web/registers"
	"quanxiang/web/review"
	"quanxiang/web/simulate"
	"quanxiang/web/site"
	"quanxiang/web/ui"
	"quanxiang/web/visits"
)

// surface is a part of the site with routes of its own.
type surface interface{ Mount(*http.ServeMux) }

// desks makes the pages about cases and persons: those of the staff, and what
// everybody sees of cases.
func desks(engine *ui.Engine, d Deps, chart *onemap.Map, fail func(http.ResponseWriter, *http.Request, error)) (list []surface, err error) {
	add := func(name string, s surface, failed error) {
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", name, failed))
			return
		}
		list = append(list, s)
	}
	var beside func(*ui.Messages, casework.Sheet) []ui.Link
	if d.Pack.Applications != nil && d.Support != nil {
		stated, failed := claims.New(claims.Deps{Engine: engine, Pack: d.Pack, Support: d.Support, Casework: d.Casework, Office: d.Office, Clock: d.Clock})
		add("claims", stated, failed)
		beside = stated.Beside
	}
	cases, failed := desk.New(desk.Deps{Beside: beside, Engine: engine, Work: d.Casework, Filters: d.Filters, Calendar: d.Calendar, Clock: d.Clock, Log: d.Log, Calls: d.Register != nil, Registers: d.Registers})
	add("desk", cases, failed)
	pocket, failed := site.New(site.Deps{Engine: engine, Work: d.Casework, Visits: d.Visits, Base: d.BaseURL, Clock: d.Clock})
	add("site", pocket, failed)
	if d.Visits != nil {
		doors, failed := visits.New(visits.Deps{Engine: engine, Visits: d.Visits, Pack: d.Pack, Clock: d.Clock})
		add("visits", doors, failed)
	}
	boards, failed := board.New(board.Deps{Engine: engine, Pack: d.Pack, Casework: d.Casework, Calendar: d.Calendar, Clock: d.Clock})
	add("board", boards, failed)
	proposals, failed := review.New(review.Deps{Engine: engine, Pack: d.Pack, Casework: d.Casework, Clock: d.Clock})
	add("review", proposals, failed)
	told, failed := figures.New(figures.Deps{Engine: engine, Pack: d.Pack, Casework: d.Casework, Clock: d.Clock})
	add("figures", told, failed)
	shown, failed := progress.New(progress.Deps{Engine: engine, Pack: d.Pack, Library: d.Library, Casework: d.Casework, Calendar: d.Calendar, Clock: d.Clock, BaseURL: d.BaseURL})
	add("progress", shown, failed)
	theirs, failed := my.New(my.Deps{Engine: engine, Pack: d.Pack, Casework: d.Casework, Register: d.Register, Clock: d.Clock, Map: chart, Calendar: d.Calendar, BaseURL: d.BaseURL, Proxies: d.Proxies, Acts: acting(d), Away: away(d)})
	add("residents", theirs, failed)
	var entries func(context.Context, support.Organisation) ([]ui.Link, error)
	if d.Judge != nil {
		stands, failed := entitled.New(entitled.Deps{Engine: engine, Pack: d.Pack, Registers: d.Registers, Judge: d.Judge, Clock: d.Clock, My: theirs})
		add("entitled", stands, failed)
		entries = stands.Of
	}
	if d.Pack.Applications != nil && d.Support != nil {
		wanted, failed := apply.New(apply.Deps{Engine: engine, Pack: d.Pack, Support: d.Support, Casework: d.Casework, Register: d.Register, My: theirs, Calendar: d.Calendar, Entitled: entries, Clock: d.Clock, BaseURL: d.BaseURL})
		add("applications", wanted, failed)
	}
	history, failed := callers.New(callers.Deps{Engine: engine, Casework: d.Casework, Register: d.Register})
	add("callers", history, failed)
	directory, failed := colleagues.New(colleagues.Deps{Engine: engine, Pack: d.Pack, Office: d.Office, Casework: d.Casework})
	add("colleagues", directory, failed)
	taken, failed := calls.New(calls.Deps{Engine: engine, Casework: d.Casework, Library: d.Library, Register: d.Register, Clock: d.Clock})
	add("calls", taken, failed)
	moderated, failed := moderation.New(moderation.Deps{Engine: engine, Casework: d.Casework})
	add("moderation", moderated, failed)
	box, failed := find.New(find.Deps{Engine: engine, Pack: d.Pack, Casework: d.Casework, Library: d.Library, Office: d.Office})
	add("find", box, failed)
	deadlines, failed := agenda.New(agenda.Deps{Engine: engine, Pack: d.Pack, Casework: d.Casework, Feeds: d.Feeds, BaseURL: d.BaseURL})
	add("agenda", deadlines, failed)
	tables, failed := intake.New(intake.Deps{Engine: engine, Pack: d.Pack, Casework: d.Casework, Imports: d.Imports, Clock: d.Clock})
	add("intake", tables, failed)
	messages, failed := inbox.New(inbox.Deps{Engine: engine, Pack: d.Pack, Casework: d.Casework, Notices: d.Notices})
	add("inbox", messages, failed)
	lists, failed := registers.New(registers.Deps{Engine: engine, Pack: d.Pack, Registers: d.Registers, Importer: d.Importer, Files: d.Files, Clock: d.Clock, BaseURL: d.BaseURL,
		Reads: func(ctx context.Context, s people.Standing, id gov.ID) bool {
			_, err := d.Casework.Sheet(ctx, s, id)
			return err == nil
		}})
	add("registers", lists, failed)
	if d.Draws != nil {
		lots, failed := ceremony.New(ceremony.Deps{Engine: engine, Pack: d.Pack, Draws: d.Draws, Holders: d.Office.Holders, Forward: d.Forward, Relay: d.Relay})
		add("ceremonies", lots, failed)
	}
	planning := plans.Deps{Engine: engine, Pack: d.Pack, Plans: d.Plans, Clock: d.Clock}
	if d.Draws != nil {
		planning.Stages = d.Draws.Stages
	}
	planned, failed := plans.New(planning)
	add("plans", planned, failed)
	if d.Runs != nil && d.Pack.Rules != nil {
		trials, failed := simulate.New(simulate.Deps{Engine: engine, Pack: d.Pack, Runs: d.Runs, Library: d.Library, Clock: d.Clock})
		add("simulations", trials, failed)
		list = append(list, &simulate.Machine{Runs: d.Runs, BaseURL: d.BaseURL, Gate: gateOf(d)})
	}
	if d.Funds != nil {
		money, failed := funds.New(funds.Deps{Engine: engine, Pack: d.Pack, Funds: d.Funds, Clock: d.Clock})
		add("funds", money, failed)
	}
	if d.Keys != nil {
		list = append(list, &push.Door{Registers: d.Registers, Keys: d.Keys, Pack: d.Pack, Clock: d.Clock, Fail: fail})
	}
	administration, failed := console.New(console.Deps{Engine: engine, Pack: d.Pack, Office: d.Office, Keys: d.Keys, Hooks: d.Hooks, Registers: d.Registers, Clock: d.Clock, BaseURL: d.BaseURL})
	add("console", administration, failed)
	return list, err
}

// gateOf lets programs in by their keys, nil where there are none.
func gateOf(d Deps) *keygate.Gate {
	if d.Keys == nil {
		return nil
	}
	return keygate.NewGate(d.Keys, d.Clock)
}

// acting is who acts for organisations, nil where nobody is let.
func acting(d Deps) my.Acting {
	if d.Pack.Applications == nil || d.Support == nil {
		return nil
	}
	return d.Support
}

// away tells where an application for support is shown to whom news of it go.
func away(d Deps) func(context.Context, gov.ID) string {
	if d.Pack.Applications == nil || d.Support == nil {
		return nil
	}
	return func(ctx context.Context, id gov.ID) string {
		if _, err := d.Support.Store.Claim(ctx, id); err != nil {
			return "" // none, or the page that is asked for says what is wrong
		}
		return apply.Root + "/" + id.String()
	}
}
