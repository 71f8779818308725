"""The tail of short reads when one read in a hundred is a long one."""

import asyncio
import random
import time
from datetime import timedelta

from .database import FIRST_DAY, identifier, path, reads
from .gateway import Gateway
from .world import say

TENANTS = 20
CONNECTIONS = 64
# Reads a second: with a hundredth of them long, two cores are a quarter busy. A closed loop would only show how long the processors' own queue is.
RATE = 200
# Points of the long read's source: aggregating them took about 100 ms on the machine of the README's table.
LONG_POINTS = 250_000


def measure(database, size, options):
    """p99 in ms of short reads that come at a steady rate: alone, and where one in a hundred is a long one of another tenant."""
    say("Short reads beside long ones …")
    tenants = list(range(2, min(size.tenants, TENANTS) + 1))
    end = load_long_source(database)
    with Gateway(database) as gateway:
        gateway.sign_in([1, *tenants])
        short = [request(path(business, start, until), gateway.header(tenant)) for tenant, business, start, until in reads(size, tenants)]
        long = request(path(identifier("business long"), FIRST_DAY, end, "month"), gateway.header(1))
        seconds = max(2, 3 * options.seconds)
        asyncio.run(drive(gateway.port, short, long, 0, 1))
        alone, _ = asyncio.run(drive(gateway.port, short, long, 0, seconds))
        beside, slow = asyncio.run(drive(gateway.port, short, long, 0.01, seconds))
    return {
        "short_reads_p99_ms": {"alone": p(99, alone), "beside_long": p(99, beside)},
        "long_reads": {"p50_ms": p(50, slow), "share": round(len(slow) / (len(slow) + len(beside)), 4)}}


async def drive(port, short, long, share, seconds):
    """Reads at random moments, RATE a second however fast they are answered: latencies in ms of the short ones and of the long ones."""
    choice, taken, free = random.Random(50), ([], []), asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))

    async def read(is_long, due):
        connection = await free.get()
        reader, writer = connection
        writer.write(long if is_long else choice.choice(short))
        await answer(reader)
        taken[is_long].append((time.perf_counter() - due) * 1000)
        free.put_nowait(connection)

    due = begin = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        while (due := due + choice.expovariate(RATE)) < begin + seconds:
            await asyncio.sleep(max(0, due - time.perf_counter()))
            group.create_task(read(choice.random() < share, due))
    while not free.empty():
        free.get_nowait()[1].close()
    return taken


async def answer(reader):
    """Reads one answer to its end; ends the bench unless it is 200."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise SystemExit(f"short reads: {head[:200]!r}")
    await reader.readexactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))


def request(target, header):
    return f"GET {target} HTTP/1.1\r\nHost: localhost\r\n{header[0]}: {header[1]}\r\n\r\n".encode()


def p(percent, latencies):
    ordered = sorted(latencies) or [0.0]
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 2)


def load_long_source(database, tenant=1, points=LONG_POINTS, name="long"):
    """A business `name` of a tenant with one source of very many points, made once; gives the time after the last."""
    database.sql(
        """
        insert into app.businesses (tenant_id, id, name) values (:'tenant', :'business', 'Long') on conflict do nothing;
        insert into app.kpi_sources (tenant_id, id, business_id, name, type) values (:'tenant', :'source', :'business', 'Long', 'upload')
        on conflict do nothing;
        insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
        select :'tenant', :'source', timestamptz '2024-01-01Z' + n * interval '1 minute', n % 1000 from generate_series(0, :points - 1) n
        on conflict do nothing;
        analyze app.kpi_data;""",
        tenant=identifier(f"tenant {tenant}"), business=identifier(f"business {name}"), source=identifier(f"source {name}"), points=points)
    return FIRST_DAY + timedelta(minutes=points)
