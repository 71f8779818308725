"""A handler's program is replaced while calls come: how many fail."""

import json
import os
import random
import shutil
import subprocess
import time

from . import load
from .gateway import PROGRAMS, Gateway, manifests_with_own_programs
from .world import HERE, STATE, say

PROGRAM = "dashboards-handler"
CONNECTIONS = 64
# Milliseconds that each connection waits before a call, which gives about the rate.
PAUSE = 30


def measure(database, size, options):
    """Failed calls of about 2,000 a second while the program of the handler that answers them is replaced again and again."""
    times, tenants = (2 if options.quick else 8), list(range(1, min(size.tenants, 20) + 1))
    say(f"Replacing a program {times} times under load …")
    folder = manifests_with_own_programs()
    target = folder / "Dashboards" / PROGRAM
    with Gateway(database, folder) as gateway:
        gateway.sign_in(tenants)
        requests = load.write_requests("replace", size, tenants, gateway.header)
        load.check(gateway.port, requests)
        seconds = 3 + 2 * times
        wrk = subprocess.Popen(
            [
                "wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", HERE / "requests.lua", f"http://127.0.0.1:{gateway.port}", "--", requests,
                str(PAUSE)],
            stdout=subprocess.PIPE, text=True)
        choice, taken = random.Random(3), []
        try:
            time.sleep(1)
            for number in range(times):
                time.sleep(choice.uniform(0.2, 0.6))
                before = set(gateway.handlers(PROGRAM))
                replace(target, number)
                taken.append(until_replaced(gateway, before))
        except BaseException:
            wrk.kill()
            raise
        figures = json.loads(wrk.communicate()[0].splitlines()[-1])
    return {
        "replaced": {
            "times": times, "per_s": round(figures["requests"] / (figures["duration_us"] / 1e6)), "calls": figures["requests"],
            "failed": figures["errors"], "p99_ms": figures["p99_us"] / 1000, "max_ms": figures["max_us"] / 1000,
            "old_gone_ms": round(max(taken))}}


def replace(target, number):
    """Another program takes the name in one step, as an installer does it; bytes behind an ELF file's end change nothing but its hash."""
    fresh = STATE / f"bench-program-{os.getpid()}"
    shutil.copy2(PROGRAMS / PROGRAM, fresh)
    with open(fresh, "ab") as output:
        output.write(b"\0" * (number + 1))
    os.replace(fresh, target)


def until_replaced(gateway, before, seconds=15):
    """Milliseconds until none of the processes before is left."""
    begin = time.perf_counter()
    while before & set(gateway.handlers(PROGRAM)):
        if time.perf_counter() > begin + seconds:
            raise SystemExit(f"the old program still runs {seconds} s after it was replaced")
        time.sleep(0.01)
    return (time.perf_counter() - begin) * 1000
