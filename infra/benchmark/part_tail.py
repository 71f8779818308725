"""The tail of short reads while long ones run beside them, one for a hundred."""

import threading
from datetime import timedelta

from . import load
from .database import FIRST_DAY, identifier, path
from .gateway import Gateway
from .world import STATE, say

TENANTS = 20
# Points of the long read's source: aggregating them took about 100 ms on the machine of the README's table.
LONG_POINTS = 500_000


def measure(database, size, options):
    """p99 of short reads alone and beside long ones of another tenant, and how many long ones there were."""
    say("Short reads beside long ones …")
    tenants = list(range(2, min(size.tenants, TENANTS) + 1))
    end = load_long_source(database)
    with Gateway(database) as gateway:
        gateway.sign_in([1, *tenants])
        short = load.write_requests("short", size, tenants, gateway.header)
        long = STATE / "bench-requests-long.txt"
        long.write_text("\t".join([path(identifier("business long"), FIRST_DAY, end, "month"), *gateway.header(1)]) + "\n")
        load.wrk(gateway.port, short, 16, 1)
        one = load.wrk(gateway.port, long, 1, 2, threads=1)
        alone = load.wrk(gateway.port, short, 16, options.seconds)
        beside, slow = both(gateway.port, short, long, alone["rps"] / 100, one["p50_ms"], options.seconds)
    return {
        "short_reads_p99_ms": {"alone": round(alone["p99_ms"], 2), "beside_long": round(beside["p99_ms"], 2)},
        "long_reads": {"p50_ms": round(one["p50_ms"], 1), "share": round(slow["requests"] / (slow["requests"] + beside["requests"]), 4)}}


def both(port, short, long, rate, milliseconds, seconds):
    """Short reads on 16 connections, and as many connections of long ones as give that many a second, at the same time."""
    slow = {}
    connections = max(1, min(8, round(rate * milliseconds / 1000)))
    delay = max(0, round(1000 * connections / rate - milliseconds))
    thread = threading.Thread(target=lambda: slow.update(load.wrk(port, long, connections, seconds, threads=1, delay=delay)))
    thread.start()
    beside = load.wrk(port, short, 16, seconds)
    thread.join()
    return beside, slow


def load_long_source(database):
    """A source of tenant 1 with very many points; gives the time after the last."""
    database.sql(
        """
        insert into app.businesses (tenant_id, id, name) values (:'tenant', :'business', 'Long');
        insert into app.kpi_sources (tenant_id, id, business_id, name, type) values (:'tenant', :'source', :'business', 'Long', 'upload');
        insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
        select :'tenant', :'source', timestamptz '2024-01-01Z' + n * interval '1 minute', n % 1000 from generate_series(0, :points - 1) n;
        analyze app.kpi_data;""",
        tenant=identifier("tenant 1"), business=identifier("business long"), source=identifier("source long"), points=LONG_POINTS)
    return FIRST_DAY + timedelta(minutes=LONG_POINTS)
