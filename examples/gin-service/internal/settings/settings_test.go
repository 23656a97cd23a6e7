package settings

import (
	"strings"
	"testing"
	"time"
)

func from(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

// The defaults fit the default grace period of Kubernetes.
func TestDefaultsFit(t *testing.T) {
	got, err := Read(from(nil))
	if err != nil {
		t.Fatal(err)
	}
	if got.Port != 8080 || got.Drain+got.InFlight+Release > 30*time.Second {
		t.Errorf("got %+v", got)
	}
}

// A stop that cannot end in time refuses the start, and shows the arithmetic.
func TestContradictionIsRefused(t *testing.T) {
	_, err := Read(from(map[string]string{"DRAIN_SECONDS": "15", "GRACE_SECONDS": "30"}))
	if err == nil || !strings.Contains(err.Error(), "preStop 0s + drain 15s + in flight 20s + release 2s = 37s") {
		t.Errorf("got %v", err)
	}
}

// The hook and the service share one clock.
func TestPreStopShortensTheDrain(t *testing.T) {
	got, err := Read(from(map[string]string{"DRAIN_SECONDS": "8", "PRE_STOP_SECONDS": "3"}))
	if err != nil || got.Drain != 5*time.Second {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A value that is no number is named.
func TestWrongValuesAreNamed(t *testing.T) {
	for name, value := range map[string]string{
		"PORT": "http", "DATABASE_POOL": "0", "DRAIN_SECONDS": "soon", "GRACE_SECONDS": "-1", "IN_FLIGHT_SECONDS": "1e9",
	} {
		if _, err := Read(from(map[string]string{name: value})); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%s: got %v", name, value, err)
		}
	}
}
