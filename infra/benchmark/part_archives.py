"""Whole tenants out, in and copied: rows per second, and memory of the program that does it, beside psql's \\copy of the same rows."""

import os
import subprocess
import time

from .database import identifier
from .gateway import HOME, PROGRAMS
from .memory import Peak
from .part_upload import new_business
from .world import ROOT, STATE, say

FILE = STATE / "bench-archive.jsonl"
COLUMNS = 'source_id, "timestamp", value, metadata'


def measure(database, size, options):
    """One tenant of many values: exported, imported as another one, cloned."""
    rows = options.upload_lines * 4
    say(f"Archives of {rows:,} rows …")
    # The last of the tenants that other parts read.
    number = size.tenants
    fill(database, number, rows)
    figures = {"archive_rows": rows}
    for name, arguments in (
        ("export", ("export", f"bench-{number}", "--output", FILE)),
        ("import", ("import", FILE, "--slug", "bench-imported")),
        ("clone", ("clone", f"bench-{number}", "--slug", "bench-cloned")),
    ):
        taken, peak = command(database, *arguments)
        figures[f"{name}_rows_per_s"], figures[f"{name}_peak_mb"] = round(rows / taken), round(peak, 1)
    figures["archive_mb"] = round(FILE.stat().st_size / 1e6, 1)
    figures["copy_out_rows_per_s"], figures["copy_in_rows_per_s"] = (round(rows / taken) for taken in copies(database, number))
    FILE.unlink()
    for slug in ("bench-imported", "bench-cloned"):
        database.sql("delete from tenancy.tenants where slug = :'slug'", slug=slug)
    return {"archives": figures}


def fill(database, number, rows):
    """Values of one source, hour after hour."""
    business, source = new_business(database, "archive", number), identifier("archive source")
    database.sql(
        "insert into app.kpi_sources (tenant_id, id, business_id, name, type) values (:'tenant', :'source', :'business', 'archive', 'upload')",
        tenant=identifier(f"tenant {number}"), source=source, business=business)
    database.sql(
        'insert into app.kpi_data (tenant_id, source_id, "timestamp", value)'
        " select :'tenant', :'source', '1900-01-01Z'::timestamptz + n * interval '1 minute', n / 7.0 from generate_series(1, :rows) n",
        tenant=identifier(f"tenant {number}"), source=source, rows=rows)
    database.sql("vacuum analyze app.kpi_data")


def command(database, *arguments):
    """Seconds and the highest resident memory of one `tenantry tenant …`."""
    environment = {
        **os.environ, "TENANTRY_DATABASE_URL": database.url, "TENANTRY_HOME": str(HOME), "TENANTRY_HANDLERS": str(ROOT / "Handlers")}
    begin = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in (PROGRAMS / "tenantry", "tenant", *arguments)], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=2)
    with Peak(lambda: [process.pid]) as peak:
        status = process.wait()
    if status != 0:
        raise SystemExit(f"tenantry tenant {arguments[0]}: exit {status}")
    return time.perf_counter() - begin, peak.mb


def copies(database, number):
    """Seconds of \\copy of the same rows to a file, and from it into the same table under another tenant's id, as the superuser."""
    tenant, other = identifier(f"tenant {number}"), identifier("archive copy")
    path = STATE / "bench-copy.txt"
    begin = time.perf_counter()
    subprocess.run(
        ["psql", database.url, "-Xq", "-c", f"\\copy (select '{other}', {COLUMNS} from app.kpi_data where tenant_id = '{tenant}') to '{path}'"],
        check=True)
    out = time.perf_counter() - begin
    database.sql("insert into tenancy.tenants (id, slug, name, plan) values (:'other', 'bench-copied', 'copied', 'enterprise')", other=other)
    for table in ("businesses", "kpi_sources"):
        # The parents of the rows.
        database.sql(
            f"create temp table t as select * from app.{table} where tenant_id = '{tenant}'; update t set tenant_id = '{other}';"
            f" insert into app.{table} select * from t")
    begin = time.perf_counter()
    database.copy(f"\\copy app.kpi_data (tenant_id, {COLUMNS}) from stdin", path)
    taken = time.perf_counter() - begin
    database.sql("delete from tenancy.tenants where id = :'other'", other=other)
    path.unlink()
    return out, taken
