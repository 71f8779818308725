"""Looks into the database again and again on one connection, as the superuser."""

import subprocess
import threading
import time


class Watcher:
    """psql that answers one number a question; `with` ends it."""

    def __init__(self, database):
        self.psql = subprocess.Popen(
            ["psql", database.url, "-XqAt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1)
        self.lock = threading.Lock()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.psql.stdin.close()
        self.psql.wait()

    def number(self, question):
        """The one number that a query gives."""
        with self.lock:
            self.psql.stdin.write(" ".join(question.split()) + ";\n")
            self.psql.stdin.flush()
            return float(self.psql.stdout.readline())

    def active(self, handler):
        """Statements of a handler that run now."""
        return self.number(f"select count(*) from pg_stat_activity where usename = 'tenantry_h_{handler}' and state = 'active'")

    def open_transactions(self, milliseconds):
        """Handlers' transactions that have been open for so long."""
        return self.number(
            f"""select count(*) from pg_stat_activity where usename like 'tenantry\\_h\\_%'
            and xact_start < clock_timestamp() - interval '{milliseconds} milliseconds'""")

    def wait(self, what, question, wanted, seconds=15):
        """Asks until the number is the wanted one; gives the milliseconds that took."""
        begin = time.perf_counter()
        while self.number(question) != wanted:
            if time.perf_counter() > begin + seconds:
                raise SystemExit(f"still not so after {seconds} s: {what}")
        return (time.perf_counter() - begin) * 1000
