"""Jobs: how many empty ones a second go through claim, a handler's process and commit, and how soon one runs that was just made."""

import time
from statistics import median

from . import gateway
from .database import identifier
from .gateway import Gateway
from .world import say


def measure(database, size, options):
    count = 2_000 if options.quick else 40_000
    rates = {}
    gateway.let_write(database, 1)
    # Loading the world has made jobs that look at its values; they would run beside.
    database.sql("delete from tenancy.jobs")
    with Gateway(database, gateway.manifests_with_probe()) as host:
        host.sign_in([1])
        header = dict([host.header(1)])
        # The process is there, and its statements are prepared.
        warm = [host.post("/api/v1/probe/jobs", {"kind": "nothing"}, header)["ids"][0] for _ in range(50)]
        settle(database, len(warm))
        for name, tenants in (("one_tenant", 1), ("many_tenants", min(100, size.tenants))):
            say(f"{count:,} empty jobs of {tenants} tenant{'s' if tenants > 1 else ''} …")
            rates[name] = [drain(database, count, tenants) for _ in range(options.rounds)]
        say("Jobs made one by one …")
        wait = latencies(database, host, header, 50 if options.quick else 500)
    return {"jobs": {"count": count, "per_s": {name: round(median(values)) for name, values in rates.items()}, "start_ms": wait}}


def drain(database, count, tenants):
    """Jobs a second, from the first start to the last end, by the database's clock."""
    # What is deleted stays in tables and indexes until they are vacuumed.
    database.sql("truncate tenancy.jobs cascade")
    ids = ", ".join(f"'{identifier(f'tenant {number}')}'" for number in range(1, tenants + 1))
    database.sql(
        f"""insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, max_attempts)
        select (array[{ids}]::uuid[])[1 + n % {tenants}], gen_random_uuid(), 'probe', 'nothing', 'waiting', now(), 5 from generate_series(1, {count}) n""")
    settle(database, count)
    [[taken, wrong]] = database.sql(
        "select extract(epoch from max(finished_at) - min(started_at)), count(*) filter (where attempt <> 1) from tenancy.jobs")
    if int(wrong):
        raise SystemExit(f"{wrong} of {count} jobs were begun more than once")
    return count / float(taken)


def settle(database, count):
    limit = time.monotonic() + 300
    while True:
        [[done]] = database.sql("select count(*) from tenancy.jobs where handler = 'probe' and status = 'completed'")
        if int(done) == count:
            return
        if time.monotonic() > limit:
            raise SystemExit(f"{done} of {count} jobs are done")
        # Each look at the table costs what is measured.
        time.sleep(1)


def latencies(database, host, header, count):
    """Milliseconds from a job's insert to its claim."""
    database.sql("delete from tenancy.jobs")
    for _ in range(count):
        host.post("/api/v1/probe/jobs", {"kind": "nothing"}, header)
        time.sleep(0.01)
    settle(database, count)
    [[p50, p99]] = database.sql(
        """select round(1000 * percentile_cont(0.5) within group (order by t)::numeric, 1), round(1000 * percentile_cont(0.99) within group (order by t)::numeric, 1)
        from (select extract(epoch from started_at - created_at) as t from tenancy.jobs) j""")
    return {"p50": float(p50), "p99": float(p99)}
