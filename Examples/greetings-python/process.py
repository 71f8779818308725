"""Serves one handler over one wire: a thread reads frames, one thread runs each invocation."""

import json
import os
import socket
import sys
import threading

import database
import wire
from errors import log
from invocation import Invocation


class Process:
    """The process: its wire, its pool, its invocations."""

    def __init__(self, routes):
        self.routes, self.running, self.newest, self.draining = routes, {}, 0, False
        self.lock, self.sending = threading.Lock(), threading.Lock()
        self.socket = socket.socket(fileno=0)

    def send(self, data):
        with self.sending:
            try:
                self.socket.sendall(data)
            except OSError:
                # The gateway is gone; the reading thread sees it too.
                pass

    def serve(self):
        """Returns when the gateway drains or closes the wire."""
        threading.stack_size(512 << 10)
        data = bytearray()
        while piece := self.socket.recv(wire.MAXIMUM_CHUNK):
            data += piece
            while frame := wire.decode(data):
                kind, stream, reader, length = frame
                del data[:length]
                if self.receive(kind, stream, reader):
                    return
        # Threads that wait for the database do not keep a process whose gateway is gone.
        os._exit(1 if self.running else 0)

    def receive(self, kind, stream, reader):
        """Acts on a frame; true when the process has nothing more to do."""
        if kind == "start":
            start = wire.read_start(reader)
            reader.finish()
            if start.version != wire.VERSION:
                raise wire.WireError(f"the gateway speaks version {start.version} of the wire, this handler {wire.VERSION}")
            self.pool = database.Pool(start.database_url, start.connections)
            self.send(wire.ready(json.dumps(self.routes.description()).encode() if start.describes else b""))
        elif kind == "invoke":
            self.begin(stream, wire.read_invocation(reader))
            reader.finish()
        elif kind == "ping":
            self.send(wire.frame("pong", 0, reader.take(8)))
        elif kind == "drain":
            with self.lock:
                self.draining = True
                return not self.running
        elif kind in ("chunk", "end", "credit", "cancel", "context"):
            with self.lock:
                invocation = self.running.get(stream)
            # What crossed the end of its invocation on the wire is of no use.
            if invocation is not None:
                if kind == "chunk":
                    invocation.arrive(reader.take(len(reader.data)))
                elif kind == "credit":
                    invocation.grant(reader.u32())
                elif kind == "cancel":
                    invocation.cancel(reader.u8())
                elif kind == "context":
                    invocation.context = reader.text()
        elif kind != "called":
            raise wire.WireError(f"the frame {kind} from the gateway")
        return False

    def begin(self, stream, head):
        if stream <= self.newest or self.draining:
            raise wire.WireError(f"the stream {stream} cannot begin")
        self.newest = stream
        invocation = Invocation(self, stream, head)
        with self.lock:
            self.running[stream] = invocation
        threading.Thread(target=self.work, args=(invocation,), daemon=True).start()

    def work(self, invocation):
        invocation.run(self.routes.handle)
        with self.lock:
            del self.running[invocation.stream]
            ended = self.draining and not self.running
        if ended:
            os._exit(0)


def main(routes):
    """Serves the gateway at the other end of standard input."""
    try:
        Process(routes).serve()
    except (wire.WireError, OSError) as error:
        log("critical", "the handler stops", error=str(error))
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)
