package fault

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// ChildArgument starts this program as the child of the fault child-oom.
const ChildArgument = "oom-child"

// childStep is how much the child grows at a time.
const childStep = 16 << 20

// leaked keeps what leaks from the collector.
var leaked [][]byte

// act does what a fault does by itself; the others are asked for where they matter.
func (s *Set) act(name string) {
	slog.Warn("fault switched on", "fault", name, "value", s.value(name))
	switch name {
	case MemoryLeak:
		go s.everySecond(name, func() { leaked = append(leaked, touched(size(s.value(name)))) })
	case GoroutineLeak:
		go s.everySecond(name, func() { leakGoroutines(count(s.value(name))) })
	case CPUBurn:
		for range count(s.value(name)) {
			go s.spin()
		}
	case Hang:
		// Not given back: the next request waits, and so does every one after it.
		go s.gate.Lock()
	case Panic:
		time.AfterFunc(s.Duration(name), func() {
			var orders map[string]int
			orders["lost"]++
		})
	case ExitZero:
		time.AfterFunc(s.Duration(name), func() {
			slog.Info("nothing left to do")
			os.Exit(0)
		})
	case ChildOOM:
		go growChild(s.value(name))
	}
}

func (s *Set) everySecond(name string, step func()) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for s.Active(name) {
		step()
		<-ticker.C
	}
}

func (s *Set) spin() {
	for s.Active(CPUBurn) {
		for i := range 1 << 20 {
			_ = i * i
		}
	}
}

func leakGoroutines(number int) {
	for range number {
		go func() { select {} }()
	}
}

// touched is memory that is really there: pages that nobody writes to cost nothing.
func touched(bytes int) []byte {
	block := make([]byte, bytes)
	for i := 0; i < bytes; i += os.Getpagesize() {
		block[i] = 1
	}
	return block
}

// growChild runs this program once more. The kernel kills the child and not PID 1, so the container
// goes on, and Kubernetes says nothing of memory.
func growChild(limit string) {
	child := exec.Command("/proc/self/exe", ChildArgument, limit)
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	child.Env = append(os.Environ(), "GOMEMLIMIT=off")
	err := child.Run()
	slog.Error("child ended", "fault", ChildOOM, "result", fmt.Sprint(err))
}

// BeOOMChild is the child: it grows until somebody stops it, or up to its limit.
func BeOOMChild(arguments []string) {
	// The kernel is to take this process and no other.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	limit := childStep
	if len(arguments) > 0 {
		limit = size(arguments[0])
	}
	for grown := 0; grown < limit; grown += childStep {
		leaked = append(leaked, touched(childStep))
	}
	slog.Warn("the child has reached its size and nobody stopped it", "bytes", limit)
	time.Sleep(time.Minute)
}

func count(text string) int {
	value, _ := strconv.Atoi(text)
	return value
}
