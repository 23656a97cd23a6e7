package main

import (
	"log/slog"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/gin-gonic/gin"

	"gin-service/internal/fault"
	"gin-service/internal/health"
	"gin-service/internal/orders"
)

// publicHandler is what the Service sends traffic to: orders and the two probes, nothing else.
func publicHandler(checker *health.Checker, faults *fault.Set, store *orders.Store) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.Use(gin.CustomRecoveryWithWriter(nil, recovered), closeWhileDraining(checker), faults.Gate())
	engine.GET("/healthz", checker.Live)
	engine.GET("/readyz", checker.Ready)
	api := engine.Group("/orders", faults.SlowHandler())
	api.POST("", store.Create)
	api.GET("/:id", store.Get)
	return engine
}

// privateHandler listens on the loopback address only: kubectl port-forward reaches it, peers do not.
func privateHandler(checker *health.Checker, faults *fault.Set) http.Handler {
	engine := gin.New()
	engine.GET("/health", checker.Detail)
	engine.GET("/faults", faults.List)
	engine.POST("/faults/:name", faults.Turn(true))
	engine.DELETE("/faults/:name", faults.Turn(false))
	engine.GET("/debug/pprof/*any", gin.WrapF(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/debug/pprof/profile":
			pprof.Profile(w, r)
		case "/debug/pprof/trace":
			pprof.Trace(w, r)
		case "/debug/pprof/cmdline":
			pprof.Cmdline(w, r)
		default:
			pprof.Index(w, r)
		}
	}))
	return engine
}

// closeWhileDraining says goodbye on every response once the stop has begun. Kept connections then
// end before the listener does: a client never writes into one that is being closed.
func closeWhileDraining(checker *health.Checker) gin.HandlerFunc {
	return func(c *gin.Context) {
		if checker.Draining() {
			c.Header("Connection", "close")
		}
		started := time.Now()
		c.Next()
		if c.Writer.Status() >= http.StatusInternalServerError && c.FullPath() == "/orders/:id" {
			slog.Warn("request failed", "path", c.FullPath(), "status", c.Writer.Status(),
				"seconds", time.Since(started).Seconds())
		}
	}
}

func recovered(c *gin.Context, reason any) {
	slog.Error("handler panicked", "path", c.FullPath(), "reason", reason)
	c.AbortWithStatus(http.StatusInternalServerError)
}
