package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var readmeImages = flag.Bool("readme", false, "rewrite the README's images in docs/images")

// site is the program under test, and browser the one every test opens tabs in.
var (
	site     string
	binary   string
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
	stop, err := start(filepath.Join(dir, "data"))
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, stop()) }()
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
		chromedp.ExecPath(chromium()), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true),
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

// start runs the demo on a free port and waits for its address.
func start(data string) (stop func() error, err error) {
	cmd := exec.Command(binary, "demo", "--addr", "localhost:0", "--data", data)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var problems bytes.Buffer
	cmd.Stderr = &problems
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "http://"); ok {
			site = "http://" + address
			break
		}
	}
	if site == "" {
		return nil, fmt.Errorf("the demo did not start: %w\n%s", cmd.Wait(), &problems)
	}
	return func() error {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return err
		}
		return cmd.Wait() // the demo must end well
	}, nil
}

// chromium is the browser's path, "" if there is none.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
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
	ctx, cancel = context.WithTimeout(ctx, 90*time.Second)
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
