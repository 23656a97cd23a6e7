package fault

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// Gate lets requests through; the fault hang shuts it.
func (s *Set) Gate() gin.HandlerFunc {
	return func(c *gin.Context) {
		s.gate.RLock()
		defer s.gate.RUnlock()
		c.Next()
	}
}

// SlowHandler makes requests take longer while the fault slow-handler is on.
func (s *Set) SlowHandler() gin.HandlerFunc {
	return func(c *gin.Context) {
		select {
		case <-time.After(s.Duration(SlowHandler)):
			c.Next()
		case <-c.Request.Context().Done():
			c.Abort()
		}
	}
}

// List answers GET /faults.
func (s *Set) List(c *gin.Context) {
	type row struct {
		Description
		Active bool `json:"active"`
	}
	rows := make([]row, len(catalogue))
	for i, description := range catalogue {
		rows[i] = row{description, s.Active(description.Name)}
	}
	c.JSON(http.StatusOK, rows)
}

// Turn answers POST and DELETE /faults/:name.
func (s *Set) Turn(on bool) gin.HandlerFunc {
	return func(c *gin.Context) {
		name := c.Param("name")
		if !on {
			s.Clear(name)
			c.Status(http.StatusNoContent)
			return
		}
		if err := s.Set(name, c.Query("value")); err != nil {
			c.JSON(http.StatusBadRequest, gin.H{"error": err.Error()})
			return
		}
		c.Status(http.StatusNoContent)
	}
}
