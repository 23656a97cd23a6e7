// Package main listens twice on the same port.
package main

import (
	"log"
	"net/http"
)

func main() {
	go func() { _ = http.ListenAndServe("127.0.0.1:18080", nil) }()
	for {
		if response, err := http.Get("http://127.0.0.1:18080/"); err == nil {
			_ = response.Body.Close()
			break
		}
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:18080", nil))
}
