package health

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"gin-service/internal/fault"
)

func none(t *testing.T, text string) *fault.Set {
	t.Helper()
	set, err := fault.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func ask(handler gin.HandlerFunc) (int, string) {
	gin.SetMode(gin.TestMode)
	recorder := httptest.NewRecorder()
	context, _ := gin.CreateTestContext(recorder)
	context.Request = httptest.NewRequest(http.MethodGet, "/", nil)
	handler(context)
	return recorder.Code, recorder.Body.String()
}

func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for range 500 {
		if condition() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal(what)
}

func running(t *testing.T, faults *fault.Set, checks ...Check) *Checker {
	t.Helper()
	checker := New(10*time.Millisecond, 3, checks, faults)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go checker.Run(ctx)
	return checker
}

func code(handler gin.HandlerFunc) func() int {
	return func() int { got, _ := ask(handler); return got }
}

// A database that is away takes the pod out of traffic, after a few bad samples, and is no reason to
// restart it.
func TestPostgresDecidesReadinessOnly(t *testing.T) {
	var broken atomic.Bool
	checker := running(t, none(t, ""), Check{"postgres", time.Second, Unready, func(context.Context) error {
		if broken.Load() {
			return errors.New("connection refused by 10.0.0.7")
		}
		return nil
	}})
	until(t, "never ready", func() bool { return code(checker.Ready)() == http.StatusOK })
	broken.Store(true)
	until(t, "never unready", func() bool { return code(checker.Ready)() == http.StatusServiceUnavailable })
	if got := code(checker.Live)(); got != http.StatusOK {
		t.Errorf("liveness answers %d", got)
	}
	if _, body := ask(checker.Detail); strings.Contains(body, "10.0.0.7") {
		t.Errorf("an address leaked: %s", body)
	}
}

// A cache that is away leaves the pod in traffic; with the fault it takes every replica out.
func TestRedisDegrades(t *testing.T) {
	faults := none(t, "")
	checker := running(t, faults, Check{"redis", time.Second, Degrade, func(context.Context) error {
		return errors.New("refused")
	}})
	until(t, "no failure seen", func() bool { return code(checker.Detail)() == http.StatusServiceUnavailable })
	if got := code(checker.Ready)(); got != http.StatusOK {
		t.Errorf("readiness answers %d", got)
	}
	if err := faults.Set(fault.SharedReadiness, ""); err != nil {
		t.Fatal(err)
	}
	if got := code(checker.Ready)(); got != http.StatusServiceUnavailable {
		t.Errorf("with the fault readiness answers %d", got)
	}
}

// A client that ignores its context is cut off at the deadline and never runs twice at once.
func TestDeadlineHoldsAndRunsDoNotPileUp(t *testing.T) {
	var calls atomic.Int32
	release := make(chan struct{})
	checker := running(t, none(t, ""), Check{"frozen", 20 * time.Millisecond, Unready, func(context.Context) error {
		calls.Add(1)
		<-release
		return nil
	}})
	until(t, "the deadline did not hold", func() bool {
		_, body := ask(checker.Detail)
		return strings.Contains(body, "no answer before the deadline")
	})
	time.Sleep(100 * time.Millisecond)
	if got := calls.Load(); got != 1 {
		t.Errorf("%d runs at once", got)
	}
	close(release)
	until(t, "no recovery", func() bool { return code(checker.Ready)() == http.StatusOK })
}

// A draining pod answers 503 on readiness, and liveness stays well: a restart would lose requests.
func TestDraining(t *testing.T) {
	checker := running(t, none(t, ""))
	checker.BeginDrain()
	if got, body := ask(checker.Ready); got != http.StatusServiceUnavailable || body != "draining\n" {
		t.Errorf("readiness answers %d %q", got, body)
	}
	if got := code(checker.Live)(); got != http.StatusOK {
		t.Errorf("liveness answers %d", got)
	}
}

// The faults of liveness are faults of liveness.
func TestLivenessFaults(t *testing.T) {
	late := New(time.Hour, 3, nil, none(t, "liveness-500=1h"))
	if got := code(late.Live)(); got != http.StatusOK {
		t.Errorf("before its time: %d", got)
	}
	now := New(time.Hour, 3, nil, none(t, "liveness-500=0s"))
	until(t, "liveness-500", func() bool { return code(now.Live)() == http.StatusInternalServerError })
	checks := []Check{{"postgres", time.Second, Unready, func(context.Context) error { return errors.New("away") }}}
	bound := New(time.Hour, 3, checks, none(t, "liveness-on-dependency"))
	if got := code(bound.Live)(); got != http.StatusInternalServerError {
		t.Errorf("liveness-on-dependency: %d", got)
	}
}
