package web

import (
	"compress/gzip"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"quanxiang/gov"
	"quanxiang/web/caseform"
	"quanxiang/web/desk"
	"quanxiang/web/export"
	"quanxiang/web/my"
	"quanxiang/web/open311"
	"quanxiang/web/registers"
	"quanxiang/web/simulate"
	"quanxiang/web/ui"
)

// Limits of one request.
const (
	requestTime = 20 * time.Second
	maxBody     = 2 << 20 // bytes; forms and receipts are small
	uploadTime  = 10 * time.Minute
)

// limits are those of a request: forms of the desk and of residents, and what other
// programs send, may carry files.
func limits(r *http.Request) (time.Duration, int64) {
	if r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		switch path := r.URL.Path; {
		case path == registers.ImportPath:
			return uploadTime, registers.MaxBody
		case path == simulate.PopulationsPath:
			return uploadTime, simulate.MaxBody
		case strings.HasPrefix(path, desk.Root+"/"):
			return caseform.UploadTime, desk.MaxBody
		case strings.HasPrefix(path, my.ReportRoot+"/"), strings.HasPrefix(path, my.Root+"/"):
			return caseform.UploadTime, my.MaxBody
		case strings.HasPrefix(path, open311.Top):
			return caseform.UploadTime, open311.MaxBody
		}
	}
	if strings.HasPrefix(r.URL.Path, registers.DataRoot+"/") || strings.HasPrefix(r.URL.Path, registers.Root+"/") && export.FormatOf(r.URL.Path) != "" {
		return registers.DownloadTime, maxBody
	}
	return requestTime, maxBody
}

// chain wraps h so that the first middleware is the outermost.
func chain(h http.Handler, mw ...func(http.Handler) http.Handler) http.Handler {
	for i := len(mw) - 1; i >= 0; i-- {
		h = mw[i](h)
	}
	return h
}

// bounded gives each request an id, a time limit and a body limit. The id is
// ours: one sent by the client is not trusted.
func bounded(clock gov.Clock) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id := gov.NewID(clock()).String()
			limit, body := limits(r)
			ctx, cancel := context.WithTimeout(ui.WithRequestID(r.Context(), id), limit)
			defer cancel()
			w.Header().Set("X-Request-Id", id)
			r = r.WithContext(ctx)
			r.Body = http.MaxBytesReader(w, r.Body, body)
			next.ServeHTTP(w, r)
		})
	}
}

// recorder remembers what was answered, for the log and the metrics.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// observed logs and measures each request and turns a panic into the error
// page. The log holds the route pattern and never the path's query: what people
// search for is theirs.
func observed(log *slog.Logger, m *metrics, show func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := time.Now()
			rec := &recorder{ResponseWriter: w}
			route := &matched{}
			r = r.WithContext(context.WithValue(r.Context(), matchedKey{}, route))
			defer func() {
				if p := recover(); p != nil {
					if p == http.ErrAbortHandler {
						panic(p)
					}
					log.ErrorContext(r.Context(), "panic", "request", ui.RequestID(r.Context()),
						"pattern", route.pattern, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
					if rec.status == 0 {
						show(rec, r, gov.Errorf(gov.Internal, "", ""))
					}
				}
				if route.left != nil {
					log.ErrorContext(r.Context(), "uploads left behind", "request", ui.RequestID(r.Context()), "error", route.left)
				}
				took := time.Since(start)
				m.observe(route.pattern, r.Method, rec.status, took)
				log.InfoContext(r.Context(), "request",
					"request", ui.RequestID(r.Context()), "method", r.Method, "pattern", route.pattern,
					"status", rec.status, "bytes", rec.bytes, "ms", took.Milliseconds())
			}()
			next.ServeHTTP(rec, r)
		})
	}
}

// matched carries the pattern the ServeMux chose, and what became of the
// uploads, back out to the log: inner middleware copies the request, so its
// Pattern does not reach us.
type matched struct {
	pattern string
	left    error // why uploads stayed on the disk
}

type matchedKey struct{}

// routed is innermost, around the ServeMux. It deletes what uploads left on the
// disk, which net/http does only for the request it made itself, not for the
// copy that the handlers parse.
func routed(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			m, ok := r.Context().Value(matchedKey{}).(*matched)
			if !ok {
				m = &matched{}
			}
			m.pattern = r.Pattern
			if r.MultipartForm != nil {
				m.left = r.MultipartForm.RemoveAll()
			}
		}()
		mux.ServeHTTP(w, r)
	})
}

// guarded sets the security headers.
func guarded(https bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Content-Security-Policy", ui.ContentPolicy)
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Referrer-Policy", "same-origin")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
			h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
			if https {
				h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
			}
			next.ServeHTTP(w, r)
		})
	}
}

// wellFormed refuses requests whose address is not text before a handler or a
// database meets it.
func wellFormed(show func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := ui.Malformed(r); err != nil {
				show(w, r, err)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// sameOrigin refuses unsafe requests that another site made a browser send.
func sameOrigin(show func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		show(w, r, gov.Errorf(gov.Forbidden,
			"这个请求来自另一个网站，已被拒绝。请在本网站的页面上重新提交。",
			"This request came from another site and was refused. Please submit it again from a page of this site."))
	}))
	return p.Handler
}

// compressor gzips answers of text.
type compressor struct {
	http.ResponseWriter
	gz      *gzip.Writer
	status  int    // that was announced, 0 before
	decided bool   // whether to compress
	held    []byte // what was written until then
}

// leastPacked is how many bytes an answer must have to be compressed: a shorter one
// travels in one packet in any case.
const leastPacked = 1024

var gzipPool = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// compressible reports whether a content type shrinks.
func compressible(kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") ||
		strings.HasSuffix(kind, "xml") || strings.HasSuffix(kind, "yaml")
}

func (w *compressor) WriteHeader(status int) {
	if w.decided || status < 200 {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	if w.status != 0 {
		return
	}
	w.status = status
	h := w.Header()
	if status == http.StatusNoContent || status == http.StatusNotModified || h.Get("Content-Encoding") != "" || !compressible(h.Get("Content-Type")) {
		w.plain()
	}
}

// plain sends the answer as it is.
func (w *compressor) plain() {
	w.decided = true
	w.ResponseWriter.WriteHeader(w.status)
}

// pack compresses the answer.
func (w *compressor) pack() {
	w.decided = true
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Del("Content-Length")
	w.gz = gzipPool.Get().(*gzip.Writer)
	w.gz.Reset(w.ResponseWriter)
	w.ResponseWriter.WriteHeader(w.status)
}

func (w *compressor) Write(b []byte) (int, error) {
	if w.status == 0 {
		if w.Header().Get("Content-Type") == "" {
			w.Header().Set("Content-Type", http.DetectContentType(b))
		}
		w.WriteHeader(http.StatusOK)
	}
	if !w.decided {
		if len(w.held)+len(b) < leastPacked {
			w.held = append(w.held, b...)
			return len(b), nil
		}
		w.pack()
		if _, err := w.gz.Write(w.held); err != nil {
			return 0, err
		}
	}
	if w.gz != nil {
		return w.gz.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *compressor) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// close ends the answer; the client may be gone by then.
func (w *compressor) close() {
	if w.status != 0 && !w.decided {
		w.plain()
		_, _ = w.ResponseWriter.Write(w.held)
	}
	if w.gz != nil {
		_ = w.gz.Close()
		gzipPool.Put(w.gz)
	}
}

// compressed compresses for clients that accept it. A HEAD answer keeps its
// headers as they are.
func compressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if r.Method == http.MethodHead || !acceptsGzip(r.Header.Get("Accept-Encoding")) {
			next.ServeHTTP(w, r)
			return
		}
		c, whole := &compressor{ResponseWriter: w}, false
		defer func() {
			if !whole && !c.decided { // a panic: whoever answers that has not been forestalled
				c.status = 0
			}
			c.close()
		}()
		next.ServeHTTP(c, r)
		whole = true
	})
}

// acceptsGzip reads an Accept-Encoding header; "gzip;q=0" is a refusal.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == "gzip" {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}
