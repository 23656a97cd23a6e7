// Command gin-service is an order service that stays up: probes that mean what they say, a shutdown
// that loses no request, and a switch for each classic fault, so that it can be broken on purpose.
//
//	gin-service            serve
//	gin-service migrate    create the tables, once, whoever comes first
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"gin-service/internal/fault"
	"gin-service/internal/health"
	"gin-service/internal/lifecycle"
	"gin-service/internal/orders"
	"gin-service/internal/settings"
)

const (
	failAfter        = 3
	postgresDeadline = time.Second
	redisDeadline    = 800 * time.Millisecond
	migrateDeadline  = time.Minute
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	if len(os.Args) > 1 && os.Args[1] == fault.ChildArgument {
		fault.BeOOMChild(os.Args[2:])
		return
	}
	if err := run(os.Args[1:]); err != nil {
		slog.Error("gin-service ends", "error", err.Error())
		os.Exit(1)
	}
}

func run(arguments []string) error {
	config, err := settings.Read(os.Getenv)
	if err != nil {
		return err
	}
	faults, err := fault.Parse(config.Faults)
	if err != nil {
		return err
	}
	store, err := orders.Open(config.DatabaseURL, config.RedisURL, config.DatabasePool)
	if err != nil {
		return err
	}
	defer store.Close()
	switch {
	case len(arguments) == 0:
		return serve(config, faults, store)
	case arguments[0] == "migrate":
		ctx, cancel := context.WithTimeout(context.Background(), migrateDeadline)
		defer cancel()
		return store.Migrate(ctx)
	}
	return fmt.Errorf("unknown argument %q; expected nothing or migrate", arguments[0])
}

func serve(config settings.Settings, faults *fault.Set, store *orders.Store) error {
	if faults.Active(fault.CrashWithoutDependency) {
		ctx, cancel := context.WithTimeout(context.Background(), postgresDeadline)
		defer cancel()
		if err := store.PingPostgres(ctx); err != nil {
			return fmt.Errorf("connecting to PostgreSQL at start: %w", err)
		}
	}
	time.Sleep(faults.Duration(fault.SlowStart))

	checker := health.New(config.Refresh, failAfter, []health.Check{
		{Name: "postgres", Deadline: postgresDeadline, Policy: health.Unready, Run: store.PingPostgres},
		// The cache: slower without it, not useless, and shared by every replica.
		{Name: "redis", Deadline: redisDeadline, Policy: health.Degrade, Run: store.PingRedis},
	}, faults)
	port := config.Port
	if faults.Active(fault.WrongPort) {
		port++
	}
	service := lifecycle.Service{
		Public: &http.Server{
			Addr:              fmt.Sprintf(":%d", port),
			Handler:           publicHandler(checker, faults, store),
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       10 * time.Second,
			WriteTimeout:      30 * time.Second,
			// Longer than the proxies in front, so that they close idle connections and not we.
			IdleTimeout: 90 * time.Second,
		},
		Private: &http.Server{
			Addr:              config.PrivateAddress,
			Handler:           privateHandler(checker, faults),
			ReadHeaderTimeout: 5 * time.Second,
		},
		Checker:  checker,
		Faults:   faults,
		Drain:    config.Drain,
		InFlight: config.InFlight,
	}
	err := service.Serve()
	if errors.Is(err, lifecycle.ErrAbandoned) {
		return fmt.Errorf("stopping: %w", err)
	}
	return err
}
