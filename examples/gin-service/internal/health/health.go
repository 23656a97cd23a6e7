// Package health answers the probes. Checks of dependencies run in the background, side by side, each
// under its own deadline; a probe reads the last results and never waits.
package health

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"gin-service/internal/fault"
)

// Policy says what a failing check means for readiness.
type Policy string

const (
	// Unready takes the pod out of traffic: it cannot do useful work.
	Unready Policy = "unready"
	// Degrade leaves it in: it serves, but worse.
	Degrade Policy = "degrade"
)

// stuckAfter is how old the heartbeat of the checks may be before the process counts as unable to
// recover by itself: three liveness periods.
const stuckAfter = 30 * time.Second

// Check asks one dependency whether it is there.
type Check struct {
	Name     string
	Deadline time.Duration
	Policy   Policy
	Run      func(context.Context) error
}

type result struct {
	failures int
	message  string
	took     time.Duration
	running  bool
}

// Checker runs checks and answers probes.
type Checker struct {
	refresh   time.Duration
	failAfter int
	checks    []Check
	faults    *fault.Set
	draining  atomic.Bool
	heartbeat atomic.Int64
	mutex     sync.Mutex
	results   map[string]*result
}

var errDeadline = errors.New("no answer before the deadline")

// New makes a checker. A check counts as failed after failAfter bad samples in a row, but a service
// whose first samples are bad is not ready to begin with.
func New(refresh time.Duration, failAfter int, checks []Check, faults *fault.Set) *Checker {
	c := &Checker{refresh: refresh, failAfter: failAfter, checks: checks, faults: faults}
	c.results = make(map[string]*result, len(checks))
	for _, check := range checks {
		c.results[check.Name] = &result{failures: failAfter, message: "not asked yet"}
	}
	c.heartbeat.Store(time.Now().UnixNano())
	return c
}

// Run refreshes the results until the context ends.
func (c *Checker) Run(ctx context.Context) {
	ticker := time.NewTicker(c.refresh)
	defer ticker.Stop()
	for {
		for _, check := range c.checks {
			c.start(ctx, check)
		}
		c.heartbeat.Store(time.Now().UnixNano())
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// start runs one check, unless its last run has not come back yet: a client that ignores its context
// must not pile up goroutines.
func (c *Checker) start(ctx context.Context, check Check) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	current := c.results[check.Name]
	if current.running {
		return
	}
	current.running = true
	began := time.Now()
	bounded, cancel := context.WithTimeout(ctx, check.Deadline)
	returned := make(chan error, 1)
	go func() {
		returned <- check.Run(bounded)
		c.mutex.Lock()
		current.running = false
		c.mutex.Unlock()
	}()
	go func() {
		defer cancel()
		select {
		case err := <-returned:
			c.record(current, err, time.Since(began))
		case <-bounded.Done():
			c.record(current, errDeadline, time.Since(began))
		}
	}()
}

func (c *Checker) record(current *result, err error, took time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	current.took = took
	if err == nil {
		current.failures, current.message = 0, "ok"
		return
	}
	// The words of a driver hold host and user names: they go to the log, never to an answer.
	current.failures, current.message = current.failures+1, "failed"
	if errors.Is(err, errDeadline) || errors.Is(err, context.DeadlineExceeded) {
		current.message = errDeadline.Error()
	}
}

// BeginDrain makes readiness answer 503 while everything else is still served.
func (c *Checker) BeginDrain() { c.draining.Store(true) }

// Draining tells whether the stop has begun.
func (c *Checker) Draining() bool { return c.draining.Load() }

// Live answers /healthz: is this process able to recover by itself? No dependency takes part.
func (c *Checker) Live(g *gin.Context) {
	switch {
	case c.faults.Active(fault.Liveness500) && c.faults.Age(fault.Liveness500) > c.faults.Duration(fault.Liveness500):
		g.String(http.StatusInternalServerError, "fault: liveness-500\n")
	case c.faults.Active(fault.LivenessOnDependency) && c.failing(true):
		g.String(http.StatusInternalServerError, "fault: liveness-on-dependency\n")
	case time.Since(time.Unix(0, c.heartbeat.Load())) > stuckAfter:
		g.String(http.StatusInternalServerError, "checks are stuck\n")
	default:
		g.String(http.StatusOK, "ok\n")
	}
}

// Ready answers /readyz: may traffic be sent here?
func (c *Checker) Ready(g *gin.Context) {
	switch {
	case c.Draining():
		g.String(http.StatusServiceUnavailable, "draining\n")
	case c.failing(c.faults.Active(fault.SharedReadiness)):
		g.String(http.StatusServiceUnavailable, "not ready\n")
	default:
		g.String(http.StatusOK, "ok\n")
	}
}

// Detail answers /health on the private port: every check, and 503 when one is failing.
func (c *Checker) Detail(g *gin.Context) {
	c.mutex.Lock()
	checks := gin.H{}
	healthy := true
	for _, check := range c.checks {
		current := c.results[check.Name]
		healthy = healthy && current.failures < c.failAfter
		checks[check.Name] = gin.H{
			"policy":        check.Policy,
			"message":       current.message,
			"failures":      current.failures,
			"took_seconds":  current.took.Seconds(),
			"still_running": current.running,
		}
	}
	c.mutex.Unlock()
	code := http.StatusOK
	if !healthy {
		code = http.StatusServiceUnavailable
	}
	g.JSON(code, gin.H{"draining": c.Draining(), "checks": checks})
}

// failing tells whether the pod cannot work. everything: each bad sample of each check counts at once,
// as in services that put shared dependencies into their readiness.
func (c *Checker) failing(everything bool) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, check := range c.checks {
		failures := c.results[check.Name].failures
		if everything && failures > 0 || check.Policy == Unready && failures >= c.failAfter {
			return true
		}
	}
	return false
}
