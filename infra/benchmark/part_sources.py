"""Data sources: what a hundred at once hold in memory beside ten, and whether a host that says nothing slows the others."""

import contextlib
import json
import socket
import subprocess
import time
import urllib.request

from .gateway import Gateway, let_write
from .memory import resident_mb
from .world import ROOT, run, say

PROBE = ROOT / ".build/release/fetch-probe"
# Each of a source's five bodies.
BYTES = 4 << 20
# What a source of the product itself is answered: so many records, 3.9 MB of JSON in all.
RECORDS = 1000


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


@contextlib.contextmanager
def silent():
    """The port of a host that takes connections and says nothing: the kernel does it alone, so that it costs the others nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        yield listener.getsockname()[1]


def measure(database, size, options):
    """Highest memory of a process that streams bodies for 10 and for 100 sources, and of a handler that reads and stores 10, 100 and 300 of 3.9 MB at once;
    the longest wait of 20 sources alone, and beside 100 of a dead host."""
    say("Sources …")
    with provider() as port, silent() as dead:
        base = f"http://127.0.0.1:{port}"
        by = {count: load(f"{base}/bytes?count={BYTES}", count) for count in (10, 100)}
        alone = [load(f"{base}/echo", 20) for _ in range(5)]
        beside = [load(f"{base}/echo", 20, f"http://127.0.0.1:{dead}/", 100) for _ in range(5)]
        stored = {count: synced(database, port, count) for count in (10, 100, 300)}
    failed = sum(run["failed"] for run in (*by.values(), *alone, *beside))
    if failed:
        raise SystemExit(f"{failed} sources got no answer")

    def middle(runs, name):
        return sorted(run[name] for run in runs)[len(runs) // 2]

    return {"sources": {
        "mb_read": by[100]["megabytes"], "peak_mb_10": by[10]["peak_mb"], "peak_mb_100": by[100]["peak_mb"],
        "mb_per_s": round(by[100]["megabytes"] / by[100]["seconds"]), "stored": list(stored.values()),
        "alone_p50_ms": middle(alone, "wait_p50_ms"), "alone_max_ms": middle(alone, "wait_max_ms"),
        "beside_p50_ms": middle(beside, "wait_p50_ms"), "beside_max_ms": middle(beside, "wait_max_ms")}}


def synced(database, port, count):
    """So many sources are run at once by the product: the highest memory of one process of the handler and of all of them, and how long it takes."""
    items = [
        {"day": f"{2000 + number // 360}-{number // 30 % 12 + 1:02}-{number % 30 + 1:02}", "amount": number, "note": "x" * 3850}
        for number in range(RECORDS)]
    body = json.dumps({"items": [item for item in items if not item["day"].endswith(("-02-29", "-02-30"))]})
    control(port, "answer", {"path": "/big", "body": body, "times": 1_000_000})
    tenants = range(1, 11)
    for tenant in tenants:
        let_write(database, tenant)
    with Gateway(database, TENANTRY_OUTBOUND_ALLOW="127.0.0.1/32", TENANTRY_OUTBOUND_PORTS=str(port)) as host:
        host.sign_in(tenants)
        sources = []
        for number in range(count):
            header = dict([host.header(tenants[number % len(tenants)])])
            business = host.post("/api/v1/businesses", {"name": f"Sources {count} {number}", "industry": "retail"}, header)["id"]
            config = {
                "url": f"http://127.0.0.1:{port}/big?{number}", "records": "$.items[*]", "time": "$.day",
                "metrics": [{"name": "Amount", "path": "$.amount"}]}
            body = {"business_id": business, "name": "Big", "type": "http_json", "config": config, "interval_seconds": 0}
            sources.append((host.post("/api/v1/data/sources", body, header)["id"], header))
        before = max([resident_mb(pid) for pid in host.handlers("sources-handler")], default=0)
        begin = time.monotonic()
        for source, header in sources:
            host.post(f"/api/v1/data/sources/{source}/sync", {}, header)
        names = ", ".join(f"'{source}'" for source, _ in sources)
        over = "0"
        while int(over) < count:
            if time.monotonic() - begin > 200:
                raise SystemExit(f"{over} of {count} sources have run")
            time.sleep(0.1)
            [[over, wrong]] = database.sql(
                f"""select count(*) filter (where status <> 'running'), count(*) filter (where status not in ('running', 'succeeded'))
                from app.source_runs where source_id in ({names})""")
        seconds = time.monotonic() - begin
        if int(wrong):
            raise SystemExit(f"{wrong} of {count} sources failed")
        peaks = [resident_mb(pid, "VmHWM") for pid in host.handlers("sources-handler")]
        return {"idle_mb": round(before), "process_mb": round(max(peaks)), "all_mb": round(sum(peaks)), "processes": len(peaks), "seconds": round(seconds, 1)}


def control(port, name, body):
    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/_control/{name}", json.dumps(body).encode(), method="POST")).close()
