package main

import (
	"encoding/json"
	"flag"
	"io"

	"quanxiang/gov"
)

// formatFlag adds --format with the choices every command has.
func formatFlag(e *env, fs *flag.FlagSet) *string {
	return fs.String("format", "text", gov.Text{ZH: "输出格式：text 或 json", EN: "output: text or json"}.In(e.Lang))
}

// badFormat reports an unknown --format.
func badFormat(e *env, format string) error {
	if format == "text" || format == "json" {
		return nil
	}
	e.note("没有“%s”这种输出格式，请用 text 或 json。", "There is no format %q; use text or json.", format)
	return errUsage
}

// printJSON writes a value for people and programs alike: indented, and
// without escaping what is no HTML.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
