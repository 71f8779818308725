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
        held = ", ".join(figures.get("cold_start_walls", [])) or "no sandbox"
        yield f"Cold start: handler at zero → answer with rows ({held})", f"p50 {cold['p50']} ms, p95 {cold['p95']} ms"
    if idle := figures.get("idle_mb"):
        yield "Resident when idle", f"gateway {idle['gateway']} MB, handler {idle['handler']} MB"
    if upload := figures.get("upload_rows_per_s"):
        share = upload["tenantry"] / upload["copy"]
        yield "Upload, rows of `kpi_data` stored", f"{upload['tenantry']:,}/s, {share:.0%} of `\\copy` ({upload['copy']:,}/s)"
        yield "The same past the triggers that count for quotas", f"{upload['uncounted']:,}/s, counting costs {1 - upload['tenantry'] / upload['uncounted']:.1%}"
    if peak := figures.get("upload_load_peak_mb"):
        yield f"Highest memory of gateway + handler, CSV of {figures['upload_load_mb']:,} MB", f"{peak} MB"
    if kept := figures.get("files"):
        yield stored(kept)
    if alone := figures.get("reading"):
        yield read(alone)
    if large := figures.get("large"):
        yield heaviest(large)
    if tail := figures.get("short_reads_p99_ms"):
        long = figures["long_reads"]
        yield (
            f"p99 of short reads at 200 a second; with {long['share']:.1%} reads of {long['p50_ms']} ms among them",
            f"{tail['alone']} ms; {tail['beside_long']} ms")
    for words, name in [("Refused sign-in", "refused_login_ms"), ("Asking for a new password", "reset_request_ms"), ("Registering", "register_ms")]:
        if asked := figures.get(name):
            yield (
                f"{words}, median of {asked['tries']}: address known; unknown",
                f"{asked['known']} ms; {asked['unknown']} ms ({asked['ratio'] - 1:+.1%})")
    if beside := figures.get("reads_beside_logins"):
        yield (
            "Reads a second of other tenants: alone; while 200 sign-ins are under way",
            f"{beside['alone_per_s']:,}; {beside['beside_per_s']:,} ({beside['ratio']:.0%}); {beside['logins_per_s']} sign-ins a second, "
            f"refused: {counts(beside['refused'])}")
    if tokens := figures.get("tokens"):
        yield from checked(tokens)
    if tenants := figures.get("tenants"):
        yield from many(tenants)
    if swap := figures.get("replaced"):
        yield (
            f"Replacing a program {swap['times']} times under {swap['per_s']:,} calls a second",
            f"{swap['failed']} of {swap['calls']:,} failed; p99 {swap['p99_ms']} ms, longest {swap['max_ms']} ms; "
            f"the old one is gone after {swap['old_gone_ms']:,} ms at most")
    if fairness := figures.get("fairness"):
        yield from shared(fairness)
    if archives := figures.get("archives"):
        yield from carried(archives)
    if sources := figures.get("sources"):
        yield from fetched(sources)
    if jobs := figures.get("jobs"):
        yield from worked(jobs)
    if forecasts := figures.get("forecasts"):
        yield from foretold(forecasts)
    if night := figures.get("night"):
        yield from slept(night)
    if faults := figures.get("faults"):
        yield from broken(faults)


def stored(kept):
    rates, parts = kept["rows_per_s"], kept["seconds"]
    whole = ", ".join(f"{what} {rates[name]:,}/s ({rates[name] / rates['copy']:.0%})" for name, what in (
        ("kept", "kept, read and imported"), ("import", "the import alone"), ("upload", "clean, on its way")))
    return (
        f"A file's values stored, beside `\\copy` of {rates['copy']:,}/s",
        f"{whole}; sending {parts['send']} s, reading {parts['read']} s, importing {parts['import']} s")


def read(alone):
    rates = alone["mb_per_s"]
    return (
        f"Reading {alone['mb']:,} MB of CSV on one thread: records; typed values; all statistics; DuckDB, typed values",
        f"{rates['records']}; {rates['values']} ({rates['values'] / rates['duckdb']:.0%} of DuckDB); {rates['profile']}; {rates['duckdb']} MB/s")


def heaviest(large):
    seconds = ", ".join(f"{name} {taken} s" for name, taken in large["seconds"].items())
    return (
        f"Highest memory at a kept file of {large['mb']:,} MB: gateway; handler ({seconds})",
        f"{large['gateway_mb']} MB; {large['handler_mb']} MB, reading alone {large['reading_mb']} MB")


def fetched(sources):
    yield (
        f"Highest memory while 10 sources stream bodies at once; 100 ({sources['mb_read']:,} MB in all, {sources['mb_per_s']:,} MB/s)",
        f"{sources['peak_mb_10']} MB; {sources['peak_mb_100']} MB")
    yield (
        "Highest memory of a handler's process, of all of them, while 10 sources of 3.9 MB run at once; 100; 300",
        "; ".join(
            f"{run['process_mb']} MB, {run['all_mb']} MB ({run['processes']} processes, {run['seconds']} s)"
            for run in sources["stored"]))
    yield (
        "Longest wait of each of 20 sources, p50 and most: alone; beside 100 sources of a host that says nothing",
        f"{sources['alone_p50_ms']} ms, {sources['alone_max_ms']} ms; {sources['beside_p50_ms']} ms, {sources['beside_max_ms']} ms")


def many(tenants):
    lists, passes = tenants["lists"], tenants["passes"]
    yield (
        f"Making {tenants['count']:,} tenants with owner and two businesses, 16 at once",
        f"{tenants['creates_per_s']:,} a second; p50 {tenants['create_p50_ms']} ms, p99 {tenants['create_p99_ms']} ms")
    for name, what in [("page", "pages of 100, all of them"), ("search", "searches that find"), ("nothing", "searches that find nothing")]:
        yield f"Lists among them: {what}", f"p50 {lists[name]['p50']} ms, p99 {lists[name]['p99']} ms"
    yield (
        "Gateway's memory before; after one, two, three calls of each tenant",
        f"{tenants['gateway_before_mb']} MB; {', '.join(str(turn['gateway_mb']) for turn in passes)} MB")


def carried(archives):
    speeds = ", ".join(f"{name} {archives[f'{name}_rows_per_s']:,}/s, {archives[f'{name}_peak_mb']} MB" for name in ("export", "import", "clone"))
    yield (
        f"A tenant of {archives['archive_rows']:,} rows ({archives['archive_mb']} MB as an archive): rows, highest memory of the command",
        f"{speeds}; `\\copy` out {archives['copy_out_rows_per_s']:,}/s, in {archives['copy_in_rows_per_s']:,}/s")


def worked(jobs):
    yield (
        f"Empty jobs a second, {jobs['count']:,} through claim, a handler's process and commit: of one tenant; of many",
        f"{jobs['per_s']['one_tenant']:,}; {jobs['per_s']['many_tenants']:,}")
    yield "From a job's insert to its start", f"p50 {jobs['start_ms']['p50']} ms, p99 {jobs['start_ms']['p99']} ms"


def foretold(forecasts):
    for name, what in (("sample", "the sample's weather"), ("collection", "the collection's daily KPIs")):
        for method, found in forecasts.get(name, {}).items():
            yield (
                f"{found['series']} series of {what} by {method.replace('_', ' ')}: OWA; values inside of the 95 % band; CPU a series",
                f"{found['owa']} ± {found['owa_error']}; {found['coverage95']:.0%}; {found['cpu_ms']} ms")


def checked(tokens):
    alone = tokens["openssl"]
    for name, verify in (("rs256", alone["rs256_verify_us"]), ("hs256", alone["hs256_us"])):
        by = tokens[name]
        yield (
            f"Bearer check with {name.upper()}: known; not known, of that the signature; `openssl speed`",
            f"{by['cached_us']} µs; {by['uncached_us']} µs, {by['signature_us']} µs; {verify} µs")
    yield "Signing with RS256; `openssl speed`", f"{tokens['rs256']['sign_us']} µs; {alone['rs256_sign_us']} µs"


def shared(fairness):
    for kind, what in (("sleeping", "sleep in the database"), ("computing", "aggregate 250,000 points")):
        by = fairness[kind]
        beside = against(by["beside_p99_ms"], by["alone_p99_ms"], sum(by["failed"].values()))
        yield (
            f"p99 of a tenant's short calls at 100 a second: alone; while another tenant has 200 calls in flight that {what}",
            f"{by['alone_p99_ms']} ms; {beside}; the other is served {by['crowd_per_s']:,} a second")
    for kind, what in (("sleeping", "calls that hold a connection for 10 ms"), ("computing", "calls that aggregate 3,000 points")):
        weights = fairness[f"weights_{kind}"]
        parts = ", ".join(f"{share:.1%}" for share in weights["shares"].values())
        yield (
            f"Shares of tenants with the weights {', '.join(weights['shares'])}, each with 220 {what} in flight",
            f"{parts} of {weights['per_s']:,} a second; at most {weights['worst_error']:.1%} off")


def broken(faults):
    killed = faults["killed_handler"]
    yield (
        f"`kill -9` of a handler's process under load, {killed['kills']} times: calls in flight; failed of {killed['calls']:,}",
        f"{killed['in_flight']}; {counts(killed['failed'])}, {killed['said_retryable']} said to be safe to retry, "
        f"{killed['said_not_retryable']} not; {killed['lost_writes']} of {killed['acknowledged_writes']:,} acknowledged writes lost")
    yield (
        "… the next call; calls of other handlers meanwhile",
        f"{killed['next_call_failed']} failed, median {killed['next_call_ms']} ms; {killed['others_failed']} failed")
    beside = faults["beside"]
    cells = [f"{kind} {against(beside[kind], beside['alone'], beside[kind + '_failed'])}" for kind in ("loop", "allocate", "block", "trap")]
    yield "p99 of short reads at 200 a second: alone; beside a handler that misbehaves", f"{beside['alone']} ms; {', '.join(cells)}"
    near = faults["neighbours"]
    yield (
        "Calls of 100 ms in the same handler while one call loops",
        f"{counts(near['failed'])} of {near['calls']:,} failed; p50 {near['p50_ms']} ms, p99 {near['p99_ms']} ms, longest {near['max_ms']} ms")
    drop = faults["dropped_client_ms"]
    yield "A client drops: its statement's backend is idle after", f"p50 {drop['p50']} ms, at most {drop['max']} ms"
    slow = faults["slow_clients"]
    yield (
        "Eight uploads and eight downloads of a byte a second: transactions open for 100 ms",
        f"{slow['open_transactions']} in {slow['looks']} looks")
    restart = faults["restart_ms"]
    yield "Gateway killed: ready after its start; first sign-in and read", f"{restart['ready']} ms; {restart['first_answer']} ms"


def against(beside, alone, failed):
    """A latency beside trouble, as a multiple of the one alone."""
    return f"{beside} ms ({beside / max(alone, 0.01):.1f}×{f', {failed} failed' if failed else ''})"


def counts(by):
    return ", ".join(f"{count} × {status}" if int(status) else f"{count} without an answer" for status, count in by.items()) or "0"


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def slept(night):
    yield (
        f"{night['tenants']:,} tenants' timers at one moment: all fired; all their jobs run",
        f"{night['fired_s']} s; {night['run_s']} s")
    yield (
        f"The night of {night['tenants']:,} tenants × 10 KPIs ({night['job']}), from {night['sample']} of them",
        f"{night['hours']} h; gateway and handlers {night['mb']['start']} MB at first, {night['mb']['half']} MB halfway, {night['mb']['peak']} MB at most")
    reads = night["reads_per_s"]
    yield "Another tenant's reads a second: alone; meanwhile", f"{reads['alone']:,}; {reads['beside']:,} ({reads['beside'] / reads['alone']:.0%})"
