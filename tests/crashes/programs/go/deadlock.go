// Package main waits for a message that nobody sends.
package main

import "fmt"

func main() {
	fmt.Println("service starting")
	done := make(chan struct{})
	<-done
}
