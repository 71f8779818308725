"""A tenant with 200 slow calls in flight, and another with short ones; three with weights of their own that all want more than there is."""

import asyncio
from datetime import timedelta

from . import gateway
from .clients import Clients, failures, p, request
from .database import FIRST_DAY, identifier, path, reads
from .gateway import Gateway
from .part_tail import load_long_source
from .world import say

CROWD = 200
# Short calls a second.
RATE = 100
WEIGHTS = {1: 100, 2: 200, 3: 400}
# Clients of each tenant that competes by weight.
RIVALS = 100


def measure(database, size, options):
    """p99 in ms of a tenant's short calls alone and beside another's slow ones, and the shares of three by weight."""
    say("Fairness: short calls of a tenant beside 200 slow ones of another …")
    end = load_long_source(database)
    database.sql("update tenancy.tenants set weight = 100")
    for tenant, weight in WEIGHTS.items():
        database.sql("update tenancy.tenants set weight = :weight where id = :'tenant'", weight=weight, tenant=identifier(f"tenant {tenant}"))
    seconds = 2 if options.quick else 10
    # Tenants that do not compete by weight have equal ones.
    crowd, tenants = 4, list(range(5, min(size.tenants, 20) + 1))
    figures = {}
    with Gateway(database, gateway.manifests_with_probe(), TENANTRY_QUEUE_WAIT="60s") as host:
        host.sign_in([*WEIGHTS, crowd, *tenants])
        short = [request(path(business, start, until), host.header(tenant)) for tenant, business, start, until in reads(size, tenants)]
        # The crowd's aggregations run over the source of tenant 1, which therefore is the crowd there.
        heavy = [request(path(identifier("business long"), FIRST_DAY, end, "month"), host.header(1))]
        listed = [request("/api/v1/probe/entries", host.header(tenant)) for tenant in tenants]
        asleep = [request("/api/v1/probe/pg_sleep?milliseconds=100", host.header(crowd))]
        figures["sleeping"] = asyncio.run(crowded(host.port, listed, asleep, seconds))
        figures["computing"] = asyncio.run(crowded(host.port, short, heavy, seconds))
        say("Fairness: shares by weight …")
        host.sign_in(WEIGHTS)
        figures["weights"] = asyncio.run(rivals(host, size, seconds))
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


async def rivals(host, size, seconds):
    """Shares of the answers, where every tenant's calls cost the same and each always has more waiting."""
    over, loads = asyncio.Event(), {}
    async with asyncio.TaskGroup() as group:
        for tenant in WEIGHTS:
            load = loads[tenant] = Clients(host.port)
            calls = [
                request(path(identifier(f"business {tenant} {number}"), FIRST_DAY, FIRST_DAY + timedelta(days=size.days)), host.header(tenant))
                for number in range(1, size.businesses + 1)]
            group.create_task(load.closed(calls, RIVALS, over))
        await asyncio.sleep(1.5)
        for load in loads.values():
            load.take()
        await asyncio.sleep(seconds)
        taken = {tenant: load.take() for tenant, load in loads.items()}
        over.set()
    for load in loads.values():
        load.close()
    served = {tenant: sum(answer.status == 200 for answer in answers) for tenant, answers in taken.items()}
    whole, weights = sum(served.values()) or 1, sum(WEIGHTS.values())
    shares = {tenant: count / whole for tenant, count in served.items()}
    return {
        "per_s": round(whole / seconds), "shares": {str(WEIGHTS[tenant]): round(share, 4) for tenant, share in shares.items()},
        "refused": {str(WEIGHTS[tenant]): failures(answers) for tenant, answers in taken.items()},
        "worst_error": round(max(abs(share / (WEIGHTS[tenant] / weights) - 1) for tenant, share in shares.items()), 4)}
