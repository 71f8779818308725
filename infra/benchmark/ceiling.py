"""pgbench: the same tenant-scoped SQL as one pipelined round trip, the ceiling of what a server on this Postgres can answer."""

import re
import shutil

from .database import identifier, reads
from .world import STATE, run

SCRIPTS = STATE / "bench-pgbench"
# pgbench takes at most 128 scripts.
COUNT = 100
# The best of these counts is the ceiling: more clients than cores can serve only wait for one another.
CLIENTS = (4, 8, 16)


def write_scripts(size, tenants, preamble, statement):
    """A script for each of many reads: `preamble(tenant number)` and the statement, its $1 … $4 replaced by literals."""
    shutil.rmtree(SCRIPTS, ignore_errors=True)
    SCRIPTS.mkdir()
    for number, (tenant, business, start, end) in zip(range(COUNT), reads(size, tenants)):
        values = [identifier(f"tenant {tenant}"), business, start.isoformat(), end.isoformat()]
        kinds = ["uuid", "uuid", "timestamptz", "timestamptz"]
        text = re.sub(r"\$(\d)", lambda match: f"'{values[int(match[1]) - 1]}'::{kinds[int(match[1]) - 1]}", statement)
        lines = ["\\startpipeline", *[line + ";" for line in preamble(tenant)], " ".join(text.split()) + ";", "\\endpipeline"]
        (SCRIPTS / f"{number:03}.sql").write_text("\n".join(lines) + "\n")


def pgbench(url, connections, seconds):
    """Transactions per second."""
    files = [part for path in sorted(SCRIPTS.glob("*.sql")) for part in ("-f", path)]
    output = run(
        shutil.which("pgbench") or run("pg_config", "--bindir").strip() + "/pgbench",
        "--no-vacuum", "--protocol=prepared", f"--client={connections}", "--jobs=2", f"--time={seconds}", *files, url)
    failed = re.search(r"number of failed transactions: (\d+)", output)
    if failed and int(failed[1]):
        raise SystemExit(f"pgbench: {failed[0]}")
    return float(re.search(r"tps = ([\d.]+)", output)[1])
