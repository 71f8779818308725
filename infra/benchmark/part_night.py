"""The night: the timers of 10,000 tenants, jobs that forecast ten KPIs of each, and another tenant who reads meanwhile."""

import threading
import time

from . import gateway
from .gateway import Gateway, descendants
from .load import wrk, write_requests
from .memory import Peak, resident_mb
from .world import ROOT, say

TIMER = "run_forecasts"
KPIS = 10
DAYS = 365
# Where no handler forecasts: the processor time that ten daily KPIs take (FIGURES.md, 17 ms each).
COMPUTED_MS = 170


def measure(database, size, options):
    """How long the timers of all tenants take, and their jobs; hours of forecasting, reckoned from a sample; memory; reads beside it."""
    tenants, sample = (300, 20) if options.quick else (10_000, 300)
    is_real = f"\n  {TIMER}:" in (ROOT / "Handlers/Forecasts/handler.yaml").read_text()
    make(database, tenants)
    # Loading the world has made jobs that look at its values; they would run beside.
    database.sql("delete from tenancy.jobs")
    gateway.let_write(database, 1)
    folder = with_timer(gateway.manifests_with_probe())
    with Gateway(database, folder) as host:
        host.sign_in(range(1, 11))
        header = dict([host.header(1)])
        for _ in range(20):
            host.post("/api/v1/probe/jobs", {"kind": "nothing"}, header)
        fired, run = moment(database, tenants)
        reads = write_requests("night", size, list(range(1, 11)), host.header)
        alone = wrk(host.port, reads, 16, 2 if options.quick else 10)["rps"]
        night = forecast(database, host, reads, sample, is_real, options)
    return {"night": {
        "tenants": tenants, "sample": sample, "fired_s": round(fired, 1), "run_s": round(run, 1),
        "job": "forecasts" if is_real else f"stand-ins of {COMPUTED_MS} ms",
        "hours": round(night["seconds"] / sample * tenants / 3600, 2), "mb": night["mb"],
        "reads_per_s": {"alone": round(alone), "beside": round(night["rps"])}}}


def make(database, count):
    say(f"Making {count:,} tenants …")
    database.sql(
        """
        insert into tenancy.tenants (id, slug, name, plan, time_zone)
        select md5('night ' || t)::uuid, 'night-' || t, 'Night ' || t, 'enterprise', 'UTC' from generate_series(1, :count) t
        on conflict do nothing""", count=count)


def with_timer(folder):
    """The probe with a timer of each tenant's whose time does not come by itself while this runs; it computes behind those who wait for answers."""
    manifest = folder / "Probe/handler.yaml"
    manifest.write_text(manifest.read_text() + '\npriority: low\ntimers:\n  nightly: {job: nothing, schedule: "0 0 29 2 *"}\n')
    return folder


def moment(database, tenants):
    """Seconds from the time of all tenants' timers to the last one's job, and to the end of the last job."""
    say(f"The timers of {tenants:,} tenants at one moment …")
    mine = "name = 'nightly' and tenant_id in (select id from tenancy.tenants where slug like 'night-%')"
    until(database, f"select count(*) = {tenants} from tenancy.timers where {mine} and next_at is not null")
    database.sql("delete from tenancy.jobs where finished_at is not null")
    database.sql(f"update tenancy.timers set next_at = clock_timestamp() where {mine}")
    begin = time.monotonic()
    until(database, f"select count(*) = {tenants} from tenancy.jobs where timer = 'nightly'")
    fired = time.monotonic() - begin
    until(database, f"select count(*) = {tenants} from tenancy.jobs where timer = 'nightly' and status = 'completed'")
    return fired, time.monotonic() - begin


def forecast(database, host, reads, sample, is_real, options):
    """Seconds that the sample's jobs take, memory at their beginning, halfway and at most, and reads a second beside them."""
    say(f"The jobs of {sample} tenants, with and without reads beside them …")
    tenants = "select id from tenancy.tenants where slug like 'night-%' order by id limit " + str(sample)
    if is_real:
        load(database, tenants)
        # A night's values were looked at in the day.
        database.sql("delete from tenancy.jobs where handler in ('forecasts', 'alerts')")
        started = f"update tenancy.timers set next_at = clock_timestamp() where name = '{TIMER}' and tenant_id in ({tenants})"
        mine = f"handler = 'forecasts' and tenant_id in ({tenants})"
    else:
        started = f"""
            with made as (
                insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, max_attempts)
                select id, gen_random_uuid(), 'probe', 'compute', 'paused', now(), 5 from ({tenants}) t returning tenant_id, id),
            told as (
                insert into tenancy.job_data (tenant_id, job_id, handler, arguments)
                select tenant_id, id, 'tenantry_h_probe', '{{"number": {COMPUTED_MS}}}' from made returning 1)
            select count(*) from told"""
        mine = f"kind = 'compute' and tenant_id in ({tenants})"
    pids = lambda: [host.process.pid, *descendants(host.process.pid)]  # noqa: E731
    rest = {"mb": {"start": round(sum(resident_mb(pid) for pid in pids()), 1)}}
    beside = threading.Thread(target=lambda: rest.update(wrk(host.port, reads, 16, 2 if options.quick else 20)))
    # Looking takes processor time from the reads.
    with Peak(pids, every=0.5) as peak:
        database.sql(started)
        begin = time.monotonic()
        if not is_real:
            database.sql(f"update tenancy.jobs set status = 'waiting' where {mine}")
        until(database, f"select count(*) >= {sample} from tenancy.jobs where {mine}")
        # Spread over half an hour where the manifest says so; here they come at once.
        database.sql(f"update tenancy.jobs set status = 'waiting', due_at = clock_timestamp() where status = 'scheduled' and {mine}")
        beside.start()
        beside.join()
        rest["mb"]["half"] = round(sum(resident_mb(pid) for pid in pids()), 1)
        # What was done beside the reads counts as well: the night has daytime somewhere else.
        until(database, f"select count(*) filter (where finished_at is null) = 0 from tenancy.jobs where {mine}", 1200)
        seconds = time.monotonic() - begin
    [[wrong]] = database.sql(f"select count(*) from tenancy.jobs where status <> 'completed' and {mine}")
    if int(wrong):
        raise SystemExit(f"{wrong} jobs of the night did not complete")
    rest["mb"]["peak"] = round(peak.mb, 1)
    return {"seconds": seconds, **rest}


def load(database, tenants):
    """A business with ten daily KPIs of a year for each of the tenants: a week's shape, a trend and noise."""
    database.sql(
        f"""
        insert into app.businesses (tenant_id, id, name) select id, id, 'Night' from ({tenants}) t;
        insert into app.kpi_sources (tenant_id, id, business_id, name, type)
        select id, md5(id::text || k)::uuid, id, 'KPI ' || k, 'upload' from ({tenants}) t, generate_series(1, {KPIS}) k;
        insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
        select id, md5(id::text || k)::uuid, date_trunc('day', now()) - n * interval '1 day',
            1000 + 100 * k + 30 * ((n + k) % 7) - 0.1 * n + (hashtext(id::text || k || n) % 1000) / 20.0
        from ({tenants}) t, generate_series(1, {KPIS}) k, generate_series(1, {DAYS}) n;
        analyze app.kpi_data""")


def until(database, question, limit=300):
    end = time.monotonic() + limit
    while database.sql(question) != [["t"]]:
        if time.monotonic() > end:
            raise SystemExit(f"still not so: {question}")
        time.sleep(0.5)
