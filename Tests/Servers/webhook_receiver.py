"""Receives webhooks and writes each request as a JSON line to a file. The path says how it answers:

/ok 200, /status/CODE that status, /after/SECONDS 429 with Retry-After, /redirect 301 to /ok, /flaky 500 for the first try of a message and 200 then,
/big an endless body, /drip a byte a second, /reset a connection that ends.

usage: webhook_receiver.py FILE
"""

import json
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

lock = threading.Lock()
seen = set()


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        names = ("webhook-id", "webhook-timestamp", "webhook-signature", "content-type")
        line = {"path": self.path, "body": body} | {name: self.headers.get(name) for name in names}
        with lock:
            is_new = line["webhook-id"] not in seen
            seen.add(line["webhook-id"])
            with open(sys.argv[1], "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        parts = self.path.strip("/").split("/")
        match parts[0]:
            case "status":
                self.answer(int(parts[1]))
            case "after":
                self.answer(429, ("Retry-After", parts[1]))
            case "redirect":
                self.answer(301, ("Location", "/ok"))
            case "flaky":
                self.answer(500 if is_new else 200)
            case "big" | "drip":
                self.pour(parts[0] == "drip")
            case "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
            case _:
                self.answer(200)

    def answer(self, status, *headers):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def pour(self, slowly):
        self.send_response(200)
        # What drips announces little, so that it is not refused for its length.
        self.send_header("Content-Length", "1000" if slowly else str(2 << 30))
        self.end_headers()
        self.close_connection = True
        try:
            while True:
                self.wfile.write(b"x" if slowly else b"x" * 65536)
                if slowly:
                    time.sleep(1)
        except OSError:
            pass

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
