package drawcmd_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/drawcmd"
	"quanxiang/draw/lot"
	"quanxiang/draw/party"
	"quanxiang/draw/record"
	"quanxiang/gov"
)

const samples = "../../../draw/testdata/"

func TestCommands(t *testing.T) {
	t.Parallel()
	joint, err := os.ReadFile(samples + "joint.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	forged := file("forged", bytes.Replace(joint, []byte(`"outcome":"none-found"`), []byte(`"outcome":"none-fined"`), 1))
	half := file("half", joint[:bytes.IndexByte(joint, '\n')+1])
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"verify", samples + "joint.jsonl"}, cli.OK, "VALID plan XC-2023-001 attempt 1 recomputed\n"},
		{[]string{"verify", samples + "joint.jsonl", "--mirror", half}, cli.OK, "VALID"},
		{[]string{"verify", samples + "joint.jsonl", "--mirror", forged}, cli.Failed, "INVALID at record 14: mirror: "},
		{[]string{"verify", samples + "attested.jsonl"}, cli.OK, "VALID plan XC-2023-001 attempt 1 attested by 2 auditors\n"},
		{[]string{"verify", samples + "attested.jsonl", "--sealed", samples + "attested.sealed.json"}, cli.OK, "recomputed\n"},
		{[]string{"verify", samples + "second.jsonl"}, cli.OK, "compare with what was published: KL8 lottery round 2023251"},
		{[]string{"verify", half}, cli.Invalid, "INCOMPLETE: missing close\n"},
		{[]string{"verify", half, "--format", "json"}, cli.Invalid, `"missing": "close"`},
		{[]string{"verify", forged}, cli.Failed, "INVALID at record 14: signature: the signature of platform fails\n"},
		{[]string{"verify", forged, "--format", "json"}, cli.Failed, `"class": "signature"`},
		{[]string{"verify", file("none", nil)}, cli.Invalid, "INCOMPLETE: missing plan\n"},
		{[]string{"verify", filepath.Join(dir, "no-such-file")}, cli.Failed, ""},
		{[]string{"verify"}, cli.Usage, ""},
		{[]string{"vectors"}, cli.OK, "ok    seed a9ea2f798303caab1ed0736f200ed636738cd36d9929fd5748aab8f5ba056c66"},
	} {
		var out bytes.Buffer
		e := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: new(bytes.Buffer), Getenv: func(string) string { return "en" }}
		list := []cli.Command{{Name: "draw", About: gov.Text{}, Run: drawcmd.Command}}
		code := cli.Run(context.Background(), e, list, append([]string{"draw"}, c.args...))
		if code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("draw %v: exit %d, want %d\n%s", c.args, code, c.code, out.String())
		}
	}
}

// A key file is made once and answers what the page asks, after saying in words what
// that is; its secret is printed nowhere.
func TestParty(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(args ...string) (int, string) {
		var out bytes.Buffer
		e := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: new(bytes.Buffer), Getenv: func(string) string { return "en" }}
		code := cli.Run(context.Background(), e, []cli.Command{{Name: "draw", About: gov.Text{}, Run: drawcmd.Command}}, append([]string{"draw"}, args...))
		return code, out.String()
	}
	name := filepath.Join(dir, "key.json")
	code, first := run("key", "new", name, "--name", "公证员")
	if code != cli.OK {
		t.Fatalf("%d %s", code, first)
	}
	if code, _ := run("key", "new", name); code == cli.OK {
		t.Error("a key was overwritten")
	}
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	k, err := party.ParseKey(file)
	if err != nil {
		t.Fatal(err)
	}
	if code, out := run("key", "show", name); code != cli.OK || !strings.HasSuffix(first, out) {
		t.Errorf("%d %q after %q", code, out, first)
	}
	p := record.Plan{Suite: lot.SHA256, ID: "XC-1"}
	r := party.NewRequest(&p, lot.Hash{1}, "witness-1")
	r.Want(party.AskCommit, 0)
	request := filepath.Join(dir, "request.json")
	if err := os.WriteFile(request, r.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := run("sign", request, "--show"); code != cli.OK || !strings.Contains(out, "commit to your secret") {
		t.Errorf("shown: %d %s", code, out)
	}
	if code, _ := run("sign", request); code == cli.OK {
		t.Error("signed without a key")
	}
	if code, out := run("sign", "--key", name, request); code != cli.OK {
		t.Fatalf("%d %s", code, out)
	}
	answer, err := os.ReadFile(request + ".answer.json")
	if err != nil {
		t.Fatal(err)
	}
	a, err := party.ParseAnswer(answer)
	if err != nil {
		t.Fatal(err)
	}
	public := k.Public()
	if err := r.Check(&a, &public); err != nil {
		t.Error(err)
	}
}

// What a transcript lacks is named in the language of whoever reads the message; the
// line of the specification stays as it is.
func TestMissingInWords(t *testing.T) {
	t.Parallel()
	var out, wrong bytes.Buffer
	e := &cli.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &wrong, Getenv: func(string) string { return "" }}
	name := filepath.Join(t.TempDir(), "none")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	list := []cli.Command{{Name: "draw", About: gov.Text{}, Run: drawcmd.Command}}
	if code := cli.Run(context.Background(), e, list, []string{"draw", "verify", name}); code != cli.Invalid || !strings.HasPrefix(out.String(), "INCOMPLETE: missing plan\n") || !strings.Contains(wrong.String(), "缺少计划") {
		t.Errorf("exit %d, %q, %q", code, out.String(), wrong.String())
	}
}

// A Chinese user reads in Chinese what a file lacks, how a draw is valid and how a
// flag is wrong.
func TestInChinese(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args  []string
		stdin string
		want  []string
	}{
		{[]string{"verify", samples + "joint.jsonl"}, "", []string{"VALID plan", "核验通过：计划 XC-2023-001 第 1 次抽取，全部结果已从头重算，一致。"}},
		{[]string{"verify", samples + "attested.jsonl"}, "", []string{"由 2 个审计单位重算并签署"}},
		{[]string{"verify", "-"}, "{}\n", []string{"缺少成员 body"}},
		{[]string{"verify", "-"}, "hello\n", []string{"第 0 字节起不是规范的 JSON：这里应是一个值"}},
		{[]string{"verify", "no-such-file"}, "", []string{"找不到“no-such-file”。"}},
		{[]string{"verify", "--sealer", "x"}, "", []string{"没有 --sealer 这个参数。", "是不是 --sealed？"}},
		{[]string{"verify", "--sealed"}, "", []string{"参数 --sealed 后面要写值。"}},
	} {
		var out bytes.Buffer
		e := &cli.Env{Stdin: strings.NewReader(c.stdin), Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }}
		cli.Run(context.Background(), e, []cli.Command{{Name: "draw", About: gov.Text{}, Run: drawcmd.Command}}, append([]string{"draw"}, c.args...))
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%v: want %q in\n%s", c.args, want, out.String())
			}
		}
	}
}
