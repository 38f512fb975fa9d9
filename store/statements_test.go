package store_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"quanxiang/store"
	"quanxiang/store/storetest"
)

// statement is an SQL text found in the room's source.
type statement struct {
	name string // of the constant
	text string
	pos  token.Position
}

var startsLikeSQL = regexp.MustCompile(`(?i)^\s*(select|insert\s+into|update|delete\s+from|with)\s`)

// statements finds every SQL text in the packages of the room: constants by
// name, and literals used in place, which have no name.
func statements(t *testing.T) (all []statement) {
	t.Helper()
	dirs, err := filepath.Glob("*db")
	must(t, err)
	for _, dir := range append(dirs, ".") {
		all = append(all, statementsIn(t, dir)...)
	}
	slices.SortFunc(all, func(a, b statement) int { return strings.Compare(a.name, b.name) })
	return all
}

func statementsIn(t *testing.T, dir string) (all []statement) {
	t.Helper()
	fset := token.NewFileSet()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var files []*ast.File
	consts := map[string]ast.Expr{}
	declared := map[ast.Node]bool{} // literals inside constant declarations
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		must(t, err)
		files = append(files, f)
		ast.Inspect(f, func(n ast.Node) bool {
			d, ok := n.(*ast.GenDecl)
			if !ok || d.Tok != token.CONST {
				return true
			}
			for _, s := range d.Specs {
				v := s.(*ast.ValueSpec)
				for i, value := range v.Values {
					consts[v.Names[i].Name] = value
				}
			}
			ast.Inspect(d, func(n ast.Node) bool { declared[n] = true; return true })
			return true
		})
	}
	for name, value := range consts {
		if text, ok := fold(value, consts); ok && startsLikeSQL.MatchString(text) {
			all = append(all, statement{name, text, fset.Position(value.Pos())})
		}
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			l, ok := n.(*ast.BasicLit)
			if !ok || l.Kind != token.STRING || declared[n] {
				return true
			}
			if text, err := strconv.Unquote(l.Value); err == nil && startsLikeSQL.MatchString(text) {
				all = append(all, statement{"", text, fset.Position(l.Pos())})
			}
			return true
		})
	}
	return all
}

// fold evaluates a constant string expression.
func fold(e ast.Expr, consts map[string]ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.ParenExpr:
		return fold(e.X, consts)
	case *ast.Ident:
		v, ok := consts[e.Name]
		if !ok {
			return "", false
		}
		return fold(v, consts)
	case *ast.BinaryExpr:
		a, ok := fold(e.X, consts)
		b, ok2 := fold(e.Y, consts)
		return a + b, ok && ok2 && e.Op == token.ADD
	}
	return "", false
}

var (
	placeholder = regexp.MustCompile(`\$([0-9]+)`)
	quoted      = regexp.MustCompile(`'[^']*'|--[^\n]*`)
	word        = regexp.MustCompile(`[a-z_][a-z0-9_]*`)
	// banned constructs differ between the engines, or cannot be distributed.
	banned = map[string]*regexp.Regexp{
		"select *":          regexp.MustCompile(`select\s+\*`),
		"upper case":        regexp.MustCompile(`[A-Z]`),
		"for update":        regexp.MustCompile(`\bfor\s+(no\s+key\s+)?(update|share)\b`),
		"the server clock":  regexp.MustCompile(`\b(now\s*\(|current_(timestamp|date|time)\b|julianday|unixepoch)`),
		"chance":            regexp.MustCompile(`\brandom\s*\(`),
		"fractions":         regexp.MustCompile(`\b(avg|round)\s*\(|\breal\b|\bdouble\b`),
		"like":              regexp.MustCompile(`\b(not\s+)?i?like\b`),
		"? as placeholder":  regexp.MustCompile(`\?`),
		"an advisory lock":  regexp.MustCompile(`advisory`),
		"listen and notify": regexp.MustCompile(`\b(listen|notify)\b`),
	}
	// ofDistrict is how a statement is bound to its district: by comparing, or
	// by naming the column it inserts into.
	// The rowids of SQLite's search table begin with the district; see keyRange.
	ofDistrict = regexp.MustCompile(`\bdistrict\s*=\s*(\$|[a-z_.]*district\b)|\(\s*district\b|\browid between\b|\(rowid,`)
)

// faults lists what is wrong with a statement by its text alone.
func faults(s statement, tables []store.Table) (all []string) {
	plain := quoted.ReplaceAllString(s.text, "''")
	for what, re := range banned {
		if re.MatchString(plain) {
			all = append(all, "uses "+what)
		}
	}
	slices.Sort(all)
	next := 1
	for _, m := range placeholder.FindAllStringSubmatch(s.text, -1) {
		n, _ := strconv.Atoi(m[1])
		if n > next {
			all = append(all, fmt.Sprintf("$%d appears before $%d: some drivers bind by first appearance", n, next))
			break
		}
		if n == next {
			next++
		}
	}
	words := word.FindAllString(plain, -1)
	for _, t := range tables {
		if slices.Contains(words, t.Name) && !ofDistrict.MatchString(plain) && !strings.HasSuffix(s.name, "EveryDistrict") {
			all = append(all, "reads or writes "+t.Name+" without its district; a statement that means all of them is named ...EveryDistrict")
		}
	}
	return all
}

// TestStatements holds every statement of the room against its rules and
// against the schema of both engines: a wrong column fails here. A statement
// with a dialect in its name, searchSQLite, is for that engine alone.
func TestStatements(t *testing.T) {
	t.Parallel()
	all := statements(t)
	if len(all) < 3 {
		t.Fatalf("only %d statements found", len(all))
	}
	for _, s := range all {
		if s.name == "" {
			if filepath.ToSlash(s.pos.Filename) != "sqldb/table.go" { // which makes statements from the registry
				t.Errorf("%s: give the statement a name: a constant", s.pos)
			}
			continue
		}
		for _, f := range faults(s, store.Tables()) {
			t.Errorf("%s: %s: %s", s.pos, s.name, f)
		}
	}
	for _, table := range store.Tables() {
		if len(table.Columns) == 0 {
			continue
		}
		for _, text := range []string{table.SelectRow(), table.SelectAll(), table.InsertRow()} {
			all = append(all, statement{name: table.Name, text: text})
		}
	}
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		other := map[store.Engine]string{store.SQLite: "Postgres", store.Postgres: "SQLite"}[db.Engine()]
		for _, s := range all {
			if s.name == "" || strings.Contains(s.name, other) {
				continue
			}
			if err := storetest.Prepare(t, db, s.text); err != nil {
				t.Errorf("%s: %s: %v", s.pos, s.name, err)
			}
		}
	})
}

// Lists of which a page is read and that may be long are read in the order of an index:
// nothing is sorted to show the first of them.
func TestListsAreReadInOrder(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.DSN(t, store.SQLite), time.Now)
	listed := map[string]bool{"inForce": true, "recordsBehind": true, "subjectsBehind": true}
	for _, s := range statements(t) {
		if !listed[s.name] {
			continue
		}
		delete(listed, s.name)
		for _, row := range storetest.Rows(t, db, "explain query plan "+placeholder.ReplaceAllString(s.text, "1")) {
			if strings.Contains(strings.Join(row, " "), "TEMP B-TREE") {
				t.Errorf("%s: %s: %v", s.pos, s.name, row)
			}
		}
	}
	for name := range listed {
		t.Errorf("there is no statement %s", name)
	}
}

func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	tables := store.Tables()
	for text, want := range map[string]string{
		"select name from leases where name = $1":                                   "without its district",
		"select name from leases where district = $2 and name = $1":                 "$2 appears before $1",
		"select * from leases where district = $1":                                  "select *",
		"SELECT name from leases where district = $1":                               "upper case",
		"select name from leases where district = $1 for update":                    "for update",
		"delete from leases where district = $1 and expires < now()":                "server clock",
		"select name from leases where district = $1 and name like $2":              "like",
		"select name from leases where district = $1 and name = 'now() LIKE ? -- '": "",
		"insert into leases (district, name) values ($1, $2)":                       "",
		"select 1": "",
	} {
		got := strings.Join(faults(statement{name: "x", text: text}, tables), "; ")
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: found %q, want %q", text, got, want)
		}
	}
}
