"""The figures as Markdown."""

import os
import platform

NAMES = {
    "tenantry": "Tenantry (token, signed context, process of its own)",
    "go_pgx": "Go net/http + pgx",
    "fastapi_asyncpg": "FastAPI + asyncpg, one worker",
    "fastapi_sqlalchemy": "FastAPI + SQLAlchemy, one worker",
}


def markdown(figures, setting):
    """All that was measured, as tables; what was not measured is left out."""
    lines = [f"Measured on {os.cpu_count()} cores of {processor()}, Linux {platform.release()}; {setting}. Medians.", ""]
    if "dashboard_read" in figures:
        lines += reads(figures["dashboard_read"], figures.get("dashboard_latency", {}))
    rows = list(others(figures))
    if rows:
        lines += ["| figure | value |", "|---|---|", *[f"| {name} | {value} |" for name, value in rows], ""]
    return "\n".join(lines)


def reads(figures, latencies):
    yield "| dashboard read, 30 points | 16 connections, req/s | Tenantry is | p99 ms | 64 connections, req/s | Tenantry is | p99 ms |"
    yield "|---|---|---|---|---|---|---|"
    ours = figures.get("tenantry")
    for name, by in figures.items():
        if name == "pgbench":
            continue
        cells = [NAMES.get(name) or several(name)]
        for connections in ("16", "64"):
            ratio = "" if name == "tenantry" or not ours else f"{ours[connections] / by[connections]:.2f}×"
            cells += [f"{by[connections]:,}", ratio, latencies.get(name, {}).get(connections, {}).get("p99_ms", "")]
        yield "| " + " | ".join(str(cell) for cell in cells) + " |"
    ceiling = figures["pgbench"]
    cells = ["pgbench: the same SQL, one round trip, no server (transactions/s, the best count of clients)"]
    for connections in ("16", "64"):
        cells += [f"{ceiling:,}", f"{ours[connections] / ceiling:.0%}" if ours else "", ""]
    yield "| " + " | ".join(cells) + " |"
    yield ""


def several(name):
    module, workers = name.removesuffix("_workers").rsplit("_", 1)
    return NAMES[module].replace("one worker", f"{workers} workers")


def others(figures):
    if cold := figures.get("cold_start_ms"):
        yield "Cold start: handler at zero → answer with rows", f"p50 {cold['p50']} ms, p95 {cold['p95']} ms"
    if idle := figures.get("idle_mb"):
        yield "Resident when idle", f"gateway {idle['gateway']} MB, handler {idle['handler']} MB"
    if upload := figures.get("upload_rows_per_s"):
        share = upload["tenantry"] / upload["copy"]
        yield "Upload, rows of `kpi_data` stored", f"{upload['tenantry']:,}/s, {share:.0%} of `\\copy` ({upload['copy']:,}/s)"
    if peak := figures.get("upload_load_peak_mb"):
        yield f"Highest memory of gateway + handler, CSV of {figures['upload_load_mb']:,} MB", f"{peak} MB"
    if tail := figures.get("short_reads_p99_ms"):
        long = figures["long_reads"]
        yield (
            f"p99 of short reads at 200 a second; with {long['share']:.1%} reads of {long['p50_ms']} ms among them",
            f"{tail['alone']} ms; {tail['beside_long']} ms")


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()
