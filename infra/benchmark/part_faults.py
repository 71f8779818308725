"""What a misbehaving handler, client or kill does to everybody else: failed calls counted, latencies beside alone, moments of recovery."""

import asyncio
import json
import os
import random
import signal
import time
from statistics import median

from . import gateway
from .clients import Clients, failures, p, request
from .database import path, reads
from .gateway import Gateway
from .watcher import Watcher
from .world import say

PROBE = "probe-handler"
# Short reads a second that others are measured with.
RATE = 200
TENANTS = 20


def measure(database, size, options):
    """Every fault in turn, on one gateway where it survives."""
    figures = {}
    with Gateway(database, gateway.manifests_with_probe()) as host, Watcher(database) as watcher:
        world = World(host, watcher, size, options)
        world.sign_in()
        say("Faults: handlers killed under load …")
        figures["killed_handler"] = asyncio.run(killed(world))
        say("Faults: short reads beside a misbehaving handler …")
        world.sign_in()
        figures["beside"] = asyncio.run(beside(world))
        say("Faults: neighbours of a loop in the same process …")
        figures["neighbours"] = asyncio.run(neighbours(world))
        say("Faults: clients that leave or dawdle …")
        world.sign_in()
        figures["dropped_client_ms"] = asyncio.run(dropped(world))
        figures["slow_clients"] = asyncio.run(slow(world))
    say("Faults: gateway killed and started …")
    figures["restart_ms"] = restarts(database, size, 3 if options.quick else 10)
    return {"faults": figures}


class World:
    """The running gateway and requests for it."""

    def __init__(self, host, watcher, size, options):
        self.host, self.watcher, self.size, self.options = host, watcher, size, options
        self.tenants = list(range(2, min(size.tenants, TENANTS) + 1))
        # Seconds of each steady load.
        self.seconds = 2 if options.quick else 8

    def sign_in(self):
        self.host.sign_in([1, *self.tenants])
        body = {"email": gateway.EMAIL, "password": gateway.PASSWORD, "tenant": "bench"}
        self.owner = "Authorization", "Bearer " + self.host.post("/api/v1/auth/login", body, {})["access_token"]

    def short(self):
        return [request(path(business, start, until), self.host.header(tenant)) for tenant, business, start, until in reads(self.size, self.tenants)]

    def probe(self, target):
        """A read of the probe by tenant 1."""
        return request(f"/api/v1/probe/{target}", self.host.header(1))

    def entry(self, number):
        return request("/api/v1/probe/entries", self.owner, "POST", json.dumps({"number": number, "text": "kept"}).encode())


async def killed(world):
    """SIGKILL of a handler's process while 16 clients read and 16 write: what fails, and whether the next call works."""
    rounds, over = (3 if world.options.quick else 12), asyncio.Event()
    readers, writers, others = Clients(world.host.port), Clients(world.host.port), Clients(world.host.port)
    numbers = iter(range(1, 10_000_000))
    accepted, choice, in_flight, next_calls = set(), random.Random(9), [], []

    async def write():
        while not over.is_set():
            number = next(numbers)
            if (await writers.call(world.entry(number))).status == 201:
                accepted.add(number)

    async def strike():
        # Both processes are there before the first blow.
        await asyncio.sleep(1)
        for _ in range(rounds):
            await asyncio.sleep(choice.uniform(0.3, 0.9))
            pids = world.host.handlers(PROBE)
            if not pids:
                continue
            in_flight.append(readers.in_flight + writers.in_flight)
            os.kill(choice.choice(pids), signal.SIGKILL)
            next_calls.append(await Clients(world.host.port).call(world.probe("caller")))
        over.set()

    async with asyncio.TaskGroup() as group:
        # Of many kinds: the same call in the ruins of two processes would be taken for what ended them.
        group.create_task(readers.closed([world.probe(f"sleep?milliseconds={time}") for time in range(5, 55)], 16, over))
        for _ in range(16):
            group.create_task(write())
        group.create_task(others.steady(world.short(), 50, rounds * 0.6))
        group.create_task(strike())
    answers = readers.take() + writers.take()
    failed = [answer for answer in answers if not 200 <= answer.status < 300]
    # Each write that was answered with 201 must be there.
    stored = world.watcher.number("select count(*) from probe.entries where number = any('{" + ",".join(map(str, accepted or [0])) + "}')")
    return {
        "kills": len(in_flight), "calls": len(answers), "in_flight": sum(in_flight), "failed": failures(answers),
        "said_retryable": said(failed, True), "said_not_retryable": said(failed, False),
        "acknowledged_writes": len(accepted), "lost_writes": len(accepted) - int(stored),
        "next_call_failed": sum(answer.status != 200 for answer in next_calls), "next_call_ms": p(50, next_calls),
        "others_failed": sum(failures(others.take()).values())}


def said(answers, retryable):
    """Failures whose body says so of sending them again."""
    count = 0
    for answer in answers:
        try:
            count += json.loads(answer.body)["error"].get("retryable") is retryable
        except (ValueError, KeyError, TypeError):
            pass
    return count


async def beside(world):
    """p99 of short reads alone, and while a call of another handler loops, allocates, blocks its thread or traps, again and again."""
    short, figures = world.short(), {}
    await steady(world, short, 2)
    figures["alone"] = p(99, await steady(world, short, world.seconds))
    for kind, amount in (("loop", "milliseconds"), ("allocate", "bytes"), ("block", "milliseconds"), ("trap", "index")):
        over, culprit = asyncio.Event(), Clients(world.host.port)
        # No two calls alike, since one that has ended its process twice is refused.
        task = asyncio.create_task(culprit.closed([world.probe(f"{kind}?{amount}={10**12 + n}") for n in range(10_000)], 1, over))
        answers = await steady(world, short, world.seconds)
        over.set()
        task.cancel()
        await asyncio.wait([task])
        culprit.close()
        figures[kind] = p(99, answers)
        figures[f"{kind}_failed"] = sum(failures(answers).values())
        # The next one begins with what is left of this one gone.
        await settled(world)
    return figures


async def steady(world, requests, seconds, rate=RATE):
    load = Clients(world.host.port)
    await load.steady(requests, rate, seconds)
    load.close()
    return load.take()


async def settled(world):
    """Waits until the probe answers again."""
    limit = time.monotonic() + 40
    while (await Clients(world.host.port).call(world.probe("caller"))).status != 200:
        if time.monotonic() > limit:
            raise SystemExit("the probe does not answer any more")
        await asyncio.sleep(0.05)


async def neighbours(world):
    """Calls of 100 ms of the same handler, twenty at a time, while one call loops: how many fail, how long they take."""
    load, culprit = Clients(world.host.port), Clients(world.host.port)
    task = asyncio.create_task(load.steady([world.probe("sleep?milliseconds=100")], 200, world.seconds))
    await asyncio.sleep(0.5)
    loop = asyncio.create_task(culprit.call(world.probe("loop")))
    await task
    loop.cancel()
    await asyncio.wait([loop])
    culprit.close()
    answers = load.take()
    load.close()
    await settled(world)
    return {"calls": len(answers), "failed": failures(answers), "p50_ms": p(50, answers), "p99_ms": p(99, answers), "max_ms": p(100, answers)}


async def dropped(world):
    """Milliseconds from the end of a client's connection until the database does not work for it any more."""
    taken = []
    question = "select count(*) from pg_stat_activity where usename = 'tenantry_h_probe' and state = 'active'"
    for _ in range(3 if world.options.quick else 20):
        _, writer = await asyncio.open_connection("127.0.0.1", world.host.port)
        writer.write(world.probe("pg_sleep?milliseconds=9000"))
        await writer.drain()
        await asyncio.to_thread(world.watcher.wait, "the statement runs", question, 1)
        writer.close()
        taken.append(await asyncio.to_thread(world.watcher.wait, "the backend is idle", question, 0))
    return {"p50": round(median(taken), 1), "max": round(max(taken), 1)}


async def slow(world):
    """Eight clients that send a byte a second and eight that read one: transactions found open for 100 ms or more, looking all the time."""
    found, looks, over = [], 0, time.perf_counter() + (3 if world.options.quick else 8)
    body = json.dumps({"number": 9_999_999, "text": "slow"}).encode()

    async def send():
        _, writer = await asyncio.open_connection("127.0.0.1", world.host.port)
        writer.write(world.entry(9_999_999).removesuffix(body))
        for byte in body:
            if time.perf_counter() > over:
                break
            writer.write(bytes([byte]))
            await asyncio.sleep(1)
        writer.close()

    async def receive(target):
        # The kernel's own buffers are kept small, or it would read for us.
        reader, writer = await asyncio.open_connection("127.0.0.1", world.host.port, limit=1)
        writer.write(target)
        while time.perf_counter() < over:
            await reader.read(1)
            await asyncio.sleep(1)
        writer.close()

    downloads = [world.probe("big?bytes=20000000"), world.probe("counter?to=2000000")]
    async with asyncio.TaskGroup() as group:
        for number in range(8):
            group.create_task(send())
            group.create_task(receive(downloads[number % 2]))
        while time.perf_counter() < over:
            found.append(await asyncio.to_thread(world.watcher.open_transactions, 100))
            looks += 1
            await asyncio.sleep(0.01)
    return {"looks": looks, "open_transactions": int(sum(found))}


def restarts(database, size, times):
    """Milliseconds from the start of the program behind a SIGKILL to readiness, and from there to the first sign-in and answer with rows."""
    ready, answered = [], []
    for _ in range(times):
        with Gateway(database) as host:
            ready.append(host.ready_ms)
            begin = time.perf_counter()
            host.sign_in([1])
            _, business, start, end = next(reads(size, [1]))
            status, _ = gateway.get(host.port, path(business, start, end), dict([host.header(1)]))
            if status != 200:
                raise SystemExit(f"behind a restart: status {status}")
            answered.append((time.perf_counter() - begin) * 1000)
            host.process.send_signal(signal.SIGKILL)
            host.process.wait()
    return {"ready": round(median(ready)), "first_answer": round(median(answered), 1)}
