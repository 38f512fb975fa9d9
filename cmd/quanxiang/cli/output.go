package cli

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

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

// CreateWhole makes a new file, readable by its owner alone, that is there whole
// or not at all. It does not overwrite one.
func CreateWhole(name string, fill func(io.Writer) error) (err error) {
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, gov.Errorf(gov.Conflict, "文件“%s”已存在，不会覆盖。", "The file %q exists and is not overwritten.", name))
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*") // mode 0600
	if err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	defer os.Remove(f.Name()) // gone already when all went well
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
