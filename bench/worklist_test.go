package bench

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"quanxiang/calendar"
	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/cases/docket/dockettest"
	"quanxiang/gov"
	"quanxiang/library/fulltext"
	"quanxiang/packs/packtest"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/storetest"
	"quanxiang/store/terms"
)

// million asks for a database of a million cases as well; filling it takes
// minutes.
var million = flag.Bool("million", false, "measure lists of 1,000,000 cases, too")

// What lists promise, whatever the number of cases: 95 of 100 pages in so long.
const pageLimit = 100 * time.Millisecond

const pageSize = 50

// fillCases are the statements that put n duties where lists look for them, as
// steps would have left them: of the pack's units in turn, a hundred of each since
// what states they are in repeats after so many, a tenth of them not
// yet assigned, a tenth at risk, one in a hundred late, half of them ended.
// {n} is n, {units} are the units as rows, {bytes} is the type of bytes; the rest
// both engines understand.
var fillCases = []string{`
create table bench_cases (i integer primary key, id text, unit text, doc text, state text, ends text, colour text, due bigint, ended bigint)`, `
create table bench_units (u integer primary key, unit text)`, `
insert into bench_units (u, unit)
values {units}`, `
insert into bench_cases (i, id, unit, doc, state, ends, colour, due, ended)
with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < {n})
select n.i, '01577c00-0000-7000-8000-' || substr(cast(1000000000000 + n.i as text), 2), b.unit, '西政发〔2016〕' || (n.i % 400) || '号',
  case when n.i % 2 = 0 then 'closed' when n.i % 10 = 1 then 'proposed' when n.i % 10 = 3 then 'submitted' else 'running' end,
  case when n.i % 2 = 0 then 'done' else 'open' end,
  case when n.i % 2 = 0 then 'blue' when n.i % 10 = 1 then 'white' when n.i % 100 = 7 then 'red' when n.i % 10 = 9 then 'yellow' else 'green' end,
  case when n.i % 2 = 0 then 0 else 1480000000000 + (n.i * 7919 % 1000003) * 60000 end,
  case when n.i % 2 = 0 then 1479000000000 else 0 end
from n
join bench_units b on b.u = n.i / 100 % (select count(*) from bench_units)`, `
insert into case_rows (district, id, procedure, number, parent, kind, subject, units, state, ends, colour, due, opened, ended, touched, wake)
select '110102', id, 'duty', 'RW2016-' || i, '', '', {subject}, unit, state, ends, colour, due, 1470000000000, ended, 1475000000000, 0
from bench_cases`, `
insert into case_facets (district, case_id, field, value, procedure, state, colour, ended, due)
select '110102', id, f.field, case f.field when 'lead' then unit when 'document' then doc else '' end, 'duty', state, colour,
  case when ended = 0 then 0 else 1 end, case when due = 0 then 9007199254740992 else due end
from bench_cases
cross join (select '' as field union all select 'lead' union all select 'document') f`, `
insert into case_tallies (district, procedure, field, value, state, colour, slot, n)
select district, procedure, field, value, state, colour, cast(substr(case_id, 36) as integer) % 8, count(*)
from case_facets
group by district, procedure, field, value, state, colour, cast(substr(case_id, 36) as integer) % 8`, `
insert into case_turns (district, who, due, case_id, n, body)
select '110102', case state when 'running' then 'post/' || unit || '/clerk' else 'post/zfb/supervision' end, due, id, 0,
  cast('{"Party":"x","Kind":"post","Unit":"' || case state when 'running' then unit || '","Role":"clerk"' else 'zfb","Role":"supervision"' end ||
    case when i % 7 = 0 then ',"Out":["clerk"]' else '' end || '}' as {bytes})
from bench_cases
where ended = 0`, `
insert into case_turns (district, who, due, case_id, n, body)
select '110102', 'post/' || unit || '/lead', due, id, 1, cast('{"Party":"x","Kind":"post","Unit":"' || unit || '","Role":"lead"}' as {bytes})
from bench_cases
where state = 'running'`,
}

// fillWords are the statements that let the cases be found; {rowkey} and {terms}
// are SQL for what the engine's search keeps.
var fillWords = map[store.Engine][]string{
	store.SQLite: {`
insert into case_words (district, case_id, rowkey, words)
select '110102', id, {first} + i, 'RW2016-' || i || '\n' || {subject}
from bench_cases`, `
insert into case_terms (rowid, words)
select {first} + i, {terms}
from bench_cases
order by i`},
	store.Postgres: {`
insert into case_words (district, case_id, rowkey, words)
select '110102', id, 0, 'RW2016-' || i || '\n' || {subject}
from bench_cases`, `
insert into case_terms (district, case_id, terms)
select '110102', id, cast({terms} as tsvector)
from bench_cases`},
}

// subjects are those of the cases: one in ten thousand is about a well, one in
// fifty about lanes. "77" stands for the number of the case.
var subjects = [3]string{"更换新街口北大街破损井盖（第77项）", "整治月坛街道背街小巷（第77项）", "编制专项规划并向社会公开（第77项）"}

// bySubject is SQL that chooses by the number of a case.
func bySubject(write func(subject string) string) string {
	return fmt.Sprintf("case when i %% 10000 = 4321 then %s when i %% 50 = 7 then %s else %s end", write(subjects[0]), write(subjects[1]), write(subjects[2]))
}

// termsSQL is SQL for the terms of a case as an engine keeps them.
func termsSQL(e store.Engine) string {
	return bySubject(func(subject string) string {
		list := fulltext.Terms(fulltext.Normalise("RW2016-77\n" + subject).Runes)
		text := terms.Vector(list)
		if e == store.SQLite {
			text = terms.Join(list)
		}
		text = strings.ReplaceAll(" "+text, " 77", " ' || i || '")
		return "'" + text + "'"
	})
}

// BenchmarkWorklist reports how long pages of worklists and lists take when
// there are very many cases. of-limit below 1 keeps the promise.
func BenchmarkWorklist(b *testing.B) {
	sizes := []int{100_000}
	if *million {
		sizes = append(sizes, 1_000_000)
	}
	pack := packtest.Xicheng(b)
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		for _, n := range sizes {
			b.Run(fmt.Sprintf("%s/cases=%d", engine, n), func(b *testing.B) {
				db := storetest.Open(b, storetest.DSN(b, engine), nil)
				units := fillLists(b, db, pack, n)
				s := docket.New(db.Cases(storetest.District), dockettest.OnePack{Pack: pack}, calendar.Seed)
				for _, q := range pages(s, units) {
					b.Run(q.name, func(b *testing.B) { benchPage(b, q.read) })
				}
			})
		}
	}
}

func fillLists(b *testing.B, db *store.DB, pack *policy.Pack, n int) (units []string) {
	b.Helper()
	var rows []string
	for _, u := range pack.Units {
		if pack.Members(u.ID) == nil {
			rows = append(rows, fmt.Sprintf("(%d, '%s')", len(units), u.ID))
			units = append(units, u.ID)
		}
	}
	first, err := terms.FirstKey(pack.District)
	if err != nil {
		b.Fatal(err)
	}
	subject := bySubject(func(s string) string { return "'" + strings.Replace(s, "77", "' || i || '", 1) + "'" })
	fill := strings.NewReplacer("{n}", strconv.Itoa(n), "{units}", strings.Join(rows, ", "), "{subject}", subject,
		"{first}", strconv.FormatInt(first, 10), "{terms}", termsSQL(db.Engine()),
		"{bytes}", map[store.Engine]string{store.SQLite: "blob", store.Postgres: "bytea"}[db.Engine()])
	if db.Engine() == store.SQLite { // of the one connection that fills
		storetest.Exec(b, db, "pragma cache_size = -1000000", "pragma synchronous = off")
	}
	for _, s := range slices.Concat(fillCases, fillWords[db.Engine()]) {
		storetest.Exec(b, db, fill.Replace(s))
	}
	if err := db.Analyze(b.Context()); err != nil {
		b.Fatal(err)
	}
	return units
}

// page is a kind of page people look at.
type page struct {
	name string
	read func(b *testing.B, r *rand.Rand) (rows int)
}

func pages(s *docket.Docket, units []string) []page {
	one := func(r *rand.Rand) string { return units[r.IntN(len(units))] }
	worklist := func(b *testing.B, who cases.Actor) int {
		list, _, err := s.Worklist(b.Context(), who, docket.Query{}, docket.Place{}, pageSize)
		if err != nil {
			b.Fatal(err)
		}
		return len(list)
	}
	list := func(b *testing.B, q docket.Query) int {
		rows, _, err := s.List(b.Context(), q, docket.Place{}, pageSize)
		if err != nil {
			b.Fatal(err)
		}
		return len(rows)
	}
	search := func(words string, least int) func(*testing.B, *rand.Rand) int {
		return func(b *testing.B, _ *rand.Rand) int {
			rows, _, err := s.Search(b.Context(), words, gov.ID{}, pageSize)
			if err != nil || len(rows) < least {
				b.Fatalf("%q finds %d cases, %v", words, len(rows), err)
			}
			return len(rows) + 1
		}
	}
	return []page{
		{"worklist of a clerk", func(b *testing.B, r *rand.Rand) int { return worklist(b, staff("clerk", one(r), "clerk")) }},
		{"worklist of supervision", func(b *testing.B, _ *rand.Rand) int { return worklist(b, office) }},
		{"worklist of a person of nine posts", func(b *testing.B, r *rand.Rand) int {
			who := cases.Actor{Kind: gov.StaffActor, Person: "nine"}
			for range 9 {
				who.Seats = append(who.Seats, cases.Seat{Unit: one(r), Role: "lead"})
			}
			return worklist(b, who)
		}},
		{"list by unit", func(b *testing.B, r *rand.Rand) int {
			return list(b, docket.Query{Procedure: "duty", Facets: []docket.Facet{{Field: "lead", Value: one(r)}}})
		}},
		{"list by unit and colour", func(b *testing.B, r *rand.Rand) int {
			return list(b, docket.Query{Procedure: "duty", Facets: []docket.Facet{{Field: "lead", Value: one(r)}}, Colour: "red"})
		}},
		{"list by unit, document and colour", func(b *testing.B, r *rand.Rand) int {
			return list(b, docket.Query{Procedure: "duty", Colour: "green",
				Facets: []docket.Facet{{Field: "lead", Value: one(r)}, {Field: "document", Value: fmt.Sprintf("西政发〔2016〕%d号", r.IntN(400))}}}) + 1
		}},
		{"list by words in a unit", func(b *testing.B, r *rand.Rand) int {
			return list(b, docket.Query{Procedure: "duty", Words: "背街小巷", Facets: []docket.Facet{{Field: "lead", Value: one(r)}}}) + 1
		}},
		{"list by words no case has", func(b *testing.B, _ *rand.Rand) int {
			return list(b, docket.Query{Procedure: "duty", Words: "学校"}) + 1
		}},
		{"worklist of supervision of a document", func(b *testing.B, r *rand.Rand) int {
			list, _, err := s.Worklist(b.Context(), office, docket.Query{Facets: []docket.Facet{{Field: "document", Value: fmt.Sprintf("西政发〔2016〕%d号", r.IntN(400))}}}, docket.Place{}, pageSize)
			if err != nil {
				b.Fatal(err)
			}
			return len(list) + 1
		}},
		{"worklist of supervision by words", func(b *testing.B, _ *rand.Rand) int {
			list, _, err := s.Worklist(b.Context(), office, docket.Query{Words: "井盖"}, docket.Place{}, pageSize)
			if err != nil {
				b.Fatal(err)
			}
			return len(list) + 1
		}},
		{"list of all", func(b *testing.B, _ *rand.Rand) int { return list(b, docket.Query{Procedure: "duty"}) }},
		{"list of all late", func(b *testing.B, _ *rand.Rand) int { return list(b, docket.Query{Procedure: "duty", Colour: "red"}) }},
		{"list of a state no case is in", func(b *testing.B, _ *rand.Rand) int {
			return list(b, docket.Query{Procedure: "duty", State: "suspended"}) + 1
		}},
		{"search for what most have", search("专项规划", pageSize)},
		{"search for a character most have", search("划", pageSize)},
		{"search for letters all have", search("rw", pageSize)},
		{"search for what one in 50 has", search("背街小巷", pageSize)},
		{"search for what one in 10,000 has", search("井盖", 1)},
		{"search for a number", search("rw2016-4321", 1)},
		{"search for two words no case has both of", search("专项 井盖", 0)},
		{"search for two common words no case has both of", search("专项 小巷", 0)},
		{"search for a word no case has", search("学校", 0)},
		{"tallies by unit", func(b *testing.B, _ *rand.Rand) int { return tallies(b, s, "lead") }},
		{"tallies by document", func(b *testing.B, _ *rand.Rand) int { return tallies(b, s, "document") }},
	}
}

func tallies(b *testing.B, s *docket.Docket, field string) int {
	list, err := s.Tallies(b.Context(), "duty", field)
	if err != nil {
		b.Fatal(err)
	}
	return len(list)
}

// benchPage reads a kind of page a hundred times.
func benchPage(b *testing.B, read func(*testing.B, *rand.Rand) int) {
	r := rand.New(rand.NewPCG(1, 2))
	var took []time.Duration
	for b.Loop() {
		for range 100 {
			start := time.Now()
			if read(b, r) == 0 {
				b.Fatal("an empty page")
			}
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	at := func(share float64) time.Duration { return took[int(share*float64(len(took)-1))] }
	b.ReportMetric(float64(at(0.5))/1e6, "p50-ms")
	b.ReportMetric(float64(at(0.95))/1e6, "p95-ms")
	b.ReportMetric(float64(at(0.95))/float64(pageLimit), "of-limit")
	b.ReportMetric(0, "ns/op") // of a hundred pages, which means nothing
}
