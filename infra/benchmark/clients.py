"""Clients in one thread: at a steady rate, or as many at once as are wanted. Failures are kept, not fatal."""

import asyncio
import random
import time


class Answer:
    """One call: when it was due, how long it took, and what came back; status 0: no answer."""

    __slots__ = ("due", "ms", "status", "body")

    def __init__(self, due, status, body):
        self.due, self.status, self.body = due, status, body
        self.ms = (time.perf_counter() - due) * 1000


class Clients:
    """Connections to the gateway, opened as they are needed and kept."""

    def __init__(self, port):
        self.port, self.idle, self.answers, self.in_flight = port, [], [], 0

    async def call(self, request, due=None):
        """Sends one request and keeps its answer."""
        due = due or time.perf_counter()
        self.in_flight += 1
        connection, status, body = None, 0, b""
        try:
            connection = self.idle.pop() if self.idle else await asyncio.open_connection("127.0.0.1", self.port)
            reader, writer = connection
            writer.write(request)
            status, body, keep = await read(reader)
            if keep:
                self.idle.append(connection)
            else:
                writer.close()
        except (OSError, EOFError, asyncio.IncompleteReadError):
            if connection:
                connection[1].close()
        finally:
            self.in_flight -= 1
        answer = Answer(due, status, body)
        self.answers.append(answer)
        return answer

    async def steady(self, requests, rate, seconds, seed=50):
        """Requests at random moments, `rate` a second however fast they are answered."""
        choice = random.Random(seed)
        due = begin = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            while (due := due + choice.expovariate(rate)) < begin + seconds:
                await asyncio.sleep(max(0, due - time.perf_counter()))
                group.create_task(self.call(choice.choice(requests), due))

    async def closed(self, requests, connections, over, pause=0.0):
        """So many clients, each with one request after the other, until `over` is set. A refused one waits a little."""

        async def one(number):
            choice = random.Random(number)
            while not over.is_set():
                answer = await self.call(choice.choice(requests))
                if answer.status in (0, 429, 503):
                    await asyncio.sleep(0.02)
                elif pause:
                    await asyncio.sleep(pause)

        async with asyncio.TaskGroup() as group:
            for number in range(connections):
                group.create_task(one(number))

    def close(self):
        for _, writer in self.idle:
            writer.close()

    def take(self):
        """The answers since the last time."""
        answers, self.answers = self.answers, []
        return answers


async def read(reader):
    """Status, body, and whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    if b"content-length:" in head:
        body = await reader.readexactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
    elif status in (204, 304):
        body = b""
    else:
        body = await reader.read()
        return status, body, False
    return status, body, b"connection: close" not in head


def request(target, header, method="GET", body=b"", more=""):
    kind = "Content-Type: application/json\r\n" if body else ""
    length = f"Content-Length: {len(body)}\r\n" if body or method != "GET" else ""
    return f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{header[0]}: {header[1]}\r\n{kind}{length}{more}\r\n".encode() + body


def p(percent, answers):
    """A percentile of the answers' milliseconds."""
    ordered = sorted(answer.ms for answer in answers) or [0.0]
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 2)


def failures(answers):
    """How often each status other than a good one came."""
    counts = {}
    for answer in answers:
        if not 200 <= answer.status < 300:
            counts[answer.status] = counts.get(answer.status, 0) + 1
    return counts
