"""An endpoint for webhooks in Python's standard library: answers at once, processes afterwards, drops duplicates.

    PORT=9000 python3 examples/receivers/receiver.py

With SIGNING_SECRET=whsec_… in the environment it accepts only requests signed with that secret.

Seen ids and queued work are in memory here. In production, store both in one database transaction before the
answer: then accepted work is not lost, and duplicates are recognised after a restart.
"""

import base64
import hashlib
import hmac
import os
import queue
import threading
import time
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ.get("SIGNING_SECRET", "")
TOLERANCE_SECONDS = 300


def is_signed(headers: Message, body: bytes) -> bool:
    """Standard Webhooks: one of the signatures must match our secret and these bytes, and be recent."""
    if not SECRET:
        return True
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{headers.get('webhook-id')}.{timestamp}.".encode() + body
    due = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(due.encode(), signature.encode()) for signature in given)


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
    """The slow part, after the answer."""
    while True:
        webhook_id, body = jobs.get()
        print(f"work {webhook_id} {body}", flush=True)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(self.status_for(body))
        self.send_header("content-length", "0")
        self.end_headers()

    def status_for(self, body: bytes) -> int:
        webhook_id = self.headers.get("webhook-id")
        if webhook_id is None:
            return 400  # Without a webhook-id it is not from Wayhook.
        if not is_signed(self.headers, body):
            return 401
        accept(webhook_id, body.decode())
        return 202

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_: object) -> None:
        """No output: the standard library would log every request."""


threading.Thread(target=work, daemon=True).start()
server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver)
print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
