"""Sign-ins: whether the time of a refused one tells which address exists, and what many at once cost the other tenants."""

import asyncio
import http.client
import json
import time
from statistics import median

from . import load
from .clients import Clients, failures, request
from .gateway import EMAIL, PASSWORD, Gateway
from .world import say

# Sign-ins under way at any time.
CROWD = 200


ASKED = {
    "refused_login": ("/api/v1/auth/login", {"password": "not the password"}, 401),
    "reset_request": ("/api/v1/auth/reset-password", {}, 202),
    "register": ("/api/v1/auth/register", {"password": "a long one for nobody", "name": "Nobody", "organization": "None"}, 202),
}


def measure(database, size, options):
    return {**refused(database, options), **crowded(database, size, options)}


def refused(database, options):
    """Medians in ms for an address that exists and one that does not, in turns; each try from another client, since guessing is slowed for each."""
    tries = 20 if options.quick else 200
    say(f"Refused sign-ins, reset requests, registrations, {tries} of each kind …")
    result = {}
    with Gateway(database, TENANTRY_TRUSTED_PROXIES="127.0.0.0/8") as gateway:
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
        client = 0
        for name, (path, more, status) in ASKED.items():
            taken = {EMAIL: [], "nobody@tenantry.example": []}
            for number in range(tries + 2):
                # Neither a hundred wrong passwords in a row nor four mails in an hour: each try finds the door open.
                database.sql("delete from identity.failures")
                for email, times in taken.items():
                    client += 1
                    address = f"198.18.{client // 250}.{client % 250 + 1}"
                    begin = time.perf_counter()
                    connection.request(
                        "POST", path, json.dumps({"email": email, **more}), {"Content-Type": "application/json", "X-Forwarded-For": address})
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status != status:
                        raise SystemExit(f"{path} is answered with {answer.status}")
                    # The first ones start the process.
                    if number >= 2:
                        times.append((time.perf_counter() - begin) * 1000)
            known, unknown = (median(times) for times in taken.values())
            result[f"{name}_ms"] = {"known": round(known, 2), "unknown": round(unknown, 2), "ratio": round(unknown / known, 3), "tries": tries}
        connection.close()
    return result


def crowded(database, size, options):
    """Reads a second of other tenants, alone and while many sign in at once, in turns; and how many could sign in."""
    say(f"Reads of other tenants beside {CROWD} sign-ins …")
    crowd, tenants = 1, list(range(2, min(size.tenants, 20) + 1))
    body = json.dumps({"email": EMAIL, "password": PASSWORD, "tenant": f"bench-{crowd}"}).encode()
    call = request("/api/v1/auth/login", ("Accept", "application/json"), "POST", body)
    turns = []
    with Gateway(database, TENANTRY_QUEUE_WAIT="60s") as gateway:
        gateway.sign_in(tenants)
        reads = load.write_requests("beside-logins", size, tenants, gateway.header)
        load.check(gateway.port, reads)
        load.wrk(gateway.port, reads, 16, 1)
        for _ in range(options.rounds):
            alone = load.wrk(gateway.port, reads, 16, options.seconds)["rps"]
            turns.append((alone, *asyncio.run(beside(gateway.port, reads, call, options.seconds))))
    alone, reading, answers = (median(turn[place] for turn in turns) for place in (0, 1, 2))
    return {
        "reads_beside_logins": {
            "alone_per_s": round(alone), "beside_per_s": round(reading), "ratio": round(median(turn[1] / turn[0] for turn in turns), 3),
            "logins_per_s": round(answers, 1), "refused": turns[-1][3]}}


async def beside(port, reads, call, seconds):
    """Reads a second, sign-ins a second, and sign-ins that were refused, while all of the crowd is under way."""
    crowd, over = Clients(port), asyncio.Event()
    task = asyncio.create_task(crowd.closed([call], CROWD, over))
    while crowd.in_flight < CROWD:
        await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    crowd.take()
    begin = time.perf_counter()
    reading = await asyncio.to_thread(load.wrk, port, reads, 16, seconds)
    answers, taken = crowd.take(), time.perf_counter() - begin
    over.set()
    task.cancel()
    await asyncio.wait([task])
    crowd.close()
    return reading["rps"], sum(answer.status == 200 for answer in answers) / taken, failures(answers)
