// Package fault breaks the service on purpose: one switch for each classic reason why pods restart,
// hang or lose requests. FAULTS=memory-leak=4Mi,slow-handler=2s sets them at the start;
// POST /faults/NAME?value=4Mi on the private port sets them later.
package fault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The faults.
const (
	Liveness500            = "liveness-500"
	LivenessOnDependency   = "liveness-on-dependency"
	SharedReadiness        = "shared-readiness"
	SlowStart              = "slow-start"
	SlowHandler            = "slow-handler"
	CrashWithoutDependency = "crash-without-dependency"
	WrongPort              = "wrong-port"
	IgnoreSigterm          = "ignore-sigterm"
	MemoryLeak             = "memory-leak"
	ChildOOM               = "child-oom"
	GoroutineLeak          = "goroutine-leak"
	CPUBurn                = "cpu-burn"
	Hang                   = "hang"
	Panic                  = "panic"
	ExitZero               = "exit-0"
)

// Description tells what a fault does and what its value means.
type Description struct {
	Name     string `json:"name"`
	Value    string `json:"value"` // the default; "" when it takes none
	AtStart  bool   `json:"at_start"`
	Effect   string `json:"effect"`
	readable func(string) error
}

var catalogue = []Description{
	{Liveness500, "30s", false, "/healthz answers 500 after this long", isDuration},
	{LivenessOnDependency, "", false, "/healthz answers 500 while a dependency is away", isEmpty},
	{SharedReadiness, "", false, "/readyz answers 503 on each bad sample of any dependency", isEmpty},
	{SlowStart, "60s", true, "nothing listens for this long", isDuration},
	{SlowHandler, "5s", false, "each request of /orders takes this much longer", isDuration},
	{CrashWithoutDependency, "", true, "exits 1 when PostgreSQL is away at the start", isEmpty},
	{WrongPort, "", true, "listens on PORT + 1", isEmpty},
	{IgnoreSigterm, "", true, "SIGTERM changes nothing; SIGKILL ends it", isEmpty},
	{MemoryLeak, "4Mi", false, "keeps this much more memory each second", isSize},
	{ChildOOM, "2Gi", false, "a child process grows to this size; PID 1 outlives its OOM kill", isSize},
	{GoroutineLeak, "1000", false, "this many more goroutines wait for ever, each second", isCount},
	{CPUBurn, "4", false, "this many goroutines spin", isCount},
	{Hang, "", false, "a lock is never given back: every handler waits, /healthz too", isEmpty},
	{Panic, "0s", false, "a goroutine panics after this long: exit code 2", isDuration},
	{ExitZero, "0s", false, "exits 0 after this long, as if the work were done", isDuration},
}

type state struct {
	value string
	since time.Time
}

// Set holds which faults are switched on.
type Set struct {
	mutex   sync.RWMutex
	on      map[string]state
	started bool
	// gate is held by every request while it runs, and for ever by the fault hang.
	gate sync.RWMutex
}

// Parse reads "name=value,name". What is not known, or cannot be read, is refused.
func Parse(text string) (*Set, error) {
	set := &Set{on: map[string]state{}}
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if name == "" {
			continue
		}
		if err := set.put(name, value); err != nil {
			return nil, fmt.Errorf("reading FAULTS: %w", err)
		}
	}
	return set, nil
}

// Set switches a fault on, now. An empty value means the default.
func (s *Set) Set(name, value string) error {
	if description := find(name); description != nil && description.AtStart && s.isStarted() {
		return fmt.Errorf("%s acts at the start only; set FAULTS=%s and restart", name, name)
	}
	if err := s.put(name, value); err != nil {
		return err
	}
	if s.isStarted() {
		s.act(name)
	}
	return nil
}

// Clear switches a fault off. What has leaked or burnt so far stays.
func (s *Set) Clear(name string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.on, name)
}

// Start begins what is switched on already.
func (s *Set) Start() {
	s.mutex.Lock()
	s.started = true
	names := make([]string, 0, len(s.on))
	for name := range s.on {
		names = append(names, name)
	}
	s.mutex.Unlock()
	for _, name := range names {
		s.act(name)
	}
}

// Active tells whether a fault is switched on.
func (s *Set) Active(name string) bool {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	_, ok := s.on[name]
	return ok
}

// Age tells for how long it has been on.
func (s *Set) Age(name string) time.Duration {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	return time.Since(s.on[name].since)
}

// Duration is its value; zero while it is off.
func (s *Set) Duration(name string) time.Duration {
	value, _ := time.ParseDuration(s.value(name))
	return value
}

func (s *Set) value(name string) string {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	return s.on[name].value
}

func (s *Set) isStarted() bool {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	return s.started
}

func (s *Set) put(name, value string) error {
	description := find(name)
	if description == nil {
		return fmt.Errorf("no fault %q; there are %s", name, strings.Join(Names(), ", "))
	}
	if value == "" {
		value = description.Value
	}
	if err := description.readable(value); err != nil {
		return fmt.Errorf("%s=%s: %w", name, value, err)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.on[name] = state{value: value, since: time.Now()}
	return nil
}

// Names lists every fault.
func Names() []string {
	names := make([]string, len(catalogue))
	for i, description := range catalogue {
		names[i] = description.Name
	}
	return names
}

func find(name string) *Description {
	i := slices.IndexFunc(catalogue, func(d Description) bool { return d.Name == name })
	if i < 0 {
		return nil
	}
	return &catalogue[i]
}

func isEmpty(text string) error {
	if text != "" {
		return fmt.Errorf("expected no value")
	}
	return nil
}

func isDuration(text string) error {
	if value, err := time.ParseDuration(text); err != nil || value < 0 {
		return fmt.Errorf("expected a duration such as 30s")
	}
	return nil
}

func isCount(text string) error {
	if value, err := strconv.Atoi(text); err != nil || value < 1 {
		return fmt.Errorf("expected a number of 1 or more")
	}
	return nil
}

func isSize(text string) error {
	if size(text) <= 0 {
		return fmt.Errorf("expected a size such as 4Mi or 1Gi")
	}
	return nil
}

// size reads a quantity of memory; 0 for what is none.
func size(text string) int {
	for suffix, factor := range map[string]int{"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30} {
		if number, ok := strings.CutSuffix(text, suffix); ok {
			value, err := strconv.Atoi(number)
			if err != nil || value > 1<<20 {
				return 0
			}
			return value * factor
		}
	}
	return 0
}
