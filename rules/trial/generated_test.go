package trial

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"quanxiang/rules/columns"
	"quanxiang/rules/eval"
	"quanxiang/rules/gogen"
	"quanxiang/rules/ir"
	"quanxiang/rules/madeup"
	"quanxiang/rules/ruletest"
)

var enterprises = flag.Int("enterprises", 6000, "how many made-up applicants the three evaluators are compared on; a release takes 10000000")

// generated compiles a program's Go source and runs it. Records go in, amounts
// come out.
func generated(t *testing.T, p *ir.Program) (in *bufio.Writer, out *bufio.Reader, end func()) {
	t.Helper()
	source, err := gogen.Source(p)
	if err != nil {
		t.Fatal(err)
	}
	again, err := gogen.Source(p)
	if err != nil || !bytes.Equal(source, again) {
		t.Fatalf("the source is not the same twice: %v", err)
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{"main.go": source, "go.mod": []byte("module generated\n\ngo 1.26\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-o", "generated", ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the generated source does not compile: %v\n%s", err, out)
	}
	run := exec.Command(filepath.Join(dir, "generated"))
	run.Stderr = os.Stderr
	stdin, err := run.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	in = bufio.NewWriterSize(stdin, 1<<20)
	return in, bufio.NewReaderSize(stdout, 1<<20), func() {
		in.Flush()
		stdin.Close()
		if err := run.Wait(); err != nil {
			t.Error(err)
		}
	}
}

// three is what three evaluators say of all records, as digests.
type three struct {
	closures, columns, generated hash.Hash
	paying                       int
}

// compare gives records of one kind of applicant to all three.
func (x *three) compare(t *testing.T, p *ir.Program, m *eval.Machine, c *columns.Machine, records []*eval.Facts, in *bufio.Writer, out *bufio.Reader) {
	t.Helper()
	table, err := columns.Of(p, records)
	if err != nil {
		t.Fatal(err)
	}
	sent := make(chan error, 1)
	go func() {
		var line []byte
		for _, f := range records {
			line = gogen.Record(line[:0], f)
			in.Write(line) // an error stays until Flush
		}
		sent <- in.Flush()
	}()
	word := make([]byte, 8)
	err = c.Each(table, 0, table.Rows, func(b *columns.Block) error {
		for row := b.From; row < b.To; row++ {
			for i, o := range m.Run(records[row], false).Outcomes {
				binary.BigEndian.PutUint64(word, uint64(o.Final.Low))
				x.closures.Write(word)
				inColumns := int64(0)
				if column := b.Of[0].Final[i]; column != nil {
					inColumns = column[row-b.From]
				}
				binary.BigEndian.PutUint64(word, uint64(inColumns))
				x.columns.Write(word)
				if _, err := io.ReadFull(out, word); err != nil {
					return fmt.Errorf("the generated program ended: %w", err)
				}
				x.generated.Write(word)
				if g := int64(binary.BigEndian.Uint64(word)); !o.Final.Known() || inColumns != o.Final.Low || g != o.Final.Low {
					return fmt.Errorf("record %d: %s is %v by closures, %d in columns, %d in generated Go", row, p.Benefits[i].Key(), o.Final, inColumns, g)
				}
				if o.Final.Low > 0 {
					x.paying++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
}

// Closures, columns and generated Go come to the same fen for every benefit of
// every applicant.
func TestThreeEvaluators(t *testing.T) {
	t.Parallel()
	for name, files := range programmes(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := ruletest.Load(t, files...)
			in, out, end := generated(t, p)
			defer end()
			x := &three{sha256.New(), sha256.New(), sha256.New(), 0}
			r := rand.New(rand.NewPCG(54, uint64(*enterprises)))
			m := eval.New(p)
			machines := make([]*columns.Machine, len(p.Inputs))
			for n, turn := 0, 0; n < *enterprises; turn++ {
				input := int32(turn % len(p.Inputs))
				if turn%2 == 0 {
					input = 0 // enterprises are the applicants of most benefits
				}
				if machines[input] == nil {
					c, err := columns.New(columns.Want{Input: input}, p)
					if err != nil {
						t.Fatal(err)
					}
					machines[input] = c
				}
				maker := madeup.New(p, input, r)
				maker.Entries = 1 + turn%5
				maker.Year = 2016 + turn%7
				var records []*eval.Facts
				for len(records) < min(700, *enterprises-n) {
					records = append(records, maker.Facts())
				}
				x.compare(t, p, m, machines[input], records, in, out)
				n += len(records)
			}
			a, b, c := fmt.Sprintf("%x", x.closures.Sum(nil)), fmt.Sprintf("%x", x.columns.Sum(nil)), fmt.Sprintf("%x", x.generated.Sum(nil))
			if a != b || a != c {
				t.Errorf("the amounts are %s by closures, %s in columns, %s in generated Go", a, b, c)
			}
			if x.paying < *enterprises {
				t.Errorf("only %d amounts were above nothing: the test tests little", x.paying)
			}
			t.Logf("%d applicants, %d amounts above nothing, SHA-256 of all %s", *enterprises, x.paying, a)
		})
	}
}
