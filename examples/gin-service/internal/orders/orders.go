// Package orders keeps orders in PostgreSQL, and the ones read lately in Redis. Without Redis it is
// slower; without PostgreSQL it answers 503.
package orders

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"
)

const (
	queryDeadline = 2 * time.Second
	cacheDeadline = 200 * time.Millisecond
	cachedFor     = time.Minute
	// migrationLock is any number that all replicas share.
	migrationLock = 7242
)

const schema = `CREATE TABLE IF NOT EXISTS orders (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	item text NOT NULL,
	quantity integer NOT NULL CHECK (quantity > 0)
)`

// Order is what a client sends and gets.
type Order struct {
	ID       int64  `json:"id" redis:"id"`
	Item     string `json:"item" redis:"item" binding:"required,max=200"`
	Quantity int    `json:"quantity" redis:"quantity" binding:"required,min=1,max=1000"`
}

// Store holds the clients of both servers.
type Store struct {
	postgres *pgxpool.Pool
	redis    *redis.Client
}

// Open prepares the clients and connects to nothing: a dependency that is down at the start is no
// reason to crash.
func Open(databaseURL, redisURL string, poolSize int) (*Store, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		// The error of pgx holds the URL without its password.
		return nil, fmt.Errorf("reading DATABASE_URL: %w", err)
	}
	// Not left to pgx, which takes the CPUs of the node: all replicas share max_connections.
	config.MaxConns = int32(poolSize)
	config.ConnConfig.ConnectTimeout = queryDeadline
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, fmt.Errorf("preparing the pool: %w", err)
	}
	options, err := redis.ParseURL(redisURL)
	if err != nil {
		pool.Close()
		return nil, errors.New("reading REDIS_URL: expected redis://host:port/number")
	}
	options.DialTimeout = cacheDeadline
	// A retry inside of the client would stretch every deadline around it.
	options.MaxRetries = -1
	options.ContextTimeoutEnabled = true
	return &Store{postgres: pool, redis: redis.NewClient(options)}, nil
}

// Close ends both clients.
func (s *Store) Close() {
	s.postgres.Close()
	_ = s.redis.Close()
}

// PingPostgres asks the pool that the service itself uses.
func (s *Store) PingPostgres(ctx context.Context) error {
	_, err := s.postgres.Exec(ctx, "SELECT 1")
	return err
}

// PingRedis asks the client that the service itself uses.
func (s *Store) PingRedis(ctx context.Context) error {
	return s.redis.Ping(ctx).Err()
}

// Migrate creates the tables. All replicas may call it at once: one works, the others wait.
func (s *Store) Migrate(ctx context.Context) error {
	return pgx.BeginFunc(ctx, s.postgres, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", migrationLock); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, schema)
		return err
	})
}

// Create answers POST /orders.
func (s *Store) Create(c *gin.Context) {
	var order Order
	if err := c.ShouldBindJSON(&order); err != nil {
		c.JSON(http.StatusBadRequest, gin.H{"error": "expected an item and a quantity of 1 to 1000"})
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), queryDeadline)
	defer cancel()
	row := s.postgres.QueryRow(ctx,
		"INSERT INTO orders (item, quantity) VALUES ($1, $2) RETURNING id", order.Item, order.Quantity)
	if err := row.Scan(&order.ID); err != nil {
		unavailable(c, err)
		return
	}
	c.JSON(http.StatusCreated, order)
}

// Get answers GET /orders/:id.
func (s *Store) Get(c *gin.Context) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		c.JSON(http.StatusBadRequest, gin.H{"error": "expected a number"})
		return
	}
	if order, ok := s.cached(c.Request.Context(), id); ok {
		c.JSON(http.StatusOK, order)
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), queryDeadline)
	defer cancel()
	order := Order{ID: id}
	row := s.postgres.QueryRow(ctx, "SELECT item, quantity FROM orders WHERE id = $1", id)
	switch err := row.Scan(&order.Item, &order.Quantity); {
	case errors.Is(err, pgx.ErrNoRows):
		c.JSON(http.StatusNotFound, gin.H{"error": "no such order"})
	case err != nil:
		unavailable(c, err)
	default:
		s.cache(c.Request.Context(), order)
		c.JSON(http.StatusOK, order)
	}
}

func (s *Store) cached(ctx context.Context, id int64) (Order, bool) {
	ctx, cancel := context.WithTimeout(ctx, cacheDeadline)
	defer cancel()
	var order Order
	found := s.redis.HGetAll(ctx, key(id))
	if len(found.Val()) == 0 || found.Scan(&order) != nil {
		return Order{}, false
	}
	return order, true
}

func (s *Store) cache(ctx context.Context, order Order) {
	ctx, cancel := context.WithTimeout(ctx, cacheDeadline)
	defer cancel()
	_, err := s.redis.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.HSet(ctx, key(order.ID), order)
		pipe.Expire(ctx, key(order.ID), cachedFor)
		return nil
	})
	if err != nil {
		slog.Debug("order not cached", "error", err.Error())
	}
}

func key(id int64) string { return "order:" + strconv.FormatInt(id, 10) }

func unavailable(c *gin.Context, err error) {
	slog.Warn("PostgreSQL did not answer", "error", err.Error())
	c.JSON(http.StatusServiceUnavailable, gin.H{"error": "try again later"})
}
