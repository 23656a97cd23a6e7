// Package main needs a database at its start and finds a closed port.
package main

import (
	"log"
	"net"
	"time"
)

func main() {
	log.Println("connecting to the database")
	if _, err := net.DialTimeout("tcp", "127.0.0.1:1", time.Second); err != nil {
		log.Fatalf("failed to connect to database: %v", err)
	}
}
