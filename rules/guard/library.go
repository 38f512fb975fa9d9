package guard

import (
	"reflect"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"quanxiang/gov"
)

var stringsType = reflect.TypeFor[[]string]()

// library is language 1.
var library = []cel.EnvOption{
	cel.StdLib(cel.StdLibSubset(subset)),
	cel.ParserRecursionLimit(maxDepth),
	cel.DefaultUTCTimeZone(true),
	function("days", "days from one date to another, 0 if one is missing",
		[]*cel.Type{cel.StringType, cel.StringType}, cel.IntType, func(args []ref.Val) ref.Val {
			from, to, err := dates(args)
			if err != nil || from.IsZero() || to.IsZero() {
				return types.Int(0)
			}
			return types.Int(int64(to.Time().Sub(from.Time()) / (24 * time.Hour)))
		}),
	function("plus_days", "the date so many days later",
		[]*cel.Type{cel.StringType, cel.IntType}, cel.StringType, func(args []ref.Val) ref.Val {
			d, err := gov.ParseDate(string(args[0].(types.String)))
			n := int64(args[1].(types.Int))
			if err != nil || d.IsZero() || n > 40_000 || n < -40_000 {
				return types.String("")
			}
			return types.String(d.Add(int(n)).String())
		}),
	function("plus_months", "the same day so many months later, or the last of a shorter month",
		[]*cel.Type{cel.StringType, cel.IntType}, cel.StringType, func(args []ref.Val) ref.Val {
			d, err := gov.ParseDate(string(args[0].(types.String)))
			n := int64(args[1].(types.Int))
			if err != nil || d.IsZero() || n > 1200 || n < -1200 {
				return types.String("")
			}
			first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
			last := first.AddDate(0, 1, -1).Day()
			return types.String(gov.Date{Year: first.Year(), Month: first.Month(), Day: min(d.Day, last)}.String())
		}),
	function("year", "the year of a date, 0 if it is missing",
		[]*cel.Type{cel.StringType}, cel.IntType, func(args []ref.Val) ref.Val {
			d, err := gov.ParseDate(string(args[0].(types.String)))
			if err != nil {
				return types.Int(0)
			}
			return types.Int(d.Year)
		}),
	function("date", "the civil date of an instant in China",
		[]*cel.Type{cel.TimestampType}, cel.StringType, func(args []ref.Val) ref.Val {
			return types.String(gov.DateOf(args[0].(types.Timestamp).Time).String())
		}),
	function("short", "the text in one line without a closing 。 or ；, cut to so many characters with … behind it when it is longer",
		[]*cel.Type{cel.StringType, cel.IntType}, cel.StringType, func(args []ref.Val) ref.Val {
			line := strings.TrimRight(strings.Join(strings.Fields(string(args[0].(types.String))), " "), "。；")
			runes, n := []rune(line), int(max(1, min(args[1].(types.Int), MaxLength)))
			if len(runes) <= n {
				return types.String(line)
			}
			return types.String(string(runes[:n-1]) + "…")
		}),
	function("join", "the items of a list parted by 、",
		[]*cel.Type{cel.ListType(cel.StringType)}, cel.StringType, func(args []ref.Val) ref.Val {
			list, err := args[0].ConvertToNative(stringsType)
			if err != nil {
				return types.NewErr("join: %v", err)
			}
			s := ""
			for i, item := range list.([]string) {
				if i > 0 {
					s += "、"
				}
				s += item
			}
			return types.String(s)
		}),
}

// subset is the standard library without regular expressions, and without the
// conversions that make instants of text or leave the types behind.
var subset = env.NewLibrarySubset().AddExcludedFunctions(
	env.NewFunction("matches"), env.NewFunction("bytes"), env.NewFunction("timestamp"), env.NewFunction("dyn"), env.NewFunction("type"))

func function(name, doc string, args []*cel.Type, result *cel.Type, fn func([]ref.Val) ref.Val) cel.EnvOption {
	return cel.Function(name, cel.FunctionDocs(doc), cel.Overload(name, args, result, cel.FunctionBinding(func(v ...ref.Val) ref.Val { return fn(v) })))
}

func dates(args []ref.Val) (from, to gov.Date, err error) {
	if from, err = gov.ParseDate(string(args[0].(types.String))); err != nil {
		return from, to, err
	}
	to, err = gov.ParseDate(string(args[1].(types.String)))
	return from, to, err
}
