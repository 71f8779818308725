"""Sends cases of addresses through the routes of sources of a gateway of its own, beside a rig that answers names and listens where nobody may go.

usage: ssrf_routes.py TENANTRY CASES DEMO FOLDER   (run inside the rig's network; FOLDER/outcome holds how many cases failed)
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

BASE = "http://127.0.0.1:18080/api/v1"
# The longest that one call, and one run, may take.
CALL, RUN = 45, 90


class Gateway:
    def __init__(self, program, folder):
        environment = {**os.environ, "TENANTRY_ADDRESS": "127.0.0.1:18080", "TENANTRY_SUSPICION": "off"}
        self.log = open(f"{folder}/gateway.log", "wb")
        self.process = subprocess.Popen([program, "run"], env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.token = ""
        self.faults = []

    def call(self, method, path, body=None):
        """Status and document; a status of 5xx and a time beyond the limit are remembered."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        data = None if body is None else json.dumps(body).encode()
        start = time.monotonic()
        while True:
            try:
                with urllib.request.urlopen(urllib.request.Request(BASE + path, data, headers, method=method), timeout=CALL) as answer:
                    status, text = answer.status, answer.read()
            except urllib.error.HTTPError as error:
                status, text = error.code, error.read()
                if status == 429:
                    time.sleep(float(error.headers.get("Retry-After") or 1))
                    continue
            except OSError as error:
                status, text = 599, json.dumps({"error": str(error)}).encode()
            break
        if status >= 500:
            self.faults.append(f"{method} {path}: {status} {text[:200]!r}")
        if time.monotonic() - start > CALL:
            self.faults.append(f"{method} {path}: {time.monotonic() - start:.0f} s")
        return status, json.loads(text) if text else {}

    def start(self, demo):
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit("the gateway did not start")
            try:
                urllib.request.urlopen(BASE.replace("/api/v1", "/health/ready"), timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        self.token = self.call("POST", "/auth/login", {"email": demo["email"], "password": demo["password"]})[1]["access_token"]
        status, business = self.call("POST", "/businesses", {"name": "Cases", "industry": "other"})
        if status != 201:
            raise SystemExit(f"no business: {status} {business}")
        self.business = business["id"]


def settings(url):
    return {"url": url, "records": "$", "time": "$.time", "metrics": [{"name": "Ok", "path": "$.ok"}]}


def make(gateway, name, kind, config, credentials=None):
    body = {"business_id": gateway.business, "name": name, "type": kind, "config": config, "interval_seconds": 0}
    if credentials:
        body["credentials"] = credentials
    return gateway.call("POST", "/data/sources", body)


def sync(gateway, source):
    """The run that came of it."""
    before = len(gateway.call("GET", f"/data/sources/{source}/runs")[1]["runs"])
    status, answer = gateway.call("POST", f"/data/sources/{source}/sync")
    if status != 202:
        return {"status": f"{status} {answer}"}
    end = time.monotonic() + RUN
    while time.monotonic() < end:
        runs = gateway.call("GET", f"/data/sources/{source}/runs")[1]["runs"]
        if len(runs) > before and runs[0]["status"] != "running":
            return runs[0]
        time.sleep(0.1)
    return {"status": f"not over within {RUN} s"}


def outcome(run):
    return (run.get("error") or {}).get("code") or run["status"]


def saved(gateway, case, other):
    """What must be refused when it is saved: made, put in place of another, and tried."""
    config = settings(case["url"])
    statuses = [
        make(gateway, f"case {case['id']}", "http_json", config)[0],
        gateway.call("PUT", f"/data/sources/{other}", {"name": "other", "config": config, "interval_seconds": 0})[0],
        gateway.call("POST", "/data/sources/test", {"type": "http_json", "config": config})[0],
    ]
    return statuses == [400, 400, 400], f"{statuses}"


def fetched(gateway, case, other):
    """What is saved, then tried, run, put in place of another and run there."""
    config = settings(case["url"])
    status, made = make(gateway, f"case {case['id']}", "http_json", config)
    if status != 201:
        return case["expect"] == "block" and status == 400, f"made: {status}"
    tried = gateway.call("POST", "/data/sources/test", {"type": "http_json", "config": config})[1]
    runs = [sync(gateway, made["id"])]
    put = gateway.call("PUT", f"/data/sources/{other}", {"name": "other", "config": config, "interval_seconds": 0})[0]
    runs.append(sync(gateway, other))
    said = f"test {'ok' if tried.get('ok') else tried.get('error', {}).get('code')}, put {put}, runs {[outcome(run) for run in runs]}"
    if case["expect"] == "allow":
        return bool(tried.get("ok")) and put == 200 and all(run["status"] == "succeeded" for run in runs), said
    # A name that changes may be answered by the host that was checked; the canaries say whether another one was reached.
    changes = "rebind" in case["url"]
    return changes or not tried.get("ok") and all(run["status"] == "failed" for run in runs), said


def queried(gateway, host, when):
    """The same host as a database's."""
    config = {"host": host, "database": "d", "user": "u", "query": "select 1", "tls": "disable", "time_column": "t", "metric_column": "m", "value_column": "v"}
    status, made = make(gateway, f"database {host}", "postgres", config, {"password": "p"})
    if when == "save":
        return status == 400, f"made: {status}"
    run = sync(gateway, made["id"]) if status == 201 else {"status": str(status)}
    return outcome(run) in ("address_refused", "unreachable", "timed_out"), f"run {outcome(run)}"


def main(program, cases, demo, folder):
    with open(cases, encoding="utf-8") as file:
        cases = json.load(file)
    with open(demo, encoding="utf-8") as file:
        demo = json.load(file)
    gateway = Gateway(program, folder)
    failed = 0
    try:
        gateway.start(demo)
        status, other = make(gateway, "other", "http_json", settings("http://pub.test/ok"))
        if status != 201:
            raise SystemExit(f"an allowed source is refused: {status} {other}")
        checks = [(case["id"], case["cls"], saved if case["when"] == "save" else fetched, (case, other["id"])) for case in cases]
        hosts = [("127.0.0.1", "save"), ("localhost", "save"), ("169.254.169.254", "save"), ("0x7f000001", "save"), ("127.1", "save")]
        hosts += [(f"{name}.test", "fetch") for name in ("a127", "a10", "meta", "multi", "zero", "aaaa1", "mapped", "nat64", "cname")]
        checks += [(host, "database", queried, (host, when)) for host, when in hosts]
        for name, kind, check, rest in checks:
            start, faults = time.monotonic(), len(gateway.faults)
            is_right, said = check(gateway, *rest)
            is_right = is_right and len(gateway.faults) == faults
            failed += not is_right
            print(f"{'ok    ' if is_right else 'FAILED'} {name} {kind} ({time.monotonic() - start:.1f} s): {said}", flush=True)
        for fault in gateway.faults:
            print(f"fault: {fault}")
        failed += gateway.process.poll() is not None
    finally:
        gateway.process.terminate()
        try:
            gateway.process.wait(30)
        except subprocess.TimeoutExpired:
            gateway.process.kill()
    with open(os.environ["HITS"], encoding="utf-8") as file:
        hits = [json.loads(line) for line in file]
    canaries = [hit for hit in hits if hit["kind"] == "CANARY"]
    for hit in canaries:
        print(f"CANARY {hit}")
    print(f"{len(checks) - failed} of {len(checks)} as expected, {len(canaries)} canaries hit, {sum(hit['kind'] == 'http' for hit in hits)} allowed requests")
    with open(f"{folder}/outcome", "w", encoding="utf-8") as file:
        file.write(f"{failed + len(canaries)}\n")


main(*sys.argv[1:])
