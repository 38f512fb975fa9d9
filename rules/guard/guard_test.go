package guard_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/rules/guard"
)

var vars = []guard.Var{
	{"state", guard.Text}, {"amount", guard.Int}, {"due", guard.Date}, {"units", guard.List}, {"given.due", guard.Bool},
	{"clock.disposal.used", guard.Number}, {"now", guard.Instant}, {"opening", guard.Instant}, {"big", guard.List},
}

var values = map[string]any{
	"state": "handling", "amount": int64(1_200_000), "due": "2016-09-30", "units": []string{"fgw", "czj"}, "given.due": true,
	"clock.disposal.used": 0.25, "now": time.Date(2016, 9, 15, 9, 0, 0, 0, gov.China), "opening": time.Time{},
}

func env(t testing.TB) *guard.Env {
	t.Helper()
	e, err := guard.NewEnv(vars)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEval(t *testing.T) {
	t.Parallel()
	e := env(t)
	for _, tt := range []struct {
		source string
		kind   guard.Kind
		want   any
	}{
		{"clock.disposal.used < 0.2", guard.Bool, false},
		{"state == 'handling' && amount >= 1000000", guard.Bool, true},
		{"given.due && due <= '2016-12-31'", guard.Bool, true},
		{"'czj' in units && size(units) % 2 == 0", guard.Bool, true},
		{"days('2016-09-15', due)", guard.Int, int64(15)},
		{"days('', due)", guard.Int, int64(0)},
		{"plus_days(due, 1)", guard.Date, "2016-10-01"},
		{"plus_months('2016-01-31', 1)", guard.Date, "2016-02-29"},
		{"plus_months('2019-03-08', 24)", guard.Date, "2021-03-08"},
		{"plus_months('2016-03-31', -1)", guard.Date, "2016-02-29"},
		{"plus_months('', 1)", guard.Date, ""},
		{"plus_months(due, 100000)", guard.Date, ""},
		{"year(due) + 1", guard.Int, int64(2017)},
		{"date(now)", guard.Date, "2016-09-15"},
		{"now >= opening", guard.Bool, true},
		{"units.filter(u, u != 'fgw')", guard.List, []string{"czj"}},
		{"join(units)", guard.Text, "fgw、czj"},
		{"short('加强督查工作', 4)", guard.Text, "加强督…"},
		{"short('督查', 4)", guard.Text, "督查"},
		{"short(' 加强\\n督查\u3000工作 ', 7)", guard.Text, "加强 督查 …"},
		{"short('加强督查；', 4)", guard.Text, "加强督查"},
		{"short('一、督查。二、催办。\\n', 20)", guard.Text, "一、督查。二、催办"},
		{"short('督查', -1)", guard.Text, "…"},
		{"now", guard.Instant, time.Date(2016, 9, 15, 9, 0, 0, 0, gov.China)},
	} {
		x, mistake := e.Compile(tt.source, tt.kind)
		if mistake != nil {
			t.Errorf("%s: %s", tt.source, mistake.Text.EN)
			continue
		}
		got, err := x.Eval(func(n string) any { return values[n] })
		if err != nil {
			t.Errorf("%s: %v", tt.source, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.source, diff)
		}
	}
}

func TestUses(t *testing.T) {
	t.Parallel()
	x, mistake := env(t).Compile("given.due && 'fgw' in units && units.exists(u, u == state)", guard.Bool)
	if mistake != nil {
		t.Fatal(mistake.Text.EN)
	}
	if diff := cmp.Diff([]string{"given.due", "state", "units"}, x.Uses()); diff != "" {
		t.Error(diff)
	}
}

// What a pack author gets wrong is told with its place; what could cost too
// much or reach outside is refused when the pack is loaded.
func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	e := env(t)
	for _, tt := range []struct {
		why, source, want string
		line, column      int
		unknown           string
	}{
		{"misspelt variable", "amout > 1", "unknown name", 1, 1, "amout"},
		{"misspelt on the second line", "amount > 1 &&\n  stat == 'x'", "unknown name", 2, 3, "stat"},
		{"types do not fit", "amount == 'x'", "no matching overload", 1, 8, ""},
		{"no truth value", "amount + 1", "should give a truth value", 1, 1, ""},
		{"syntax", "amount >", "Syntax error", 1, 9, ""},
		{"regular expressions cost what the data wants", "state.matches('(a+)+b')", "unknown name", 1, 14, "matches"},
		{"instants are data, never text", "timestamp('2016-01-01T00:00:00Z') < now", "unknown name", 1, 10, "timestamp"},
		{"types stay known", "dyn(state) == amount", "unknown name", 1, 4, "dyn"},
		{"too long", strings.Repeat("amount + ", 200) + "1 > 0", "over the limit", 1, 1, ""},
		{"too deep", strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200), "recursion", 0, 0, ""},
		{"worst case over the budget", "units.all(a, units.all(b, units.all(c, a + b == c)))", "costs more", 1, 1, ""},
	} {
		x, m := e.Compile(tt.source, guard.Bool)
		if m == nil {
			t.Errorf("%s: %q was taken: uses %v", tt.why, tt.source, x.Uses())
			continue
		}
		if !strings.Contains(m.Text.EN, tt.want) || m.Unknown != tt.unknown || tt.line > 0 && (m.Line != tt.line || m.Column != tt.column) {
			t.Errorf("%s: %d:%d %q (unknown %q)", tt.why, m.Line, m.Column, m.Text.EN, m.Unknown)
		}
	}
}

// An evaluation that cannot be done is an error, never a yes.
func TestEvalFails(t *testing.T) {
	t.Parallel()
	e := env(t)
	huge := make([]string, 200_000)
	for _, tt := range []struct{ why, source string }{
		{"division by zero", "amount / 0 > 1"},
		{"a value of another kind", "state == 'x'"},
		{"more data than the estimate allows for", "big.all(b, b == '')"},
	} {
		x, m := e.Compile(tt.source, guard.Bool)
		if m != nil {
			t.Fatalf("%s: %s", tt.why, m.Text.EN)
		}
		yes, err := x.Holds(func(n string) any {
			switch n {
			case "big":
				return huge
			case "amount":
				return int64(1)
			}
			return 7.5
		})
		if err == nil || yes {
			t.Errorf("%s: %v, %v", tt.why, yes, err)
		}
	}
}

func TestNewEnvRefusesNamesTwice(t *testing.T) {
	t.Parallel()
	if _, err := guard.NewEnv([]guard.Var{{"a", guard.Int}, {"a", guard.Text}}); err == nil {
		t.Error("a variable was declared twice")
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{"amount > 1", "units.all(u, u in units)", "((((", "'\\u0000' == state", "now - opening", "true ? 1 : 2"} {
		f.Add(s)
	}
	e := env(f)
	f.Fuzz(func(t *testing.T, source string) {
		x, m := e.Compile(source, guard.Bool)
		if m != nil {
			if m.Text.ZH == "" || m.Text.EN == "" {
				t.Errorf("no text for %q", source)
			}
			return
		}
		kinds := map[string]guard.Kind{}
		for _, v := range vars {
			kinds[v.Name] = v.Kind
		}
		x.Holds(func(n string) any { return kinds[n].Zero() }) // must return, whatever it says
	})
}
