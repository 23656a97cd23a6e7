package fault

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

// Every fault can be set without a value, and has an effect to read about.
func TestEveryFaultHasADefault(t *testing.T) {
	set, err := Parse(strings.Join(Names(), ", "))
	if err != nil {
		t.Fatal(err)
	}
	for _, description := range catalogue {
		if !set.Active(description.Name) || description.Effect == "" {
			t.Errorf("%+v", description)
		}
	}
}

// A fault that is misspelt, or whose value cannot be read, is refused: nobody waits for a break that
// never comes.
func TestWrongFaultsAreRefused(t *testing.T) {
	for _, text := range []string{
		"memory_leak", "memory-leak=4", "memory-leak=-4Mi", "slow-start=60", "cpu-burn=0", "hang=1", "panic=-1s",
	} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int{"4Mi": 4 << 20, "1Gi": 1 << 30, "64Ki": 64 << 10, "4MB": 0, "Mi": 0} {
		if got := size(text); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}

// A hung service answers nothing, its probes neither.
func TestHangShutsTheGate(t *testing.T) {
	set, _ := Parse("")
	set.Start()
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	engine.Use(set.Gate())
	engine.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok") })
	get := func() bool {
		answered := make(chan bool, 1)
		go func() {
			engine.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/healthz", nil))
			answered <- true
		}()
		select {
		case <-answered:
			return true
		case <-time.After(300 * time.Millisecond):
			return false
		}
	}
	if !get() {
		t.Fatal("no answer before the fault")
	}
	if err := set.Set(Hang, ""); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if !get() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("answers although it hangs")
}

// Goroutines leak for as long as the fault is on, and no longer.
func TestGoroutinesLeak(t *testing.T) {
	set, _ := Parse("goroutine-leak=500")
	before := runtime.NumGoroutine()
	set.Start()
	for range 300 {
		if runtime.NumGoroutine() >= before+500 {
			set.Clear(GoroutineLeak)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

// What acts at the start cannot be switched on later, and says so.
func TestStartFaultsNeedARestart(t *testing.T) {
	set, _ := Parse("")
	set.Start()
	if err := set.Set(SlowStart, ""); err == nil || !strings.Contains(err.Error(), "FAULTS=slow-start") {
		t.Errorf("got %v", err)
	}
}
