"""Dashboard reads of 30 points: Tenantry, its peers and the ceiling, in turns."""

import os
import re
from contextlib import ExitStack
from statistics import median

from . import ceiling, context, load, peers
from .database import identifier
from .gateway import Gateway
from .world import ROOT, say

CONNECTIONS = (16, 64)
# Tenants that sign in; each has reads of many businesses and days.
TENANTS = 50


def measure(database, size, options):
    """Requests per second by contender and connections, medians over the rounds; pgbench's transactions per second."""
    tenants = list(range(1, min(size.tenants, TENANTS) + 1))
    key = context.signing_key(database)
    statement = statement_text()
    ceiling.write_scripts(
        size, tenants, lambda tenant: [f"select tenancy.use('{context.sign(key, identifier(f'tenant {tenant}'))}')"], statement)
    plain = load.write_requests("peer", size, tenants, load.peer_header)
    cores = os.cpu_count() or 1
    figures = {}

    def note(name, key, value):
        figures.setdefault(name, {}).setdefault(key, []).append(value)

    with ExitStack() as stack:
        gateway = stack.enter_context(Gateway(database))
        role = stack.enter_context(context.role(database))
        servers = {"tenantry": gateway, "go_pgx": stack.enter_context(peers.go_pgx(database))}
        for workers in dict.fromkeys((1, cores)):
            for module in ("fastapi_asyncpg", "fastapi_sqlalchemy"):
                name = module if workers == 1 else f"{module}_{workers}_workers"
                servers[name] = stack.enter_context(peers.fastapi(module, database, workers))
        for number in range(options.rounds + 1):
            say(f"Dashboard reads, {'warm-up' if number == 0 else f'round {number} of {options.rounds}'} …")
            gateway.sign_in(tenants)
            signed = load.write_requests("tenantry", size, tenants, gateway.header)
            for connections in CONNECTIONS:
                for name, server in servers.items():
                    requests = signed if server is gateway else plain
                    if number == 0:
                        load.check(server.port, requests)
                        load.wrk(server.port, requests, connections, 1)
                    else:
                        note(name, str(connections), load.wrk(server.port, requests, connections, options.seconds))
            if number > 0:
                for clients in ceiling.CLIENTS:
                    note("pgbench", clients, ceiling.pgbench(role, clients, options.seconds))
    return summarize(figures)


def statement_text():
    """The statement that the dashboards handler sends, from its own catalogue."""
    catalogue = (ROOT / "Handlers/Dashboards/Program/Metrics/MetricsSQL.swift").read_text()
    found = re.search(r'"dashboards\.points",\s*"""(.*?)"""', catalogue, re.DOTALL)
    if not found:
        raise SystemExit("the statement dashboards.points is not where it was")
    return found[1]


def summarize(figures):
    pgbench = max(median(rates) for rates in figures.pop("pgbench").values())
    reads = {
        name: {connections: round(median(run["rps"] for run in runs)) for connections, runs in by.items()} for name, by in figures.items()}
    latencies = {
        name: {connections: {key: round(median(run[key] for run in runs), 2) for key in ("p50_ms", "p99_ms")} for connections, runs in by.items()}
        for name, by in figures.items()}
    return {"dashboard_read": {**reads, "pgbench": round(pgbench)}, "dashboard_latency": latencies}
