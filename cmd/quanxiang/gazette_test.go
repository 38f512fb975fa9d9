package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gazette"
)

// sample is a gazette of one invented document in the layout of the pack's
// district; a blank ends a paragraph.
const sample = " 北京市西城区人民政府文件 \n\n西政发〔2031〕4 号 \n\n北京市西城区人民政府关于印发 \n风筝节管理办法的通知 \n\n" +
	"各街道办事处： \n\n经区政府同意，现将《风筝节管理办法》印发给你们。 \n\n北京市西城区人民政府 \n\n2031 年 3 月 9 日 \n" +
	" 风筝节管理办法 \n\n第一章  总则 \n\n第一条  本办法自 2031 年 4 月 1 日起施行，有效期 2 年。 \n" +
	" 抄送: 区委各部门。 \n\n北京市西城区人民政府办公室      2031 年 3 月 12 日印发 \n另 页 \n"

func gazetteFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gazette.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestGazetteReadText(t *testing.T) {
	t.Parallel()
	code, out, errs := quanxiang(t, "gazette", "read", gazetteFile(t, sample))
	if code != cli.OK || errs != "" {
		t.Fatalf("exit %d, %q", code, errs)
	}
	for _, want := range []string{
		"gazette.txt: ", "西政发〔2031〕4号  北京市西城区人民政府关于印发风筝节管理办法的通知",
		"signed 2031-03-09, printed 2031-03-12, in force from 2031-04-01 (stated in the text), in force to 2033-03-31",
		"promulgates: 《风筝节管理办法》", "第一章 总则", "chapters: 1, articles: 1",
		"all checks hold", "no document, 1 passages", "另 页",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	if strings.Contains(out, "%!") {
		t.Errorf("broken format:\n%s", out)
	}
}

func TestGazetteReadJSON(t *testing.T) {
	t.Parallel()
	code, out, _ := quanxiang(t, "gazette", "read", "--format", "json", gazetteFile(t, sample))
	var g gazette.Gazette
	if err := json.Unmarshal([]byte(out), &g); err != nil {
		t.Fatal(err)
	}
	if code != cli.OK || len(g.Documents) != 1 || g.Documents[0].ValidUntil.String() != "2033-03-31" || g.Source.Name != "gazette.txt" {
		t.Errorf("exit %d, %+v", code, g)
	}
	for _, key := range []string{`"body_present": true`, `"repeals": []`, `"tasks": []`, `"addressees": [`} {
		if !strings.Contains(out, key) {
			t.Errorf("no %s in the JSON", key)
		}
	}
}

func TestGazetteReadRefuses(t *testing.T) {
	t.Parallel()
	binary := gazetteFile(t, "第一行\nab\x00c")
	for _, tt := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no file named", []string{"gazette", "read"}, cli.Usage, "Usage"},
		{"unknown subcommand", []string{"gazette", "eat"}, cli.Usage, "gazette read"},
		{"file absent", []string{"gazette", "read", "absent.txt"}, cli.Failed, "no file"},
		{"a folder", []string{"gazette", "read", t.TempDir()}, cli.Invalid, "folder"},
		{"binary", []string{"gazette", "read", binary}, cli.Invalid, binary + ":2:3:"},
		{"format", []string{"gazette", "read", "--format", "xml", binary}, cli.Usage, "xml"},
		{"pack absent", []string{"gazette", "read", "--pack", "nowhere", binary}, cli.Failed, "nowhere"},
	} {
		code, _, errs := quanxiang(t, tt.args...)
		if code != tt.code || !says(errs, tt.want) {
			t.Errorf("%s: exit %d, %q; want %d with %q", tt.name, code, errs, tt.code, tt.want)
		}
	}
}
