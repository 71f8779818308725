"""Where things lie, how commands run, how processes end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
STATE = ROOT / ".tenantry"


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(*command, **options):
    """Runs a command to its end and returns its standard output; its errors go to the terminal."""
    result = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, **options)
    if result.returncode != 0:
        line = " ".join(str(part) for part in command)
        raise SystemExit(f"failed ({result.returncode}): {line[:300]}\n{result.stdout[-2000:]}")
    return result.stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process that listens on a port of 127.0.0.1; `with` ends it and everything it started."""

    def __init__(self, name, command, port, environment=None, cwd=None, seconds=60):
        self.name, self.port = name, port
        self.log = open(STATE / f"bench-{name}.log", "wb")
        self.process = subprocess.Popen(
            [str(part) for part in command], env={**os.environ, **(environment or {})}, cwd=cwd, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        limit = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > limit:
                    self.stop()
                    raise SystemExit(f"{name} did not start; see {self.log.name}")
                time.sleep(0.005)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.log.close()


def get(port, path, headers):
    """One GET: status and body."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
