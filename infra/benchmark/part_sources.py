"""Data sources: what a hundred at once hold in memory beside ten, and whether a host that says nothing slows the others."""

import contextlib
import json
import subprocess

from .world import ROOT, run, say

PROBE = ROOT / ".build/release/fetch-probe"
# Each of a source's five bodies.
BYTES = 4 << 20


@contextlib.contextmanager
def provider():
    """The port of the stand-in of all providers."""
    process = subprocess.Popen(["python3", "-B", ROOT / "Tests/Servers/provider_server.py"], stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline().rsplit(" ", 1)[1])
    finally:
        process.kill()
        process.wait()


def load(url, count, *dead):
    return json.loads(run(str(PROBE), "load", url, str(count), *map(str, dead)))


def measure(database, size, options):
    """Highest memory of a process that streams bodies for 10 and for 100 sources; the longest wait of 20 sources alone, and beside 100 of a dead host."""
    say("Sources …")
    with provider() as port, provider() as dead:
        base = f"http://127.0.0.1:{port}"
        by = {count: load(f"{base}/bytes?count={BYTES}", count) for count in (10, 100)}
        alone = load(f"{base}/echo", 20)
        beside = load(f"{base}/echo", 20, f"http://127.0.0.1:{dead}/fault/silent", 100)
    failed = sum(run["failed"] for run in (*by.values(), alone, beside))
    if failed:
        raise SystemExit(f"{failed} sources got no answer")
    return {"sources": {
        "mb_read": by[100]["megabytes"], "peak_mb_10": by[10]["peak_mb"], "peak_mb_100": by[100]["peak_mb"],
        "mb_per_s": round(by[100]["megabytes"] / by[100]["seconds"]), "alone_p50_ms": alone["wait_p50_ms"], "alone_max_ms": alone["wait_max_ms"],
        "beside_p50_ms": beside["wait_p50_ms"], "beside_max_ms": beside["wait_max_ms"]}}
