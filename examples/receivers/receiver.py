"""An endpoint for webhooks in Python's standard library: answers at once, works afterwards, does nothing twice.

    PORT=9000 python3 examples/receivers/receiver.py

What it has seen and has still to do is kept in memory here. In production both belong in one transaction of a
database, made before the answer: then what was answered is not lost, and a duplicate is known after a restart.
"""

import os
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen: set[str] = set()
seen_lock = threading.Lock()
jobs: queue.Queue[tuple[str, str]] = queue.Queue()


def accept(webhook_id: str, body: str) -> None:
    with seen_lock:
        if webhook_id in seen:
            print(f"duplicate {webhook_id}", flush=True)
            return
        seen.add(webhook_id)
    jobs.put((webhook_id, body))


def work() -> None:
    """The slow part: nobody waits for it."""
    while True:
        webhook_id, body = jobs.get()
        print(f"work {webhook_id} {body}", flush=True)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        webhook_id = self.headers.get("webhook-id")
        if webhook_id is not None:
            accept(webhook_id, body)
        # A request without a webhook-id comes from someone else.
        self.send_response(400 if webhook_id is None else 202)
        self.send_header("content-length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_: object) -> None:
        """Says nothing: the standard library would log every request."""


threading.Thread(target=work, daemon=True).start()
server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver)
print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
