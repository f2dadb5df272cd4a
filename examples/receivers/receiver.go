// An endpoint for webhooks in Go's standard library: answers at once, works afterwards, does nothing twice.
//
//	PORT=9000 go run examples/receivers/receiver.go
//
// What it has seen and has still to do is kept in memory here. In production both belong in one transaction of a
// database, made before the answer: then what was answered is not lost, and a duplicate is known after a restart.
package main

import (
	"cmp"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
)

type job struct{ id, body string }

var (
	seen sync.Map
	jobs = make(chan job, 10_000)
)

// answer takes a webhook in; one that finds the queue full is answered 503, and comes again.
func answer(response http.ResponseWriter, request *http.Request) {
	id := request.Header.Get("webhook-id")
	body, err := io.ReadAll(request.Body)
	if id == "" || err != nil {
		response.WriteHeader(http.StatusBadRequest) // Without a webhook-id it comes from someone else.
		return
	}
	if _, known := seen.LoadOrStore(id, true); known {
		fmt.Println("duplicate", id)
		response.WriteHeader(http.StatusAccepted)
		return
	}
	select {
	case jobs <- job{id, string(body)}:
		response.WriteHeader(http.StatusAccepted)
	default:
		seen.Delete(id)
		response.WriteHeader(http.StatusServiceUnavailable)
	}
}

// work is the slow part: nobody waits for it.
func work() {
	for job := range jobs {
		fmt.Println("work", job.id, job.body)
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "9000"))
	if err != nil {
		log.Fatal(err)
	}
	go work()
	fmt.Printf("listening on http://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, http.HandlerFunc(answer)))
}
