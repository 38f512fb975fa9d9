package packcmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/invent"
)

// packAreas checks a GeoJSON file against a pack and, when asked to, writes it
// in the pack's form.
func packAreas(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("pack areas", "DIR FILE.geojson [--system SYSTEM] [--as FILE.geojson]")
	system := fs.String("system", string(geo.CGCS2000), gov.Text{ZH: "文件的坐标系：CGCS2000、WGS84、GCJ-02、BD-09", EN: "system of the file’s coordinates: CGCS2000, WGS84, GCJ-02, BD-09"}.In(e.Lang))
	as := fs.String("as", "", gov.Text{ZH: "没有错误时写入政策包 areas 文件夹的文件名", EN: "name to write it under in the pack’s folder areas, when there is no mistake"}.In(e.Lang))
	rest, err := cli.ParseExactly(fs, args, 2)
	if err != nil {
		return err
	}
	from, err := geo.ParseSystem(*system)
	if err != nil {
		return err
	}
	if *as != "" && (*as != filepath.Base(*as) || filepath.Ext(*as) != ".geojson") {
		return gov.Errorf(gov.Invalid, "“%s”不是 areas 文件夹里的 .geojson 文件名", "%q is no name of a .geojson file in the folder areas", *as)
	}
	pack, err := Load(rest[0])
	if problems, ok := errors.AsType[policy.Problems](err); ok {
		fmt.Fprintln(e.Stderr, problems.In(e.Lang))
		return gov.Errorf(gov.Invalid, "政策包有 %d 处错误。", "Mistakes in the pack: %d.", len(problems))
	}
	if err != nil {
		return err
	}
	data, err := os.ReadFile(rest[1])
	if errors.Is(err, os.ErrNotExist) {
		return gov.Errorf(gov.NotFound, "没有文件“%s”", "there is no file %q", rest[1])
	} else if err != nil {
		return fmt.Errorf("read areas: %w", err)
	}
	report := pack.CheckGround(rest[1], data, from)
	for _, w := range slices.Concat(report.Remarks, report.Misfits) {
		e.Say("%[1]s（警告）", "%[2]s (warning)", gov.TextOf(w, gov.ZH), gov.TextOf(w, gov.EN))
	}
	if len(report.Problems) > 0 {
		fmt.Fprintln(e.Stdout, report.Problems.In(e.Lang))
		return gov.Errorf(gov.Invalid, "文件有 %d 处错误。", "Mistakes in the file: %d.", len(report.Problems))
	}
	for _, r := range report.Rows {
		fmt.Fprintf(e.Stdout, "%s  %s  %s  %s  %.4f km²\n", r.Area.Code, r.Area.Level.Name().In(e.Lang), r.Area.Name.In(e.Lang), r.Change.Name().In(e.Lang), r.Area.Ground.Shape.Area()/1e6)
	}
	e.Say("%[1]d 个区域，没有错误。", "%[1]d areas, no mistake.", len(report.Rows))
	if *as == "" {
		return nil
	}
	path := filepath.Join(rest[0], "areas", *as)
	if err := writeNew(path, report.File); err != nil {
		return err
	}
	e.Say("已写入 %s。", "Written to %s.", path)
	return nil
}

// writeNew writes a file of the folder areas. What is there is kept: a steward
// removes a file on purpose.
func writeNew(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make folder of areas: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return gov.Errorf(gov.Conflict, "文件“%s”已存在，请先移走", "the file %q exists; move it away first", path)
	} else if err != nil {
		return fmt.Errorf("write areas: %w", err)
	}
	if _, err := f.Write(data); err != nil {
		f.Close()
		return fmt.Errorf("write areas: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write areas: %w", err)
	}
	return nil
}

// packInvent draws invented areas for a pack that has none.
func packInvent(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("pack invent-areas", "DIR --box SOUTH,WEST,NORTH,EAST --area KM2")
	box := fs.String("box", "", gov.Text{ZH: "示意图四至（度）：南,西,北,东", EN: "the schematic map’s sides in degrees: south,west,north,east"}.In(e.Lang))
	area := fs.Float64("area", 0, gov.Text{ZH: "全区面积（平方公里）", EN: "area of the district in square kilometres"}.In(e.Lang))
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	o := invent.Options{Area: *area * 1e6}
	sides := strings.Split(*box, ",")
	to := []*float64{&o.Box.South, &o.Box.West, &o.Box.North, &o.Box.East}
	for i := range to {
		if len(sides) != len(to) {
			break
		}
		if *to[i], err = strconv.ParseFloat(sides[i], 64); err != nil {
			sides = nil
		}
	}
	if len(sides) != len(to) || o.Box.South >= o.Box.North || o.Box.West >= o.Box.East || *area <= 0 {
		return cli.Misused(fs, "--box 应为 南,西,北,东（度），--area 应大于 0。", "--box is south,west,north,east in degrees, and --area more than 0.")
	}
	pack, err := Load(rest[0])
	if err != nil {
		return err
	}
	d, err := invent.Areas(pack, o)
	if err != nil {
		return err
	}
	files, err := d.Files()
	if err != nil {
		return err
	}
	for _, file := range files {
		path := filepath.Join(rest[0], "areas", file.Name)
		if err := writeNew(path, file.Content); err != nil {
			return err
		}
		e.Say("已写入 %s：%d 个区域。", "Written %s: %d areas.", path, file.Areas)
	}
	return nil
}
