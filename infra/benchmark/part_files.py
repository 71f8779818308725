"""Files that are kept: read and imported beside psql's \\copy of the same rows, read alone beside DuckDB on one thread, and memory at a very large one.

A part each, since together they take longer than most people want to keep a machine quiet."""

import json
import os
import threading
import time
import urllib.error
import urllib.request
from statistics import median

from . import files
from .gateway import PROGRAMS, Gateway
from .memory import resident_mb
from .part_upload import UPLOADS, copy, new_business, upload
from .world import STATE, run, say

DUCKDB = "2.0.0"
VENV = STATE / "bench-duckdb"
# All columns are read and typed on one thread; the answer is one row, so that nothing is stored.
QUERY = """
import sys, time, duckdb
connection = duckdb.connect(config={"threads": 1})
begin = time.perf_counter()
rows = connection.execute(
    "select count(*), epoch(max(date)), sum(revenue), sum(visitors), sum(orders), sum(temperature) from read_csv(?)", [sys.argv[1]]).fetchone()
print(time.perf_counter() - begin, rows[0])
"""


class Peaks:
    """The highest resident memory of the gateway, and of any process that reads files, while `with` lasts."""

    def __init__(self, gateway):
        self.watched, self.gateway, self.handler, self.over = gateway, 0.0, 0.0, False
        self.thread = threading.Thread(target=self.sample, daemon=True)

    def sample(self):
        while not self.over:
            self.gateway = max(self.gateway, resident_mb(self.watched.process.pid))
            self.handler = max([self.handler, *(resident_mb(pid) for pid in self.watched.handlers(UPLOADS))])
            time.sleep(0.02)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.thread.join()


def call(gateway, method, path, body=None):
    """Status and answer of a request with JSON, or without a body."""
    name, value = gateway.header(1)
    headers = {name: value, **({"Content-Type": "application/json"} if body is not None else {})}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"http://127.0.0.1:{gateway.port}/api/v1{path}", data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.loads(response.read() or b"null")
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{method} {path}: {error.code} {error.read()[:300]!r}")


def settled(gateway, path):
    """What a file or an import is when it is over."""
    turn = 0
    while True:
        found = call(gateway, "GET", path)
        if found["status"] not in ("pending", "processing"):
            break
        turn += 1
        # A token lives 15 minutes.
        if turn % 12_000 == 0:
            gateway.sign_in([1])
        time.sleep(0.02)
    if found["status"] != "completed":
        raise SystemExit(f"{path}: {found['status']}, {found['error']}")
    return found


def keep(gateway, file, name):
    """Sends a file that is kept and waits until it was read: seconds of each, and its id."""
    header, value = gateway.header(1)
    begin = time.perf_counter()
    output = run(
        "curl", "--silent", "--show-error", "--request", "POST", "--upload-file", file, "--header", "Content-Type: application/octet-stream",
        "--header", "@-", "--write-out", "\n%{http_code}", f"http://127.0.0.1:{gateway.port}/api/v1/files/upload?file_name={name}",
        input=f"{header}: {value}\n")
    sent = time.perf_counter()
    body, status = output.rsplit("\n", 1)
    if status != "202":
        raise SystemExit(f"files: status {status}, {body[:500]}")
    file = json.loads(body)["id"]
    settled(gateway, f"/files/{file}")
    return sent - begin, time.perf_counter() - sent, file


def take_in(gateway, file, business):
    """Imports a kept file by its suggested mapping: seconds, and the result."""
    begin = time.perf_counter()
    number = call(gateway, "POST", f"/files/{file}/import", {"business_id": business})["id"]
    done = settled(gateway, f"/imports/{number}")
    return time.perf_counter() - begin, done["result"]


def measure_import(database, size, options):
    """Rows of kpi_data a second: a kept file from its first byte to its last value, the import of it alone, a clean one on its way, and \\copy, in turns."""
    lines = options.upload_lines
    rows = lines * len(files.COLUMNS)
    say(f"Files of {rows:,} values …")
    wide = files.wide(lines)
    rates, parts = {"kept": [], "import": [], "upload": [], "copy": []}, {"send": [], "read": [], "import": []}
    with Gateway(database) as gateway:
        for number in range(options.rounds):
            gateway.sign_in([1])
            # Another last line, since the same bytes are recognized.
            with open(wide, "a") as output:
                output.write(f"2000-01-01T00:00:{number:02}Z,1,2,3,4\n")
            sent, read, file = keep(gateway, wide, f"wide{number}.csv")
            taken, result = take_in(gateway, file, new_business(database, f"kept {number}"))
            if result["values_new"] < rows:
                raise SystemExit(f"the import stored {result['values_new']} of {rows} values")
            rates["kept"].append(rows / (sent + read + taken))
            rates["import"].append(rows / taken)
            for name, seconds in (("send", sent), ("read", read), ("import", taken)):
                parts[name].append(seconds)
            call(gateway, "DELETE", f"/files/{file}")
            taken, answer = upload(gateway, new_business(database, f"clean {number}"), wide)
            rates["upload"].append(rows / taken)
            rates["copy"].append(rows / copy(database, lines, f"files {number}"))
    wide.unlink()
    return {"files": {
        "rows_per_s": {name: round(median(values)) for name, values in rates.items()},
        "seconds": {name: round(median(values), 2) for name, values in parts.items()}}}


def measure_reading(database, size, options):
    """MB a second on one thread: records alone, with every cell as a value of its column's type, with all statistics; and DuckDB's reader."""
    if not (VENV / "bin/python").exists():
        say("Installing DuckDB into .tenantry/bench-duckdb …")
        run("/usr/bin/python3", "-m", "venv", VENV)
        run(VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", f"duckdb=={DUCKDB}")
    say("Reading alone …")
    path = files.wide(options.upload_lines * 4)
    size = path.stat().st_size / 1e6
    rates = {"records": [], "values": [], "profile": [], "duckdb": []}
    for _ in range(options.rounds):
        for name in ("records", "values", "profile"):
            seconds, rows = run(PROGRAMS / "table-bench", name, path).split()
            rates[name].append(size / float(seconds))
        seconds, peer_rows = run(VENV / "bin/python", "-c", QUERY, path).split()
        rates["duckdb"].append(size / float(seconds))
        if rows != peer_rows:
            raise SystemExit(f"{rows} rows were read, by DuckDB {peer_rows}")
    path.unlink()
    return {"reading": {"mb": round(size), "mb_per_s": {name: round(median(values)) for name, values in rates.items()}}}


def measure_large(database, size, options):
    """Highest memory of gateway and handler while a very large file is sent, read and imported."""
    path, lines = files.big(options.big_mb)
    say("Keeping it …")
    with Gateway(database) as gateway:
        gateway.sign_in([1])
        business = new_business(database, "large")
        with Peaks(gateway) as peaks:
            sent, read, file = keep(gateway, path, "large.csv")
            before = peaks.handler
            gateway.sign_in([1])
            taken, result = take_in(gateway, file, business)
    path.unlink()
    if result["rows_read"] != lines:
        raise SystemExit(f"{result['rows_read']} of {lines} rows were imported")
    return {"large": {
        "mb": options.big_mb, "gateway_mb": round(peaks.gateway, 1), "handler_mb": round(peaks.handler, 1), "reading_mb": round(before, 1),
        "seconds": {"send": round(sent, 1), "read": round(read, 1), "import": round(taken, 1)}}}
