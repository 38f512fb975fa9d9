package store_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/store"
	"quanxiang/store/sqldb"
	"quanxiang/store/storetest"
)

// column is what the two engines must agree on.
type column struct {
	Name, Type string
	Null       bool
	Key        int // place in the primary key, from 1
}

// typeNames gives the engines' types one name; any other type is a fault.
var typeNames = map[string]string{
	"TEXT": "text", "INTEGER": "int", "BLOB": "bytes", // SQLite
	"text": "text", "bigint": "int", "bytea": "bytes", "boolean": "int", // PostgreSQL
	"tsvector": "tsvector", // of search tables only
}

const (
	columnsSQLite = `
select l.name, c.name, c.type, c."notnull", c.pk
from pragma_table_list l, pragma_table_info(l.name) c
where l.type = 'table' and l.schema = 'main' and l.name not like 'sqlite_%' and l.name <> 'goose_db_version'
order by l.name, c.cid`
	columnsPostgres = `
select t.relname, a.attname, format_type(a.atttypid, null), a.attnotnull::int,
  coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)
from pg_class t
join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
left join pg_index i on i.indrelid = t.oid and i.indisprimary
where t.relkind in ('r', 'p') and not t.relispartition and t.relnamespace = 'public'::regnamespace and t.relname <> 'goose_db_version'
order by t.relname, a.attnum`
)

func schema(t *testing.T, db *store.DB) map[string][]column {
	t.Helper()
	query := columnsSQLite
	if db.Engine() == store.Postgres {
		query = columnsPostgres
	}
	rows := storetest.Rows(t, db, query)
	all := map[string][]column{}
	for _, r := range rows {
		typ := typeNames[r[2]]
		if typ == "" {
			t.Errorf("%s.%s: the type %q is not used here", r[0], r[1], r[2])
		}
		c := column{Name: r[1], Type: typ, Null: r[3] == "0" && r[4] == "0"}
		fmt.Sscan(r[4], &c.Key)
		all[r[0]] = append(all[r[0]], c)
	}
	return all
}

// TestSchemaParity compares the two engines column by column, and both with
// the registry. Tables of one engine's full-text search are Derived and have
// no columns in the registry; only their presence is compared.
func TestSchemaParity(t *testing.T) {
	t.Parallel()
	registered := map[string]store.Table{}
	for _, table := range store.Tables() {
		registered[table.Name] = table
	}
	schemas := map[store.Engine]map[string][]column{}
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		if e == store.Postgres && !storetest.Has(e) {
			t.Log("without PostgreSQL only the registry is compared")
			continue
		}
		s := schema(t, storetest.Open(t, storetest.DSN(t, e), nil))
		for name := range s {
			if _, ok := registered[name]; !ok && e == store.SQLite {
				t.Errorf("table %s is not in the registry, store.Tables", name)
			}
		}
		for name, table := range registered {
			if len(table.Columns) == 0 {
				delete(s, name)
				continue
			}
			var want, got []column
			for _, c := range table.Columns {
				k := slices.Index(table.Key, c.Name) + 1
				typ := map[sqldb.Type]string{sqldb.Text: "text", sqldb.Int: "int", sqldb.Bool: "int", sqldb.Bytes: "bytes", sqldb.File: "text"}[c.Type]
				want = append(want, column{Name: c.Name, Type: typ, Key: k})
			}
			for _, c := range s[name] {
				c.Null = false // the registry does not say
				got = append(got, c)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s: table %s, registry - and schema +:\n%s", e, name, d)
			}
		}
		schemas[e] = s
	}
	if len(schemas) == 2 {
		for name := range schemas[store.Postgres] {
			if _, ok := registered[name]; !ok {
				delete(schemas[store.Postgres], name) // its SQLite twin was reported, or it is search
			}
		}
		if d := cmp.Diff(schemas[store.SQLite], schemas[store.Postgres]); d != "" {
			t.Errorf("SQLite - and PostgreSQL +:\n%s", d)
		}
	}
}

// lints find, per engine, schema that cannot be spread by district or that
// bends a rule of the room. Any row is a fault. The PostgreSQL ones hold on
// plain PostgreSQL what a server distributed by district would refuse.
var lints = map[store.Engine]map[string]string{
	store.SQLite: {
		"is not strict": `
select name from pragma_table_list
where type = 'table' and schema = 'main' and not strict and name not like 'sqlite_%' and name <> 'goose_db_version'
  and name not in (select l.name from pragma_table_list l where l.type = 'shadow')`,
		"has a unique index that does not begin with district": `
select l.name, i.name from pragma_table_list l, pragma_index_list(l.name) i, pragma_index_info(i.name) c
where l.type = 'table' and l.name not like 'sqlite_%' and l.name <> 'goose_db_version' and i."unique" and c.seqno = 0 and c.name <> 'district'`,
		"has a primary key that does not begin with district": `
select l.name from pragma_table_list l
where l.type = 'table' and l.name not like 'sqlite_%' and l.name <> 'goose_db_version'
  and not exists (select 1 from pragma_table_info(l.name) c where c.pk = 1 and c.name = 'district' and c."notnull")`,
		"has a foreign key that does not begin with district": `
select l.name, f.id from pragma_table_list l, pragma_foreign_key_list(l.name) f
where l.type = 'table' and f.seq = 0 and (f."from" <> 'district' or f."to" <> 'district')`,
		"has a trigger": `select name from sqlite_schema where type = 'trigger'`,
		"counts by itself": `
select name from sqlite_schema where sql like '%autoincrement%' and name <> 'goose_db_version'`,
	},
	store.Postgres: {
		"has no primary key that begins with district": `
select t.relname from pg_class t
where t.relkind in ('r', 'p') and not t.relispartition and t.relnamespace = 'public'::regnamespace and t.relname <> 'goose_db_version'
  and not exists (select 1 from pg_index i join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
    where i.indrelid = t.oid and i.indisprimary and a.attname = 'district' and a.attnotnull)`,
		"has a unique index that does not begin with district": `
select t.relname, i.indexrelid::regclass from pg_class t join pg_index i on i.indrelid = t.oid
left join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
where t.relkind in ('r', 'p') and t.relnamespace = 'public'::regnamespace and t.relname <> 'goose_db_version'
  and i.indisunique and a.attname is distinct from 'district'`,
		"has a foreign key that does not begin with district": `
select f.conrelid::regclass, f.conname from pg_constraint f
join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
join pg_attribute b on b.attrelid = f.confrelid and b.attnum = f.confkey[1]
where f.contype = 'f' and f.connamespace = 'public'::regnamespace and (a.attname <> 'district' or b.attname <> 'district')`,
		"has an exclusion constraint": `
select conrelid::regclass, conname from pg_constraint where contype = 'x' and connamespace = 'public'::regnamespace`,
		"has a trigger": `
select tgrelid::regclass, tgname from pg_trigger where not tgisinternal`,
		"counts by itself": `
select t.relname, a.attname from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0
left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
where t.relkind in ('r', 'p') and t.relnamespace = 'public'::regnamespace and t.relname <> 'goose_db_version'
  and (a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like '%nextval%')`,
		"has a key whose text sorts by the server's language": `
select distinct t.relname, a.attname from pg_class t join pg_index i on i.indrelid = t.oid
join pg_attribute a on a.attrelid = t.oid and a.attnum = any (i.indkey::int2[])
where t.relkind in ('r', 'p') and t.relnamespace = 'public'::regnamespace and t.relname <> 'goose_db_version'
  and a.atttypid = 'text'::regtype and a.attcollation <> '"C"'::regcollation`,
	},
}

func lint(t *testing.T, db *store.DB) (faults []string) {
	t.Helper()
	for _, what := range slices.Sorted(maps.Keys(lints[db.Engine()])) {
		for _, r := range storetest.Rows(t, db, lints[db.Engine()][what]) {
			faults = append(faults, strings.Join(r, " ")+" "+what)
		}
	}
	return faults
}

func TestSchemaLint(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		for _, f := range lint(t, db) {
			t.Error(f)
		}
	})
}

// A lint that finds nothing in a bad schema proves nothing about a good one.
func TestSchemaLintFindsFaults(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		bad := map[store.Engine][]string{
			store.SQLite: {
				`create table good (district text not null, id text not null, primary key (district, id)) strict`,
				`create table loose (district text not null, id text not null, primary key (district, id))`,
				`create table swapped (district text not null, id text not null, code text, primary key (id, district), unique (code)) strict`,
				`create table child (district text not null, id text not null, a text, b text, primary key (district, id), foreign key (a, b) references good (district, id)) strict`,
				`create table counted (id integer primary key autoincrement, district text not null) strict`,
				`create trigger hook after insert on good begin select 1; end`,
			},
			store.Postgres: {
				`create table good (district text collate "C" not null, id text collate "C" not null, primary key (district, id))`,
				`create table bare (district text collate "C" not null, id text collate "C" not null)`,
				`create table swapped (district text not null, id text not null, code text, primary key (id, district), unique (code))`,
				`create table child (district text collate "C" not null, id text collate "C" not null, a text, b text, primary key (district, id), foreign key (a, b) references good (district, id))`,
				`create table counted (district text collate "C", id bigserial, primary key (district, id), exclude (id with =))`,
				`create function hook() returns trigger language plpgsql as 'begin return new; end'`,
				`create trigger hook before insert on good for each row execute function hook()`,
			},
		}
		storetest.Exec(t, db, bad[db.Engine()]...)
		found := strings.Join(lint(t, db), "\n")
		for what := range lints[db.Engine()] {
			if !strings.Contains(found, what) {
				t.Errorf("not found: a table that %s; found only:\n%s", what, found)
			}
		}
		if strings.Contains(found, "good has a primary key") {
			t.Errorf("the good table is found fault with:\n%s", found)
		}
	})
}

// TestMigrationsPair holds that both dialects have the same migrations.
func TestMigrationsPair(t *testing.T) {
	t.Parallel()
	if d := cmp.Diff(store.MigrationNames(store.SQLite), store.MigrationNames(store.Postgres)); d != "" {
		t.Errorf("SQLite - and PostgreSQL +:\n%s", d)
	}
}
