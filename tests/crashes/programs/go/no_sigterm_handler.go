// Package main serves for ever and handles no signal.
package main

import (
	"fmt"
	"time"
)

func main() {
	fmt.Println("listening on :8080")
	for {
		time.Sleep(time.Second)
	}
}
