"""A tenant with 200 slow calls in flight, and another with short ones; three with weights of their own that all want more than there is."""

import asyncio

from . import gateway
from .clients import Clients, failures, p, request
from .database import FIRST_DAY, identifier, path, reads
from .gateway import Gateway
from .part_tail import load_long_source
from .world import say

CROWD = 200
# Short calls a second.
RATE = 100
WEIGHTS = {2: 100, 3: 200, 4: 400}
# Clients of each tenant that competes by weight: more than its share of the slots, also while their own program is slow to ask again.
RIVALS = 220
# Points that each of their calls aggregates: a few milliseconds, less than what makes a call a heavy one.
RIVAL_POINTS = 3_000


def measure(database, size, options):
    """p99 in ms of a tenant's short calls alone and beside another's slow ones, and the shares of three by weight."""
    say("Fairness: short calls of a tenant beside 200 slow ones of another …")
    end = load_long_source(database)
    for tenant in WEIGHTS:
        until = load_long_source(database, tenant, RIVAL_POINTS, f"rival {tenant}")
    database.sql("update tenancy.tenants set weight = 100")
    for tenant, weight in WEIGHTS.items():
        database.sql("update tenancy.tenants set weight = :weight where id = :'tenant'", weight=weight, tenant=identifier(f"tenant {tenant}"))
    seconds = 2 if options.quick else 10
    # Tenants that do not compete by weight have equal ones.
    crowd, tenants = 5, list(range(6, min(size.tenants, 20) + 1))
    figures = {}
    with Gateway(database, gateway.manifests_with_probe(), TENANTRY_QUEUE_WAIT="60s") as host:
        host.sign_in([1, *WEIGHTS, crowd, *tenants])
        short = [request(path(business, start, until), host.header(tenant)) for tenant, business, start, until in reads(size, tenants)]
        # The crowd's aggregations run over the source of tenant 1, which therefore is the crowd there.
        heavy = [request(path(identifier("business long"), FIRST_DAY, end, "month"), host.header(1))]
        listed = [request("/api/v1/probe/entries", host.header(tenant)) for tenant in tenants]
        asleep = [request("/api/v1/probe/pg_sleep?milliseconds=100", host.header(crowd))]
        figures["sleeping"] = asyncio.run(crowded(host.port, listed, asleep, seconds))
        figures["computing"] = asyncio.run(crowded(host.port, short, heavy, seconds))
        say("Fairness: shares by weight …")
        host.sign_in(WEIGHTS)
        asleep = {tenant: request("/api/v1/probe/pg_sleep?milliseconds=10", host.header(tenant)) for tenant in WEIGHTS}
        figures["weights_sleeping"] = asyncio.run(rivals(host.port, asleep, seconds))
        busy = {
            tenant: request(path(identifier(f"business rival {tenant}"), FIRST_DAY, until, "month"), host.header(tenant)) for tenant in WEIGHTS}
        figures["weights_computing"] = asyncio.run(rivals(host.port, busy, seconds))
    database.sql("update tenancy.tenants set weight = 100")
    return {"fairness": figures}


async def crowded(port, short, slow, seconds):
    """p99 of the short calls alone and beside the crowd, and how the crowd fared."""
    load, crowd, over = Clients(port), Clients(port), asyncio.Event()
    await load.steady(short, RATE, 1)
    load.take()
    await load.steady(short, RATE, seconds)
    alone = load.take()
    task = asyncio.create_task(crowd.closed(slow, CROWD, over))
    # All of the crowd is in flight, and its cost is known, before the others are measured.
    await asyncio.sleep(1)
    crowd.take()
    await load.steady(short, RATE, seconds)
    beside, served = load.take(), crowd.take()
    over.set()
    task.cancel()
    await asyncio.wait([task])
    load.close()
    crowd.close()
    return {
        "alone_p50_ms": p(50, alone), "alone_p99_ms": p(99, alone), "beside_p50_ms": p(50, beside), "beside_p99_ms": p(99, beside),
        "failed": failures(beside), "crowd_per_s": round(sum(answer.status in (200, 204) for answer in served) / seconds, 1),
        "crowd_refused": failures(served)}


async def rivals(port, calls, seconds):
    """Shares of the answers, where each tenant always has more calls waiting and all calls cost the same."""
    over, loads = asyncio.Event(), {}
    async with asyncio.TaskGroup() as group:
        for tenant, call in calls.items():
            load = loads[tenant] = Clients(port)
            group.create_task(load.closed([call], RIVALS, over))
        await asyncio.sleep(3)
        for load in loads.values():
            load.take()
        await asyncio.sleep(seconds)
        taken = {tenant: load.take() for tenant, load in loads.items()}
        over.set()
    for load in loads.values():
        load.close()
    return shares({tenant: sum(answer.status in (200, 204) for answer in answers) for tenant, answers in taken.items()}, seconds)


def shares(served, seconds):
    """What each weight got, and the largest distance from what it should get."""
    whole, weights = sum(served.values()) or 1, sum(WEIGHTS.values())
    parts = {tenant: count / whole for tenant, count in served.items()}
    return {
        "per_s": round(whole / seconds), "shares": {str(WEIGHTS[tenant]): round(part, 4) for tenant, part in parts.items()},
        "worst_error": round(max(abs(part / (WEIGHTS[tenant] / weights) - 1) for tenant, part in parts.items()), 4)}
