"""wrk, and requests for it."""

import json

from .database import identifier, path, reads
from .world import HERE, STATE, get, run


POINTS = 30


def write_requests(name, size, tenants, header):
    """A file of requests for wrk; `header` gives name and value for a tenant's number."""
    file = STATE / f"bench-requests-{name}.txt"
    with open(file, "w") as output:
        for tenant, business, start, end in reads(size, tenants):
            output.write("\t".join([path(business, start, end), *header(tenant)]) + "\n")
    return file


def peer_header(tenant):
    return "X-Tenant-ID", identifier(f"tenant {tenant}")


def check(port, file, points=POINTS):
    """The first requests of a file must be answered with so many points; the last body comes back."""
    with open(file) as lines:
        for _, line in zip(range(20), lines):
            target, name, value = line.rstrip("\n").split("\t")
            status, body = get(port, target, {name: value})
            if status != 200 or body.count(b'"timestamp"') != points:
                raise SystemExit(f"GET {target} on port {port}: status {status}, {body[:300]!r}")
    return body


def wrk(port, file, connections, seconds):
    """One run of wrk: requests per second and latencies; any failed request ends the bench."""
    output = run(
        "wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "-s", HERE / "requests.lua", f"http://127.0.0.1:{port}", "--", file)
    figures = json.loads(output.splitlines()[-1])
    if figures["errors"]:
        raise SystemExit(f"{figures['errors']} of {figures['requests']} requests to port {port} failed")
    return {
        "rps": figures["requests"] / (figures["duration_us"] / 1e6),
        "p50_ms": figures["p50_us"] / 1000, "p99_ms": figures["p99_us"] / 1000}
