"""Uploads: rows per second beside psql's \\copy into the same table, and memory while a very large file goes in."""

import json
import time
from statistics import median

from . import files
from .database import identifier
from .gateway import Gateway
from .memory import Peak
from .world import run, say

UPLOADS = "uploads-handler"


def upload(gateway, business, file):
    """Seconds and answer of one upload, streamed by curl as a raw body."""
    name, value = gateway.header(1)
    begin = time.perf_counter()
    output = run(
        "curl", "--silent", "--show-error", "--request", "POST", "--upload-file", file, "--header", "Content-Type: text/csv", "--header", "@-",
        "--write-out", "\n%{http_code}", f"http://127.0.0.1:{gateway.port}/api/v1/data/upload?business_id={business}",
        input=f"{name}: {value}\n")
    taken = time.perf_counter() - begin
    body, status = output.rsplit("\n", 1)
    if status != "201":
        raise SystemExit(f"upload: status {status}, {body[:500]}")
    return taken, json.loads(body)


def new_business(database, name, number=1):
    """A business of a tenant, made past the API: owners are not what is measured here."""
    business = identifier(name)
    database.sql(
        "insert into app.businesses (tenant_id, id, name) values (:'tenant', :'business', :'name')",
        tenant=identifier(f"tenant {number}"), business=business, name=name)
    return business


def measure(database, size, options):
    """Rows of kpi_data stored per second: four a line, by upload, by upload past the triggers that count for quotas, and by \\copy, in turns."""
    lines = options.upload_lines
    rows = lines * len(files.COLUMNS)
    say(f"Upload of {rows:,} rows …")
    wide, rates = files.wide(lines), {"tenantry": [], "uncounted": [], "copy": []}
    with Gateway(database) as gateway:
        for number in range(options.rounds):
            gateway.sign_in([1])
            for name, triggers in (("tenantry", "enable"), ("uncounted", "disable")):
                database.sql(f"alter table app.kpi_data {triggers} trigger user")
                business = new_business(database, f"{name} {number}")
                taken, answer = upload(gateway, business, wide)
                if answer["values_stored"] != rows:
                    raise SystemExit(f"upload stored {answer['values_stored']} of {rows} rows")
                rates[name].append(rows / taken)
            database.sql("alter table app.kpi_data enable trigger user")
            rates["copy"].append(rows / copy(database, lines, number))
    wide.unlink()
    return {"upload_rows_per_s": {name: round(median(values)) for name, values in rates.items()}}


def copy(database, lines, number):
    """Seconds of \\copy of the same rows into the same table, with its keys checked."""
    tenant, business = identifier("tenant 1"), new_business(database, f"copy {number}")
    sources = [identifier(f"copy {number} {column}") for column in files.COLUMNS]
    for source, column in zip(sources, files.COLUMNS):
        database.sql(
            "insert into app.kpi_sources (tenant_id, id, business_id, name, type) values (:'tenant', :'source', :'business', :'name', 'upload')",
            tenant=tenant, source=source, business=business, name=column)
    path = files.long(lines, tenant, sources)
    begin = time.perf_counter()
    database.copy('\\copy app.kpi_data (tenant_id, source_id, "timestamp", value) from stdin with (format csv)', path)
    taken = time.perf_counter() - begin
    path.unlink()
    return taken


def measure_memory(database, size, options):
    """Highest resident memory of gateway and handler together while one huge CSV goes in."""
    path, lines = files.big(options.big_mb)
    say("Uploading it …")
    with Gateway(database) as gateway:
        gateway.sign_in([1])
        business = new_business(database, "big")
        with Peak(lambda: [gateway.process.pid, *gateway.handlers(UPLOADS)]) as peak:
            taken, answer = upload(gateway, business, path)
    path.unlink()
    if answer["rows_read"] != lines:
        raise SystemExit(f"upload read {answer['rows_read']} of {lines} lines")
    return {"upload_load_peak_mb": round(peak.mb, 1), "upload_load_s": round(taken, 1), "upload_load_lines": lines}
