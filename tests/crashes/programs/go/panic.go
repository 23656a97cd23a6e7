// Package main indexes past the end of a slice.
package main

import "fmt"

func main() {
	orders := []string{"first"}
	fmt.Println("service starting")
	next := len(orders) + 4
	fmt.Println(orders[next])
}
