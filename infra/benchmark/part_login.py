"""Refused sign-ins: whether the time tells which address exists."""

import http.client
import json
import time
from statistics import median

from .gateway import EMAIL, Gateway
from .world import say


def measure(database, size, options):
    """Medians in ms of sign-ins with a wrong password, of an address that exists and of one that does not, in turns."""
    tries = 20 if options.quick else 200
    say(f"Refused sign-ins, {tries} of each kind …")
    taken = {EMAIL: [], "nobody@tenantry.example": []}
    with Gateway(database) as gateway:
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
        for number in range(tries + 2):
            for email, times in taken.items():
                begin = time.perf_counter()
                connection.request(
                    "POST", "/api/v1/auth/login", json.dumps({"email": email, "password": "not the password"}), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 401:
                    raise SystemExit(f"a wrong password is answered with {answer.status}")
                # The first ones start the process.
                if number >= 2:
                    times.append((time.perf_counter() - begin) * 1000)
        connection.close()
    known, unknown = (median(times) for times in taken.values())
    return {"refused_login_ms": {"known": round(known, 2), "unknown": round(unknown, 2), "ratio": round(unknown / known, 3), "tries": tries}}
