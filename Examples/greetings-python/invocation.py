"""One invocation while it runs: its input, its database, its answer."""

import json
import queue
import threading
import time

import psycopg2

import wire
from errors import MESSAGES, REASONS, SQLSTATES, Failure, log


class Invocation:
    """One invocation while it runs."""

    def __init__(self, process, stream, head):
        self.process, self.stream, self.head, self.context = process, stream, head, head.context
        self.started = time.monotonic()
        self.deadline = self.started + head.remaining_microseconds / 1e6
        self.cancelled = None
        self.connection = None
        self.database_time, self.rows, self.database_bytes = 0.0, 0, 0
        self.pieces, self.missing, self.consumed = queue.SimpleQueue(), head.following, 0
        self.credit, self.more = wire.WINDOW, threading.Condition()
        self.begun = False

    # From the reading thread.

    def arrive(self, data):
        self.pieces.put(data)

    def grant(self, count):
        with self.more:
            self.credit += count
            self.more.notify_all()

    def cancel(self, reason):
        with self.more:
            self.cancelled = self.cancelled or REASONS.get(reason, "CANCELLED")
            connection = self.connection
            self.more.notify_all()
        self.pieces.put(None)
        if connection is not None:
            # On a connection of its own, so not on the reading thread.
            threading.Thread(target=self._cancel_statement, args=(connection,), daemon=True).start()

    def _cancel_statement(self, connection):
        # Under the lock, so that the connection cannot go to another invocation meanwhile: a cancel names a backend, not a statement.
        with self.more:
            if self.connection is connection:
                try:
                    connection.cancel()
                except psycopg2.Error:
                    pass

    # For the handler.

    def check(self):
        """Raises where nobody waits any more."""
        if self.cancelled:
            raise Failure(self.cancelled)
        if time.monotonic() > self.deadline:
            raise Failure("DEADLINE_EXCEEDED")

    def body(self):
        """The body piece by piece; credit for more is granted as it is read."""
        if self.head.body:
            yield self.head.body
        while self.missing > 0:
            piece = self.pieces.get()
            self.check()
            if piece is None:
                continue
            self.missing -= len(piece)
            self.consumed += len(piece)
            if self.consumed >= wire.WINDOW // 2 and self.missing > 0:
                self.process.send(wire.credit(self.stream, self.consumed))
                self.consumed = 0
            yield piece

    def query(self, sql, *binds, writes=False):
        """One statement in a transaction with this invocation's context; the tenant is the first bind. Returns rows."""
        self.check()
        begun = time.monotonic()
        connection = self.process.pool.take(self.deadline)
        try:
            with self.more:
                self.connection = connection
            self.check()
            limit = str(max(1, int((self.deadline - time.monotonic()) * 1000)))
            with connection.cursor() as cursor:
                cursor.execute(
                    "select tenancy.use(%s), set_config('statement_timeout', %s, true), set_config('lock_timeout', '5000', true),"
                    " set_config('transaction_read_only', %s, true)",
                    (self.context, limit, "off" if writes else "on"),
                )
                cursor.execute(sql, (self.head.tenant, *binds))
                rows = cursor.fetchall() if cursor.description else []
                self.rows += len(rows) if cursor.description else cursor.rowcount
            self.check()
            connection.commit()
            return rows
        except psycopg2.Error as error:
            if self.cancelled and error.pgcode == "57014":
                raise Failure(self.cancelled) from error
            log("warning", "the database refused", request_id=self.head.request_id, sqlstate=error.pgcode or "")
            raise Failure(SQLSTATES.get(error.pgcode, "UNAVAILABLE" if error.pgcode is None else "INTERNAL_ERROR")) from error
        finally:
            with self.more:
                self.connection = None
                if self.cancelled:
                    # A cancel may still be on its way to it.
                    connection.close()
            self.process.pool.give(connection)
            self.database_time += time.monotonic() - begun

    # The answer.

    def receipt(self):
        micro = lambda seconds: int(seconds * 1e6)  # noqa: E731
        return wire.Receipt(
            micro(time.monotonic() - self.started), micro(self.database_time), micro(time.thread_time() - self.cpu), self.rows, self.database_bytes)

    def answer(self, status, value):
        """A value as JSON, or a generator of bytes as a stream."""
        if hasattr(value, "__next__"):
            return self._stream(status, value)
        body = json.dumps(value, separators=(",", ":")).encode()
        self.process.send(wire.answer(self.stream, status, [("content-type", "application/json")], body, self.receipt()))

    def _stream(self, status, pieces):
        self.process.send(wire.answer(self.stream, status, [("content-type", "text/plain; charset=utf-8")], b""))
        self.begun = True
        for piece in pieces:
            while piece:
                with self.more:
                    while self.credit == 0 and not self.cancelled:
                        self.more.wait(max(0, self.deadline - time.monotonic()) + 0.1)
                        self.check()
                    self.check()
                    count = min(len(piece), self.credit, wire.MAXIMUM_CHUNK)
                    self.credit -= count
                self.process.send(wire.frame("chunk", self.stream, piece[:count]))
                piece = piece[count:]
        self.process.send(wire.end(self.stream, self.receipt()))

    def run(self, handle):
        self.cpu = time.thread_time()
        try:
            self.check()
            if self.head.recording[0] == 3:
                raise Failure("INTERNAL_ERROR", "This handler cannot be replayed")
            self.answer(*handle(self))
        except Failure as error:
            self.process.send(wire.failure(self.stream, error.code, error.words, error.issues, self.receipt()))
        except Exception as error:  # noqa: BLE001: whatever it is, the caller must hear of an end
            log("error", "the invocation failed", request_id=self.head.request_id, error=repr(error))
            self.process.send(wire.failure(self.stream, "INTERNAL_ERROR", MESSAGES["INTERNAL_ERROR"], [], self.receipt()))
