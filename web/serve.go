package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Times of a connection. Writing may take longer than a request's own limit:
// the reader's line may be slow.
const (
	headerTime = 5 * time.Second
	readTime   = 30 * time.Second
	writeTime  = 60 * time.Second
	idleTime   = 120 * time.Second
	stopTime   = 15 * time.Second
	maxHeader  = 64 << 10
)

// Listener is an open socket and what answers on it.
type Listener struct {
	net.Listener
	Handler http.Handler
}

// Serve answers on all listeners until ctx ends, then lets requests under way
// finish for up to 15 seconds. It owns the listeners and returns nil after an
// orderly stop.
func Serve(ctx context.Context, log *slog.Logger, listeners ...Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, len(listeners))
	for _, l := range listeners {
		srv := &http.Server{
			Handler:           l.Handler,
			ReadHeaderTimeout: headerTime,
			ReadTimeout:       readTime,
			WriteTimeout:      writeTime,
			IdleTimeout:       idleTime,
			MaxHeaderBytes:    maxHeader,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		}
		go func() { ended <- serveOne(ctx, srv, l) }()
	}
	var errs []error
	for range listeners {
		if err := <-ended; err != nil {
			errs = append(errs, err)
		}
		cancel() // one listener down stops the others
	}
	return errors.Join(errs...)
}

func serveOne(ctx context.Context, srv *http.Server, l Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l.Listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		return fmt.Errorf("stop %s: %w", l.Addr(), err)
	}
	return nil
}
