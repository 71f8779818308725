"""Forecasts of daily KPIs beside Prophet and statsforecast: the same series, one after the other on one core; how good, and processor time a series."""

import csv
import datetime
import json
import os
import resource
import subprocess

from .world import HERE, ROOT, STATE, run, say

VENV = STATE / "bench-forecasts"
PACKAGES = ["prophet==1.5.0", "statsforecast==2.1.1"]
PEERS = ["prophet", "auto_ets", "theta", "auto_ces"]
# Their mean is the best that stands in the literature; its time is the sum of theirs.
TOGETHER = ["auto_ets", "theta", "auto_ces"]
SCRIPT = HERE / "peers/forecasts.py"
SAMPLE = ROOT / "infra/sample/seattle-weather.csv"
# Series of the project's own collection, where it lies beside the repository.
COLLECTION = ROOT.parent / "shared/data/forecast/dev.csv"
HORIZON = 30
FIELDS = ["id", "group", "freq", "period", "horizon", "start", "train", "test"]


def measure(database, size, options):
    if not (VENV / "complete").exists():
        say("Installing Prophet and statsforecast into .tenantry/bench-forecasts …")
        run("/usr/bin/python3", "-m", "venv", VENV)
        run(VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES)
        (VENV / "complete").touch()
    most = 8 if options.quick else 1_000
    return {"forecasts": {name: compare(name, rows[:most]) for name, rows in (("sample", weather()), ("collection", collected())) if rows}}


def compare(name, rows):
    """Of each contender: OWA with its standard error, coverage and milliseconds of processor time a series."""
    tasks, asked = STATE / f"bench-{name}-tasks.csv", STATE / f"bench-{name}-asked.csv"
    write(tasks, rows, FIELDS)
    # Who forecasts is not shown what came.
    write(asked, rows, FIELDS[:-1])
    found = {}
    for method in ["tenantry", *PEERS]:
        say(f"{method}: {len(rows)} series of the {name} …")
        out = STATE / f"bench-{name}-{method}.csv"
        spent = tenantry(asked, out, len(rows)) if method == "tenantry" else json.loads(peer("run", method, tasks, out).splitlines()[-1])
        found[method] = spent | json.loads(peer("score", tasks, out))
    parts = [STATE / f"bench-{name}-{method}.csv" for method in TOGETHER]
    out = STATE / f"bench-{name}-mean.csv"
    peer("mean", out, *parts)
    spent = round(sum(found[method]["cpu_ms"] for method in TOGETHER), 1)
    return found | {"mean_of_three": {"cpu_ms": spent} | json.loads(peer("score", tasks, out))}


def peer(*arguments):
    one = {name: "1" for name in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NIXTLA_NUMBA_CACHE")}
    return run(VENV / "bin/python", "-B", SCRIPT, *arguments, env={**os.environ, **one}, stderr=subprocess.DEVNULL)


def tenantry(asked, out, count):
    before = used()
    run(ROOT / ".build/release/tenantry", "forecast", "--input", asked, "--output", out, env={
        **os.environ, "TENANTRY_HANDLERS": str(ROOT / "Handlers")})
    return {"cpu_ms": round(1000 * (used() - before) / count, 1)}


def used():
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def write(path, rows, fields):
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, fields, extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)


def weather():
    """Two years of each column, up to eight days two months apart."""
    with open(SAMPLE, newline="") as file:
        days = list(csv.DictReader(file))
    rows = []
    for column in ("precipitation", "temp_max", "temp_min", "wind"):
        for turn in range(8):
            end = len(days) - HORIZON - 60 * turn
            known = days[end - 730:end]
            start = datetime.datetime.strptime(known[0]["date"], "%Y/%m/%d").date()
            rows.append({
                "id": f"{column} {turn}", "group": "sample", "freq": "daily", "period": 7, "horizon": HORIZON, "start": start.isoformat(),
                "train": " ".join(day[column] for day in known), "test": " ".join(day[column] for day in days[end:end + HORIZON])})
    return rows


def collected():
    if not COLLECTION.exists():
        return []
    csv.field_size_limit(1 << 30)
    with open(COLLECTION, newline="") as file:
        return [row for row in csv.DictReader(file) if row["group"] == "KPI-Daily"]
