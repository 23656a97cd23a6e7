// Package main serves for ever and handles no signal.
package main

import (
	"log"
	"time"
)

func main() {
	log.Println("listening on :8080")
	for {
		time.Sleep(time.Second)
	}
}
