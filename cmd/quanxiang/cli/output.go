package cli

import (
	"encoding/json"
	"flag"
	"io"

	"quanxiang/gov"
)

// FormatFlag adds --format with the choices every command has.
func FormatFlag(e *Env, fs *flag.FlagSet) *string {
	return fs.String("format", "text", gov.Text{ZH: "输出格式：text 或 json", EN: "output: text or json"}.In(e.Lang))
}

// BadFormat reports an unknown --format.
func BadFormat(e *Env, format string) error {
	if format == "text" || format == "json" {
		return nil
	}
	e.Note("没有“%s”这种输出格式，请用 text 或 json。", "There is no format %q; use text or json.", format)
	return ErrUsage
}

// PrintJSON writes a value for people and programs alike: indented, and
// without escaping what is no HTML.
func PrintJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
