"""Cold start: the handler at zero processes, one read, the answer with its rows. And what idle processes hold in memory."""

import http.client
import time

from . import load
from .database import path, reads
from .gateway import Gateway, manifests_with_idle
from .memory import resident_mb
from .walls import walls
from .world import say

PROGRAM = "dashboards-handler"


def measure(database, size, options):
    """p50 and p95 in ms over many starts; resident MB of a fresh gateway and handler after one read and three seconds of rest."""
    say("Cold start …")
    with Gateway(database, manifests_with_idle(1)) as gateway:
        gateway.sign_in([1])
        _, business, start, end = next(read for read in reads(size, [1]))
        target, (name, value) = path(business, start, end), gateway.header(1)
        times = []
        for _ in range(options.starts):
            wait_until_stopped(gateway)
            times.append(timed_read(gateway.port, target, {name: value}))
        held = walls(gateway.handlers(PROGRAM)[0])
    times.sort()
    with Gateway(database) as gateway:
        gateway.sign_in([1])
        timed_read(gateway.port, target, dict([gateway.header(1)]))
        time.sleep(3)
        idle = {
            "gateway": round(resident_mb(gateway.process.pid), 1),
            "handler": round(max(resident_mb(pid) for pid in gateway.handlers(PROGRAM)), 1),
        }
    return {
        "cold_start_walls": held, "cold_start_ms": {"p50": round(quantile(times, 0.5), 1), "p95": round(quantile(times, 0.95), 1)}, "idle_mb": idle}


def wait_until_stopped(gateway):
    """Waits until the gateway has stopped the handler's last idle process."""
    limit = time.monotonic() + 30
    while gateway.handlers(PROGRAM):
        if time.monotonic() > limit:
            raise SystemExit(f"{PROGRAM} is idle and still runs")
        time.sleep(0.02)
    # The gateway notices the end of its child a moment later.
    time.sleep(0.05)


def timed_read(port, target, headers):
    """Milliseconds from the request to the whole answer, on a connection that is open already."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    begin = time.perf_counter()
    connection.request("GET", target, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    taken = (time.perf_counter() - begin) * 1000
    connection.close()
    if answer.status != 200 or body.count(b'"timestamp"') != load.POINTS:
        raise SystemExit(f"cold start: status {answer.status}, {body[:300]!r}")
    return taken


def quantile(ordered, part):
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
