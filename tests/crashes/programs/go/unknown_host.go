// Package main asks for a host that does not exist (RFC 6761 reserves .invalid for that).
package main

import (
	"log"
	"net"
)

func main() {
	if _, err := net.Dial("tcp", "orders-db.invalid:5432"); err != nil {
		log.Fatalf("cannot reach database: %v", err)
	}
}
