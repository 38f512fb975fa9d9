package incubators

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
)

// event is something that happens on a day.
type event struct {
	on string
	do func(ctx context.Context, s *Stage) error
}

// application is what an operator sent.
type application struct {
	code, name, kind, ground, address string
	title, ends                       string
	inside                            bool
	operator                          int // of the firms
	first, houses                     int // of the firms: its tenants
	moved, late                       string
	found                             cases.Values // what the park found of the conditions
	waits                             bool         // for the lead
}

// yuan is an amount of money in fen.
func yuan(n int64) int64 { return n * 100 }

// conditions of a base that meets article 4.
func baseFound() cases.Values {
	return cases.Values{"cheap": true, "zone": true, "tax": true, "legal": true, "paid": yuan(5_000_000), "runs_since": "2014-05-04", "own": true, "built": int64(6200),
		"common": int64(900), "leased": int64(1800), "broadband": true, "rules": true, "staff": int64(20), "educated": int64(16), "team": int64(8), "training": true,
		"services": true, "service_times": int64(36)}
}

func platformFound() cases.Values {
	return cases.Values{"zone": true, "tax": true, "legal": true, "paid": yuan(2_000_000), "runs_since": "2015-03-02", "fits": true}
}

// applications are the five that were certified.
func applications() map[string]application {
	at := 5
	return map[string]application{
		"2016-12-05": {code: Former, name: "虚构金桥孵化基地", kind: "base", ground: "former", address: "虚构金桥路3号", operator: 2, first: at + 2*tenants, houses: tenants, moved: "2014-09-01", late: "2016-11-01"},
		"2017-02-06": {code: Certified, name: "虚构云帆孵化基地", kind: "base", ground: "certified", address: "虚构云帆路1号", operator: 0, first: at, houses: tenants, moved: "2015-03-01", late: "2016-10-08", found: baseFound()},
		"2017-03-06": {code: Recognised, name: "虚构北斗大学科技园", kind: "base", ground: "recognised", address: "虚构北斗街2号", title: "国家大学科技园（虚构）", ends: "2022-12-31", operator: 1,
			first: at + tenants, houses: tenants, moved: "2015-06-01", late: "2016-12-01"},
		"2017-03-13": {code: Platform, name: "虚构望岳创客空间", kind: "platform", ground: "platform", address: "虚构望岳胡同4号", title: "众创空间（虚构）", ends: "2022-12-31", operator: 3,
			first: at + 3*tenants, houses: teams, moved: "2016-09-01", found: platformFound()},
		"2017-03-20": {code: Inside, name: "虚构翠微孵化空间", kind: "platform", ground: "platform", address: "虚构云帆路1号3层", title: "众创空间（虚构）", ends: "2021-12-31", inside: true, operator: 4,
			first: at + 3*tenants + teams, houses: teams, moved: "2016-11-01", found: platformFound()},
	}
}

// failures are the assessments that were not passed.
var failures = map[string]bool{Former + "/2017": true, Former + "/2018": true, Recognised + "/2018": true}

// history is what happens, in the order of time.
func history() (list []event) {
	all := applications()
	certify := func(day string) {
		list = append(list, event{day, func(ctx context.Context, s *Stage) error { return s.certify(ctx, all[day]) }})
	}
	certify("2016-12-05")
	yearly(&list, 2016)
	certify("2017-02-06")
	certify("2017-03-06")
	certify("2017-03-13")
	certify("2017-03-20")
	for year := 2017; year <= 2020; year++ {
		list = append(list, event{fmt.Sprintf("%d-07-10", year), data})
		list = append(list, event{fmt.Sprintf("%d-01-09", year+1), data})
		yearly(&list, year)
		if year == 2018 {
			list = append(list, removal()...)
		}
	}
	list = append(list, event{"2017-01-09", data}, event{"2021-07-09", data})
	list = append(list, event{"2021-10-18", pending})
	slices.SortStableFunc(list, func(a, b event) int { return cmp.Compare(a.on, b.on) })
	return list
}

// pending lets somebody apply who waits for the lead.
func pending(ctx context.Context, s *Stage) error {
	return s.certify(ctx, application{code: "JD2021-01", name: "虚构晨星孵化基地", kind: "base", ground: "recognised", address: "虚构晨星街8号", title: "市级科技孵化器（虚构）",
		ends: gov.DateOf(s.now).Add(1100).String(), operator: 4, waits: true})
}

// object lets operators object to results they were told, so that the time to do so need
// not be waited for.
func object(ctx context.Context, s *Stage) error {
	return s.recur(ctx, "incubator_assessment", func(ctx context.Context, s *Stage, id gov.ID, c cases.Case) error {
		if c.State != "told" || c.Values.Text("result") != "fail" {
			return nil
		}
		return s.act(ctx, id, s.clerk, "object", cases.Values{"objection": "已按期举办活动（虚构），核实后维持"})
	})
}

// yearly adds the reports, assessments and checks of a year.
func yearly(list *[]event, year int) {
	*list = append(*list, event{fmt.Sprintf("%d-01-18", year+1), reports}, event{fmt.Sprintf("%d-02-06", year+1), assess}, event{fmt.Sprintf("%d-02-20", year+1), decide},
		event{fmt.Sprintf("%d-02-22", year+1), settled})
}

// data takes in what half a year gave.
func data(ctx context.Context, s *Stage) error {
	return s.recur(ctx, "incubator_data", func(ctx context.Context, s *Stage, id gov.ID, c cases.Case) error {
		if c.State != "waiting" || s.own(c) {
			return nil
		}
		v := cases.Values{"firms": int64(tenants), "people": int64(260), "income": yuan(280_000_000), "research": yuan(9_000_000), "rights": int64(55), "services": int64(58)}
		if err := s.act(ctx, id, s.clerk, "hand_in", v); err != nil {
			return err
		}
		return s.act(ctx, id, s.lead, "take", nil)
	})
}

// reported is what an incubator reports of a year. Those of Certified and Platform are
// worked out by hand in the test of this package.
func reported(code string) cases.Values {
	v := cases.Values{"report": "全年工作情况（虚构）", "plan": "按规定用途使用（虚构）", "used": int64(0), "days": int64(365)}
	switch code {
	case Platform, Inside:
		v["platform"], v["whole"] = int64(100), int64(800)
	case Certified:
		for field, n := range map[string]int64{"platform": 1000, "services": 120, "network": yuan(300_000), "income": yuan(600_000_000), "rights": 120, "patents": 12, "unicorns": 0, "gazelles": 1,
			"seeds": 0, "listed": 0, "quoted": 1, "hightech": 3} {
			v[field] = n
		}
	default:
		for field, n := range map[string]int64{"platform": 500, "services": 40, "network": yuan(80_000), "income": yuan(90_000_000), "rights": 20, "patents": 2, "unicorns": 0, "gazelles": 0, "seeds": 0,
			"listed": 0, "quoted": 0, "hightech": 1} {
			v[field] = n
		}
	}
	return v
}

// reports takes in the reports of a year.
func reports(ctx context.Context, s *Stage) error {
	return s.recur(ctx, "incubator_report", func(ctx context.Context, s *Stage, id gov.ID, c cases.Case) error {
		if c.State != "waiting" {
			return nil
		}
		if s.own(c) {
			return s.act(ctx, id, s.operator(), "hand_in", reported(Certified))
		}
		if err := s.act(ctx, id, s.clerk, "hand_in", reported(c.Values.Text("incubator"))); err != nil {
			return err
		}
		return s.act(ctx, id, s.lead, "take", nil)
	})
}

// assess scores the bases and tells them.
func assess(ctx context.Context, s *Stage) error {
	return s.recur(ctx, "incubator_assessment", func(ctx context.Context, s *Stage, id gov.ID, c cases.Case) error {
		if c.State != "begun" {
			return nil
		}
		v := cases.Values{"conditions": int64(27), "service": int64(25), "growth": int64(24), "papers": int64(9), "opinion": "达到要求（虚构）"}
		if failures[c.Values.Text("incubator")+"/"+c.Values.Text("period")] {
			v = cases.Values{"conditions": int64(15), "service": int64(12), "growth": int64(10), "papers": int64(3), "opinion": "服务次数和数据报送不达标（虚构）"}
		}
		return s.act(ctx, id, s.clerk, "score", v)
	})
}

// decide publishes the results when the time to object is over.
func decide(ctx context.Context, s *Stage) error {
	return s.recur(ctx, "incubator_assessment", func(ctx context.Context, s *Stage, id gov.ID, c cases.Case) error {
		if c.State != "told" {
			return nil
		}
		if err := s.act(ctx, id, s.lead, "decide", nil); err != nil {
			return err
		}
		return s.consequences(ctx, c.Values.Text("incubator"), "assessment")
	})
}

// settled checks how many teams of platforms settled.
func settled(ctx context.Context, s *Stage) error {
	return s.recur(ctx, "incubator_teams", func(ctx context.Context, s *Stage, id gov.ID, c cases.Case) error {
		if c.State != "begun" {
			return nil
		}
		n := int64(0)
		if year, err := strconv.Atoi(c.Values.Text("period")); err == nil && year >= 2017 && year < 2017+teams/2 {
			n = 2
		}
		if err := s.act(ctx, id, s.clerk, "check", cases.Values{"teams": n, "valid": true, "opinion": "按名册核对（虚构）"}); err != nil {
			return err
		}
		return s.act(ctx, id, s.lead, "settle", nil)
	})
}

// removal withdraws the status of the base that failed twice.
func removal() []event {
	step := func(by func(*Stage) cases.Actor, action string, v cases.Values) func(ctx context.Context, s *Stage) error {
		return func(ctx context.Context, s *Stage) error {
			rows, _, err := s.Docket.List(ctx, docket.Query{Procedure: "incubator_removal"}, docket.Place{}, most)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if err := s.act(ctx, r.ID, by(s), action, v); err != nil {
					return err
				}
			}
			return nil
		}
	}
	clerk := func(s *Stage) cases.Actor { return s.clerk }
	lead := func(s *Stage) cases.Actor { return s.lead }
	return []event{
		{"2019-02-25", step(clerk, "tell", nil)},
		{"2019-03-06", step(clerk, "hear", cases.Values{"statement": "无异议（虚构）"})},
		{"2019-03-07", step(clerk, "report", cases.Values{"opinion": "连续两年考核未通过，属实（虚构）"})},
		{"2019-03-08", step(lead, "remove", nil)},
	}
}
