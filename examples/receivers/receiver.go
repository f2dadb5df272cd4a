// An endpoint for webhooks in Go's standard library: answers at once, processes afterwards, drops duplicates.
//
//	PORT=9000 go run examples/receivers/receiver.go
//
// With SIGNING_SECRET=whsec_… in the environment it accepts only requests signed with that secret.
//
// Seen ids and queued work are in memory here. In production, store both in one database transaction before the
// answer: then accepted work is not lost, and duplicates are recognised after a restart.
package main

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const tolerance = 5 * time.Minute

var secret = os.Getenv("SIGNING_SECRET")

// isSigned checks by Standard Webhooks: one of the signatures must match our secret and these bytes, and be recent.
func isSigned(header http.Header, body []byte) bool {
	if secret == "" {
		return true
	}
	seconds, err := strconv.ParseInt(header.Get("webhook-timestamp"), 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > tolerance {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.%s", header.Get("webhook-id"), seconds, body)
	due := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, given := range strings.Fields(header.Get("webhook-signature")) {
		if hmac.Equal([]byte(given), []byte(due)) {
			return true
		}
	}
	return false
}

type job struct{ id, body string }

var (
	seen sync.Map
	jobs = make(chan job, 10_000)
)

// answer enqueues a webhook; if the queue is full it answers 503, and the request is retried.
func answer(response http.ResponseWriter, request *http.Request) {
	id := request.Header.Get("webhook-id")
	body, err := io.ReadAll(request.Body)
	if id == "" || err != nil {
		response.WriteHeader(http.StatusBadRequest) // Without a webhook-id it is not from Wayhook.
		return
	}
	if !isSigned(request.Header, body) {
		response.WriteHeader(http.StatusUnauthorized)
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

// work is the slow part, after the answer.
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
