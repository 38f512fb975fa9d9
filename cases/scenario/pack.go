package scenario

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"quanxiang/calendar"
	"quanxiang/policy"
	"quanxiang/policy/source"
)

// Report is what running the scenarios of a pack gave.
type Report struct {
	Files     []string // files of scenarios, in order
	Scenarios int
	Untested  []string // procedures without scenarios
	Problems  source.Problems
}

// RunPack plays the scenarios of a pack, those whose "procedure/name" matches
// only, or all when only is nil. fsys is the pack's folder. The error is a
// failure to read; what the scenarios say is in the report.
func RunPack(fsys fs.FS, pack *policy.Pack, cal calendar.Calendar, only *regexp.Regexp) (Report, error) {
	var r Report
	for _, p := range pack.Procedures {
		name := path.Join("procedures", p.ID+".test.yaml")
		data, err := fs.ReadFile(fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			r.Untested = append(r.Untested, p.ID)
			continue
		}
		if err != nil {
			return r, fmt.Errorf("read scenarios: %w", err)
		}
		r.Files = append(r.Files, name)
		file, problems := source.Parse(name, data)
		if file == nil {
			r.Problems = append(r.Problems, problems...)
			continue
		}
		var f File
		problems = append(problems, file.Decode(&f)...)
		if len(problems) == 0 {
			var played int
			played, problems = Run(&f, file.Root(), p, cal, pack, only)
			r.Scenarios += played
		}
		r.Problems = append(r.Problems, problems...)
	}
	if err := orphans(fsys, pack); err != nil {
		return r, err
	}
	r.Problems.Sort()
	return r, nil
}

// orphans finds files of scenarios without procedure: the loader warns of
// them, here they would be left out in silence.
func orphans(fsys fs.FS, pack *policy.Pack) error {
	files, err := fs.Glob(fsys, "procedures/*.test.yaml")
	if err != nil {
		return fmt.Errorf("list scenarios: %w", err)
	}
	for _, name := range files {
		id := strings.TrimSuffix(path.Base(name), ".test.yaml")
		if _, ok := pack.Procedure(id); !ok {
			return fmt.Errorf("scenarios %s have no procedure", name)
		}
	}
	return nil
}
