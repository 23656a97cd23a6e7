// Package main writes to a map that was never made.
package main

import "fmt"

type cache struct{ entries map[string]int }

func main() {
	fmt.Println("service starting")
	var c cache
	c.entries["user"] = 1
}
