// Package lifecycle runs the servers from their start to an exit that loses no request.
//
//	SIGTERM ─► drain: readiness 503, everything served, "Connection: close" on each response
//	        ─► the listener closes, requests in flight end
//	        ─► what still runs is abandoned; the caller closes its clients; exit 0
//
// A second SIGTERM ends the drain at once.
package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"gin-service/internal/fault"
	"gin-service/internal/health"
)

// ErrAbandoned says that requests were still running when their time was over.
var ErrAbandoned = errors.New("requests were abandoned")

// Service is what runs.
type Service struct {
	Public   *http.Server
	Private  *http.Server
	Checker  *health.Checker
	Faults   *fault.Set
	Drain    time.Duration
	InFlight time.Duration
}

// Serve listens until a signal has come and the stop is done.
func (s *Service) Serve() error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	if s.Faults.Active(fault.IgnoreSigterm) {
		signal.Ignore(syscall.SIGTERM)
	}
	background, cancel := context.WithCancel(context.Background())
	defer cancel()
	failed := make(chan error, 2)
	for _, server := range []*http.Server{s.Private, s.Public} {
		// Listening first: a port that is taken is told at once, and by name.
		listener, err := net.Listen("tcp", server.Addr)
		if err != nil {
			return fmt.Errorf("listening on %s: %w", server.Addr, err)
		}
		slog.Info("listening", "address", listener.Addr().String())
		go func() { failed <- server.Serve(listener) }()
	}
	go s.Checker.Run(background)
	s.Faults.Start()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case received := <-signals:
		slog.Info("the stop begins", "signal", received.String())
	}
	return s.stop(signals)
}

func (s *Service) stop(signals <-chan os.Signal) error {
	began := time.Now()
	s.Checker.BeginDrain()
	select {
	case <-time.After(s.Drain):
	case <-signals:
	}
	slog.Info("drained", "budget", s.Drain.String(), "used", time.Since(began).String())

	began = time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), s.InFlight)
	defer cancel()
	err := s.Public.Shutdown(ctx)
	slog.Info("requests in flight have ended", "budget", s.InFlight.String(),
		"used", time.Since(began).String(), "all", err == nil)
	_ = s.Private.Close()
	if err != nil {
		_ = s.Public.Close()
		return fmt.Errorf("%w after %s", ErrAbandoned, s.InFlight)
	}
	return nil
}
