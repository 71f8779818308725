"""The process's connections to the database."""

import queue
import threading
import time

import psycopg2
import psycopg2.extensions

from errors import Failure, log


class Pool:
    """At most so many connections, opened when they are needed."""

    def __init__(self, url, size):
        self.url, self.free, self.room = url, queue.LifoQueue(), threading.Semaphore(size)

    def take(self, deadline):
        if not self.room.acquire(timeout=max(0, deadline - time.monotonic())):
            raise Failure("UNAVAILABLE")
        try:
            return self.free.get_nowait()
        except queue.Empty:
            pass
        try:
            return psycopg2.connect(self.url)
        except psycopg2.Error as error:
            self.room.release()
            log("error", "the database cannot be reached", error=type(error).__name__)
            raise Failure("UNAVAILABLE") from error

    def give(self, connection):
        try:
            if not connection.closed and connection.info.transaction_status != psycopg2.extensions.TRANSACTION_STATUS_IDLE:
                connection.rollback()
            if connection.closed:
                return
            self.free.put(connection)
        except psycopg2.Error:
            connection.close()
        finally:
            self.room.release()
