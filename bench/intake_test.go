package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/people/apikeys"
	"quanxiang/store"
	"quanxiang/store/storetest"
	"quanxiang/web/webtest"
)

// burstReports is how many reports, peer's records and inserts are timed in turns.
const burstReports = 256

// BenchmarkIntake reports how many problem reports a second are taken over HTTP
// and durable with their entry of the ledger, through the whole site on SQLite
// with synchronous=FULL, and how long each took; how many of 100 lists knew nothing
// of yet then, how long a burst's took to be listed, and the processor of a report
// and of a record, clients included. In turns, in the same run:
// PocketBase, with synchronous=FULL as well, taking a record of the same fields
// and photograph (the module bench/peers; without it that half is left out), and
// plain inserts of the bytes of the fields. of-peer above 1 is ahead of PocketBase.
func BenchmarkIntake(b *testing.B) {
	for _, photo := range []bool{false, true} {
		for _, clients := range []int{8, 64} {
			b.Run(fmt.Sprintf("photo=%v/clients=%d", photo, clients), func(b *testing.B) { benchIntake(b, photo, clients) })
		}
	}
}

func benchIntake(b *testing.B, photo bool, clients int) {
	site := openSite(b)
	peer, peerTook := "", func() time.Duration { return 0 }
	if os.Getenv("NOLIST") == "" {
		peer, peerTook = startPeer(b)
	}
	db := storetest.Open(b, storetest.DSN(b, store.SQLite), nil)
	storetest.Exec(b, db, fmt.Sprintf(makeInserts, "blob"))
	var picture []byte
	if photo {
		picture = photograph(b)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	n := 0
	var reports, records, inserts tally
	var behind int
	var listing, cpu, peerCPU time.Duration
	for b.Loop() {
		before := processor(b)
		reports.burst(clients, func(i int) {
			send(b, client, site.url, http.StatusCreated, picture, site.fields(n+i))
		})
		cpu += processor(b) - before
		cases, took := site.list(b, n+burstReports)
		behind, listing = behind+cases, listing+took
		if peer != "" {
			before := processor(b) + peerTook()
			records.burst(clients, func(i int) {
				send(b, client, peer, http.StatusOK, picture, peerFields(n+i))
			})
			peerCPU += processor(b) + peerTook() - before
		}
		inserts.burst(clients, func(i int) {
			body := []byte(strings.Join(slices.Concat(site.fields(n+i)...), "\n"))
			err := db.Write(context.Background(), storetest.District, func(tx *store.Tx) error {
				_, err := tx.ExecContext(context.Background(), insertBody, tx.District(), gov.NewID(tx.Now()).String(), body)
				return err
			})
			if err != nil {
				b.Error(err)
			}
		})
		n += burstReports
	}
	if kept := site.count(b); kept != int64(n) {
		b.Fatalf("%d cases of %d reports", kept, n)
	}
	b.ReportMetric(reports.rate(), "reports/s")
	b.ReportMetric(reports.percentile(50), "p50-ms")
	b.ReportMetric(reports.percentile(99), "p99-ms")
	b.ReportMetric(inserts.rate(), "inserts/s")
	b.ReportMetric(perReport(cpu, n), "cpu-ms")
	b.ReportMetric(100*float64(behind)/float64(n), "%behind")
	b.ReportMetric(perReport(listing, n)*burstReports, "listing-ms") // of a burst
	if peer != "" {
		b.ReportMetric(records.rate(), "peer/s")
		b.ReportMetric(records.percentile(99), "peer-p99-ms")
		b.ReportMetric(reports.rate()/records.rate(), "of-peer")
		b.ReportMetric(perReport(peerCPU, n), "peer-cpu-ms")
	}
	b.ReportMetric(0, "ns/op") // of all three together, which means nothing
}

// perReport is what one of n took of a time, in ms.
func perReport(all time.Duration, n int) float64 {
	return float64(all.Microseconds()) / 1000 / float64(n)
}

// tally is how long requests took.
type tally struct {
	took time.Duration // on the clock, all bursts together
	each []time.Duration
}

// burst makes burstReports requests from a number of clients.
func (t *tally) burst(clients int, one func(i int)) {
	each := make([]time.Duration, burstReports)
	start := time.Now()
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := c; i < burstReports; i += clients {
				begin := time.Now()
				one(i)
				each[i] = time.Since(begin)
			}
		})
	}
	wg.Wait()
	t.took += time.Since(start)
	t.each = append(t.each, each...)
}

func (t *tally) rate() float64 { return float64(len(t.each)) / t.took.Seconds() }

// percentile is in ms.
func (t *tally) percentile(p int) float64 {
	slices.Sort(t.each)
	return float64(t.each[len(t.each)*p/100].Microseconds()) / 1000
}

// site is the whole site, with a key to file reports by.
type site struct {
	url, key string
	docket   *docket.Docket
}

func openSite(b *testing.B) site {
	b.Helper()
	d, cases := webtest.WithCases(b, time.Now)
	d.BaseURL = "http://bench.example"
	_, key, err := d.Keys.Make(b.Context(), people.Operator("root", time.Now()), apikeys.Key{Name: "热线", Unit: "zfb", Contact: "x", Rate: 100000, Scope: apikeys.Filing})
	if err != nil {
		b.Fatal(err)
	}
	return site{webtest.Serve(b, d).URL + "/open311/v2/requests.json", key, cases}
}

// fields are those of a report unlike any other.
func (s site) fields(i int) [][]string {
	return append([][]string{{"api_key", s.key}, {"service_code", "B0109"}}, said(i)...)
}

func peerFields(i int) [][]string { return append([][]string{{"service", "B0109"}}, said(i)...) }

func said(i int) [][]string {
	return [][]string{{"lat", "39.9123"}, {"long", fmt.Sprintf("116.%06d", 366000+i%1000)}, {"first_name", "张三"}, {"name", "张三"},
		{"description", fmt.Sprintf("第 %d 盏路灯不亮，已经三天了，夜里经过很不安全，请尽快派人来修。", i)}}
}

// list lists the cases that were left behind by a burst, until lists know all of
// them; it returns how many there were and how long that took.
func (s site) list(b *testing.B, all int) (n int, took time.Duration) {
	b.Helper()
	before, start := s.count(b), time.Now()
	for os.Getenv("NOLIST") == "" && s.count(b) < int64(all) {
		if _, err := s.docket.Catch(b.Context(), 100); err != nil {
			b.Fatal(err)
		}
	}
	return all - int(before), time.Since(start)
}

func (s site) count(b *testing.B) (n int64) {
	b.Helper()
	tallies, err := s.docket.Tallies(b.Context(), "report", "")
	if err != nil {
		b.Fatal(err)
	}
	for _, t := range tallies {
		n += t.N
	}
	return n
}

// send posts a form, with a picture if there is one.
func send(b *testing.B, client *http.Client, url string, want int, picture []byte, fields [][]string) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	err := func() error {
		for _, f := range fields {
			if err := w.WriteField(f[0], f[1]); err != nil {
				return err
			}
		}
		if picture != nil {
			part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="media"; filename="a.jpg"`}, "Content-Type": {"image/jpeg"}})
			if err != nil {
				return err
			}
			if _, err := part.Write(picture); err != nil {
				return err
			}
		}
		return w.Close()
	}()
	if err != nil {
		b.Error(err)
		return
	}
	resp, err := client.Post(url, w.FormDataContentType(), &body)
	if err != nil {
		b.Error(err)
		return
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != want {
		b.Errorf("%s: %d %.300s %v", url, resp.StatusCode, answer, err)
	}
}

// photograph is a picture as a telephone sends it after making it small: 1280 by
// 960, with the noise of a sensor.
func photograph(b *testing.B) []byte {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, 1280, 960))
	for y := range 960 {
		for x := range 1280 {
			v := uint8((x+y)/10 + r.IntN(12))
			m.SetRGBA(x, y, color.RGBA{v, v / 2, 255 - v, 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 80}); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// startPeer starts PocketBase and returns where it takes records, "" where its
// module cannot be built, and what processor it has taken.
func startPeer(b *testing.B) (url string, took func() time.Duration) {
	b.Helper()
	dir := b.TempDir()
	binary := filepath.Join(dir, "peers")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Dir = "peers"
	if out, err := build.CombinedOutput(); err != nil {
		b.Logf("PocketBase is left out: %v\n%s", err, out)
		return "", nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(binary, filepath.Join(dir, "data"), address)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait() // it was killed: the error says so
	})
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get("http://" + address + "/api/health")
		if err == nil {
			resp.Body.Close()
			return "http://" + address + "/api/collections/reports/records", func() time.Duration { return processorOf(b, cmd.Process.Pid) }
		}
	}
	b.Fatal("PocketBase does not answer")
	return "", nil
}

// processorOf is the processor a process has taken, in hundredths of a second; 0
// where the system does not tell in /proc.
func processorOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if errors.Is(err, os.ErrNotExist) {
		return 0
	}
	_, after, _ := strings.Cut(string(stat), ") ") // the name may have blanks
	fields := strings.Fields(after)
	if err != nil || len(fields) < 13 {
		b.Fatalf("processor of %d: %q, %v", pid, stat, err)
	}
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
