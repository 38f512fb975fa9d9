package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"quanxiang/demo"
)

var (
	readmeImages = flag.Bool("readme", false, "rewrite the README's images in docs/images")
	screenshots  = flag.Bool("screenshots", false, "keep a picture of every page in e2e/screenshots")
)

// site is the program under test, and browser the one every test opens tabs in.
var (
	site     string
	binary   string
	data     string // folder of the installation
	event    string // id of an entry of the ledger
	filled   *demo.Filled
	browser  context.Context
	axe      string
	notReady error // why the browser tests cannot run here
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := setUp(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

// setUp builds and starts the program, starts the browser, and runs the tests.
func setUp(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "quanxiang-e2e-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	binary = filepath.Join(dir, "quanxiang")
	if out, err := exec.Command("go", "build", "-o", binary, "quanxiang/cmd/quanxiang").CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build: %w\n%s", err, out)
	}
	data = filepath.Join(dir, "data")
	stop, err := start(data)
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if event, err = newestEvent(); err != nil {
		return 1, err
	}
	if b, err := os.ReadFile(filepath.Join("node_modules", "axe-core", "axe.min.js")); err != nil {
		notReady = errors.New("axe-core is not installed: make e2e-deps")
	} else {
		axe = string(b)
	}
	if chromium() == "" {
		notReady = errors.New("no Chromium found")
	}
	if notReady != nil {
		return m.Run(), nil
	}
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium()), chromedp.WSURLReadTimeout(10*time.Minute), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("force-prefers-reduced-motion", true),
		chromedp.Flag("lang", "zh-CN"))...)
	defer cancel()
	var end context.CancelFunc
	browser, end = chromedp.NewContext(alloc)
	defer end()
	if err := chromedp.Do(browser, chromedp.Navigate("about:blank")); err != nil {
		return 1, fmt.Errorf("start the browser: %w", err)
	}
	return m.Run(), nil
}

// start runs the demonstration, which fills the data folder with documents,
// people and months of history, corrects two of its documents, so that they have
// two versions, and leaves the program serving the folder.
func start(data string) (stop func() error, err error) {
	pack, err := hurried(filepath.Join(filepath.Dir(data), "xicheng"))
	if err != nil {
		return nil, err
	}
	if stop, err = run("demo", "--addr", "localhost:0", "--data", data, "--pack", pack, "--subjects", "1500"); err != nil {
		return nil, err
	}
	if err := stop(); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join("..", "packs", "xicheng", "demo", "gazette.txt"))
	if err != nil {
		return nil, err
	}
	corrected := strings.NewReplacer("认定有效期为三年", "认定有效期为五年", "为残疾人家庭提供上门修", "为残疾人和老人家庭提供上门修").Replace(string(text))
	file := filepath.Join(filepath.Dir(data), "corrected.txt")
	if err := os.WriteFile(file, []byte(corrected), 0o600); err != nil {
		return nil, err
	}
	out, err := exec.Command(binary, "import", "gazette", file, "--yes", "--data", data, "--pack", pack).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("更新 2 件")) {
		return nil, fmt.Errorf("import the corrected gazette: %w\n%s", err, out)
	}
	if filled, err = demo.ReadFilled(filepath.Join(data, "demo.json")); err != nil {
		return nil, err
	}
	return run("demo", "--addr", "localhost:0", "--data", data, "--pack", pack)
}

// hurried is the reference pack but for the days of the notice of applications, which are
// minutes, so that one test can see an application from its draft to the money.
func hurried(dir string) (string, error) {
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "packs", "xicheng"))); err != nil {
		return "", err
	}
	file := filepath.Join(dir, "procedures", "application.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	const notice = "to: [settle, again, withdraw], limit: "
	changed := bytes.Replace(text, []byte(notice+"5wd-end"), []byte(notice+"2m"), 1)
	if bytes.Equal(changed, text) {
		return "", fmt.Errorf("%s has no notice of five working days", file)
	}
	return dir, os.WriteFile(file, changed, 0o600)
}

// newestEvent is the id of the ledger's newest entry.
func newestEvent() (string, error) {
	resp, err := http.Get(site + "/ledger")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(string(page), `href="/ledger/events/`)
	id, _, ok := strings.Cut(rest, `"`)
	if !ok {
		return "", errors.New("the ledger's page lists no entry")
	}
	return id, nil
}

// run starts a command that serves on a free port and waits for its address.
func run(args ...string) (stop func() error, err error) {
	cmd := exec.Command(binary, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var problems bytes.Buffer
	cmd.Stderr = &problems
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	site = ""
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "http://"); ok {
			site = "http://" + address
			break
		}
	}
	if site == "" {
		return nil, fmt.Errorf("%s did not start: %w\n%s", args[0], cmd.Wait(), &problems)
	}
	return func() error {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return err
		}
		return cmd.Wait() // the program must end well
	}, nil
}

// chromium is the browser's path, "" if there is none. The shell is the same
// engine without the windows and menus around the page, which nobody sees here
// and which cost more than the pages.
func chromium() string {
	for _, name := range []string{"/usr/lib/chromium/chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// tab opens a tab of a width in pixels for one test.
func tab(t *testing.T, width, height int64) context.Context {
	t.Helper()
	if notReady != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("in CI the browser tests must run: %v", notReady)
		}
		t.Skip(notReady)
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 50*time.Minute)
	t.Cleanup(cancel)
	do(t, ctx, chromedp.EmulateViewport(width, height))
	return ctx
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// ask runs one action and returns its value.
func ask[T any](t *testing.T, ctx context.Context, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
