// Package settings reads the environment. What cannot work is refused at the start, with the sum.
package settings

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Settings of the service.
type Settings struct {
	Port           int
	PrivateAddress string
	DatabaseURL    string
	RedisURL       string
	DatabasePool   int
	Drain          time.Duration
	InFlight       time.Duration
	Refresh        time.Duration
	Faults         string
}

// Release is what closing the clients may take at the end of a stop.
const Release = 2 * time.Second

// Read takes the settings from a look-up such as os.Getenv.
func Read(get func(string) string) (Settings, error) {
	settings := Settings{
		PrivateAddress: text(get, "PRIVATE_ADDRESS", "127.0.0.1:6060"),
		DatabaseURL:    text(get, "DATABASE_URL", "postgres://orders@localhost:5432/orders"),
		RedisURL:       text(get, "REDIS_URL", "redis://localhost:6379/0"),
		Faults:         get("FAULTS"),
	}
	var grace, preStop time.Duration
	var err error
	if settings.Port, err = number(get, "PORT", "8080"); err != nil {
		return Settings{}, err
	}
	if settings.DatabasePool, err = number(get, "DATABASE_POOL", "10"); err != nil {
		return Settings{}, err
	}
	for _, part := range []struct {
		name     string
		fallback string
		target   *time.Duration
	}{
		{"DRAIN_SECONDS", "5", &settings.Drain},
		{"IN_FLIGHT_SECONDS", "20", &settings.InFlight},
		// terminationGracePeriodSeconds, which the downward API does not hold.
		{"GRACE_SECONDS", "30", &grace},
		// How often dependencies are asked.
		{"REFRESH_SECONDS", "5", &settings.Refresh},
		{"PRE_STOP_SECONDS", "0", &preStop},
	} {
		if *part.target, err = seconds(get, part.name, part.fallback); err != nil {
			return Settings{}, err
		}
	}
	if settings.Refresh == 0 {
		return Settings{}, errors.New("REFRESH_SECONDS=0: expected more than 0")
	}
	// What the preStop hook has waited need not be waited again.
	settings.Drain = max(0, settings.Drain-preStop)
	if whole := preStop + settings.Drain + settings.InFlight + Release; whole > grace {
		return Settings{}, fmt.Errorf(
			"planning the stop: preStop %s + drain %s + in flight %s + release %s = %s, more than the "+
				"grace period of %s; raise terminationGracePeriodSeconds and GRACE_SECONDS, or lower the others",
			preStop, settings.Drain, settings.InFlight, Release, whole, grace)
	}
	return settings, nil
}

func text(get func(string) string, name, fallback string) string {
	if value := get(name); value != "" {
		return value
	}
	return fallback
}

func number(get func(string) string, name, fallback string) (int, error) {
	value, err := strconv.ParseUint(text(get, name, fallback), 10, 16)
	if err != nil || value == 0 {
		return 0, fmt.Errorf("%s=%q: expected a number of 1 to 65535", name, get(name))
	}
	return int(value), nil
}

func seconds(get func(string) string, name, fallback string) (time.Duration, error) {
	value, err := strconv.ParseFloat(text(get, name, fallback), 64)
	if err != nil || value < 0 || value > 86400 {
		return 0, fmt.Errorf("%s=%q: expected seconds, at most a day", name, get(name))
	}
	return time.Duration(value * float64(time.Second)), nil
}
