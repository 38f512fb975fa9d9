// Package packcmd is the family of commands about packs: check, test, show, and the
// drawing of areas.
package packcmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/web/api"
)

// Command runs the command of the family that the arguments name.
func Command(ctx context.Context, e *cli.Env, args []string) error {
	return cli.Subcommand(ctx, e, "pack", []cli.Command{
		{Name: "check", Usage: "DIR [--format text|json]", About: gov.Text{ZH: "检查政策包，一次列出全部问题", EN: "check a pack and list every mistake at once"}, Run: packCheck},
		{Name: "test", Usage: "DIR [--run REGEXP] [--format text|json]", About: gov.Text{ZH: "演练政策包的情景", EN: "play the scenarios of a pack"}, Run: packTest},
		{Name: "areas", Usage: "DIR FILE.geojson [--system SYSTEM] [--as FILE.geojson]", About: gov.Text{ZH: "对照政策包检查区域的 GeoJSON 文件，可写入政策包", EN: "check a GeoJSON file of areas against a pack, and bring it in"}, Run: packAreas},
		{Name: "invent-areas", Usage: "DIR --box SOUTH,WEST,NORTH,EAST --area KM2", About: gov.Text{ZH: "为只有示意图的政策包虚构区域，供演示", EN: "invent areas for a pack that has only a schematic map, to demonstrate"}, Run: packInvent},
		{Name: "show", Usage: "DIR [units|areas|posts|roles|documents|lists [ID]|procedures [ID [--svg]]] [--format text|json]", About: gov.Text{ZH: "显示政策包的内容", EN: "show what a pack holds"}, Run: packShow},
	}, args)
}

// Load loads the pack in a folder. Files are named as the user can open
// them.
func Load(dir string) (*policy.Pack, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find pack: %w", err)
	}
	pack, err := policy.Load(os.DirFS(filepath.Dir(path)), filepath.Base(path))
	if gov.CodeOf(err) == gov.NotFound {
		return nil, gov.Errorf(gov.NotFound, "没有政策包文件夹“%s”", "there is no pack folder %q", dir)
	}
	if problems, ok := errors.AsType[policy.Problems](err); ok {
		return nil, within(dir, problems)
	}
	if pack != nil {
		pack.Warnings = within(dir, pack.Warnings)
	}
	return pack, err
}

// within names files of a pack from where the user stands.
func within(dir string, problems policy.Problems) policy.Problems {
	out := make(policy.Problems, len(problems))
	for i, p := range problems {
		pos := p.Pos
		pos.File = filepath.Join(dir, filepath.FromSlash(pos.File))
		out[i] = p.At(pos)
	}
	return out
}

// finding is a problem or warning in JSON.
type finding struct {
	Severity string   `json:"severity"` // error or warning
	File     string   `json:"file"`
	Line     int      `json:"line,omitempty"`
	Column   int      `json:"column,omitempty"`
	Text     gov.Text `json:"text"`
}

func findings(severity string, problems policy.Problems) []finding {
	out := make([]finding, len(problems))
	for i, p := range problems {
		out[i] = finding{severity, p.Pos.File, p.Pos.Line, p.Pos.Column, p.Text}
	}
	return out
}

func packCheck(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("pack check", "DIR")
	format := cli.FormatFlag(e, fs)
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	if err := cli.BadFormat(e, *format); err != nil {
		return err
	}
	pack, err := Load(rest[0])
	problems, ok := errors.AsType[policy.Problems](err)
	if err != nil && !ok {
		return err
	}
	if len(problems) > 0 {
		return refusePack(e, problems, *format)
	}
	if *format == "json" {
		return checkJSON(e, pack, nil)
	}
	for _, w := range slices.Concat(pack.Warnings, pack.Misfits()) {
		e.Say("%[1]s（警告）", "%[2]s (warning)", gov.TextOf(w, gov.ZH), gov.TextOf(w, gov.EN))
	}
	e.Say("政策包“%[1]s”（%[2]s，版本 %[3]s）没有错误：%[4]d 个单位、%[5]d 个区域、%[6]d 个职务、%[7]d 个角色、%[8]d 份文件、%[9]d 个代码表、%[10]d 个程序。",
		"Pack %[1]q (%[11]s, version %[3]s) has no mistakes: %[4]d units, %[5]d areas, %[6]d posts, %[7]d roles, %[8]d documents, %[9]d lists, %[10]d procedures.",
		pack.ID, pack.Name.ZH, pack.Version, len(pack.Units), len(pack.Areas), len(pack.Posts), len(pack.Roles), len(pack.Documents),
		len(pack.Lists), len(pack.Procedures), pack.Name.In(gov.EN))
	fmt.Fprintf(e.Stdout, "SHA-256 %s\n", pack.Hash)
	return nil
}

// refusePack lists the mistakes of a pack and is the error for them.
func refusePack(e *cli.Env, problems policy.Problems, format string) error {
	if format == "json" {
		return checkJSON(e, nil, problems)
	}
	fmt.Fprintln(e.Stdout, problems.In(e.Lang))
	return gov.Errorf(gov.Invalid, "政策包有 %d 处错误。", "Mistakes in the pack: %d.", len(problems))
}

func checkJSON(e *cli.Env, pack *policy.Pack, problems policy.Problems) error {
	out := struct {
		OK       bool      `json:"ok"`
		Pack     string    `json:"pack,omitempty"`
		Version  string    `json:"version,omitempty"`
		Hash     string    `json:"hash,omitempty"`
		Findings []finding `json:"findings"`
	}{OK: len(problems) == 0, Findings: findings("error", problems)}
	if pack != nil {
		out.Pack, out.Version, out.Hash = pack.ID, pack.Version, pack.Hash
		out.Findings = findings("warning", slices.Concat(pack.Warnings, pack.Misfits()))
	}
	if err := cli.PrintJSON(e.Stdout, out); err != nil {
		return err
	}
	if !out.OK {
		return gov.Errorf(gov.Invalid, "政策包有 %d 处错误。", "Mistakes in the pack: %d.", len(problems))
	}
	return nil
}

// packParts are the lists "pack show" can be asked for.
var packParts = []string{"units", "areas", "posts", "roles", "documents", "lists", "procedures"}

func packShow(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("pack show", "DIR [units|areas|posts|roles|documents|lists [ID]|procedures [ID [--svg]]]")
	format := cli.FormatFlag(e, fs)
	svg := fs.Bool("svg", false, gov.Text{ZH: "画出程序的状态图（SVG）", EN: "draw the procedure's states as SVG"}.In(e.Lang))
	rest, err := cli.Parse(fs, args)
	if err != nil {
		return err
	}
	one := len(rest) == 3 && (rest[1] == "procedures" || rest[1] == "lists")
	if len(rest) < 1 || len(rest) > 2 && !one || len(rest) == 2 && !slices.Contains(packParts, rest[1]) || *svg && !(one && rest[1] == "procedures") {
		return cli.Misused(fs, "写明政策包的文件夹；要看一部分，再写是哪一部分。", "Name the folder of the pack, and the part to show if not all.")
	}
	if err := cli.BadFormat(e, *format); err != nil {
		return err
	}
	pack, err := Load(rest[0])
	if problems, ok := errors.AsType[policy.Problems](err); ok {
		fmt.Fprintln(e.Stderr, problems.In(e.Lang))
		return gov.Errorf(gov.Invalid, "政策包有 %d 处错误。", "Mistakes in the pack: %d.", len(problems))
	}
	if err != nil {
		return err
	}
	if one && rest[1] == "lists" {
		return showList(e, pack, rest[2], *format)
	}
	if one {
		return showProcedure(e, pack, rest[2], *format, *svg)
	}
	parts := packParts
	if len(rest) == 2 {
		parts = rest[1:]
	}
	if *format == "json" {
		return cli.PrintJSON(e.Stdout, packJSON(pack, parts))
	}
	if len(rest) == 1 {
		fmt.Fprintf(e.Stdout, "%s  %s  %s  %s\nSHA-256 %s\n", pack.ID, pack.District, pack.Name.In(e.Lang), pack.Version, pack.Hash)
	}
	for _, part := range parts {
		if len(parts) > 1 {
			fmt.Fprintf(e.Stdout, "\n[%s]\n", part)
		}
		if err := showPart(e, pack, part); err != nil {
			return err
		}
	}
	return nil
}

func packJSON(pack *policy.Pack, parts []string) map[string]any {
	out := map[string]any{"id": pack.ID, "district": pack.District, "name": pack.Name, "version": pack.Version, "hash": pack.Hash}
	procedures := make([]api.Procedure, len(pack.Procedures))
	for i, p := range pack.Procedures {
		procedures[i] = api.ProcedureOf(p)
	}
	all := map[string]any{"units": pack.Units, "areas": pack.Areas, "posts": pack.Posts, "roles": pack.Roles, "documents": pack.Documents,
		"lists": pack.Lists, "procedures": procedures}
	for _, part := range parts {
		out[part] = all[part]
	}
	return out
}

// showPart prints one list as a table. Columns are parted by tabs' stops that
// count characters, so Chinese columns do not line up in every terminal; a
// program reads the JSON.
func showPart(e *cli.Env, pack *policy.Pack, part string) error {
	w := tabwriter.NewWriter(e.Stdout, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { fmt.Fprintln(w, strings.TrimRight(strings.Join(cells, "\t"), "\t")) }
	switch part {
	case "units":
		for _, u := range pack.Units {
			row(u.ID, u.Kind.Name().In(e.Lang), u.Name.In(e.Lang), strings.Join(u.Aliases, "、"), strings.Join(pack.Members(u.ID), " "))
		}
	case "areas":
		for _, a := range pack.Areas {
			row(a.Code, string(a.Level), a.Name.In(e.Lang))
		}
	case "posts":
		for _, p := range pack.Posts {
			row(p.ID, p.Name.In(e.Lang), p.Unit)
		}
	case "roles":
		for _, r := range pack.Roles {
			names := make([]string, len(r.Grants))
			for i, a := range r.Grants {
				names[i] = string(a)
			}
			row(r.ID, string(r.Scope), r.Name.In(e.Lang), strings.Join(names, " "))
		}
	case "documents":
		list := slices.Clone(pack.Documents)
		slices.SortStableFunc(list, func(a, b policy.Document) int { return cmp.Compare(a.Signed.String(), b.Signed.String()) })
		for _, d := range list {
			row(cmp.Or(d.Signed.String(), "-"), d.Number, d.Title, string(d.Status))
		}
	case "lists":
		for _, l := range pack.Lists {
			row(l.ID, l.Title.In(e.Lang), gov.Textf("%[1]d 列、%[2]d 条", "%[1]d columns, %[2]d entries", len(l.Columns), len(l.Entries)).In(e.Lang))
		}
	case "procedures":
		for _, p := range pack.Procedures {
			row(p.ID, p.Number.Write(2016, 1), p.Title.In(e.Lang), gov.Textf("%[1]d 个状态、%[2]d 个动作", "%[1]d states, %[2]d actions", len(p.States), len(p.Actions)).In(e.Lang))
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print pack: %w", err)
	}
	return nil
}
