#!/usr/bin/python3
"""Keeps greetings for each tenant: a handler of Tenantry without a line of Swift."""

import sys

# Its folder may not be writable.
sys.dont_write_bytecode = True

import process  # noqa: E402
from errors import Failure  # noqa: E402
from routes import Routes  # noqa: E402

routes = Routes()
NAME = (str, 100, None)


@routes.add("GET", "/greetings", "greetings:read", {"limit": (int, 1000, 100)})
def listed(invocation, given):
    """The tenant's greetings by name."""
    rows = invocation.query(
        "select name, text from greetings.entries where tenant_id = %s order by name limit %s", given["limit"])
    return {"greetings": [{"name": name, "text": text} for name, text in rows]}


@routes.add("GET", "/greetings/by-name/{name}", "greetings:read", {"name": NAME})
def one(invocation, given):
    """One greeting."""
    rows = invocation.query("select text from greetings.entries where tenant_id = %s and name = %s", given["name"])
    if not rows:
        raise Failure("NOT_FOUND")
    return {"name": given["name"], "text": rows[0][0]}


@routes.add("POST", "/greetings", "greetings:write", {"name": NAME, "text": (str, 1000, None)}, writes=True, status=201, body="json")
def keep(invocation, given):
    """Keeps a greeting; a name that has one already is a conflict."""
    invocation.query(
        "insert into greetings.entries (tenant_id, name, text) values (%s, %s, %s)", given["name"], given["text"], writes=True)
    return given


@routes.add("POST", "/greetings/count", "greetings:read", body="bytes", limit=64 << 20)
def count(invocation, given):
    """Counts the bytes and lines of a body of any size, which is never held as a whole."""
    length = lines = 0
    for piece in invocation.body():
        length += len(piece)
        lines += piece.count(b"\n")
    return {"bytes": length, "lines": lines}


@routes.add("GET", "/greetings/numbers", "greetings:read", {"to": (int, 10_000_000, None)})
def numbers(invocation, given):
    """A long answer, written as fast as the client reads."""
    return ("".join(f"{number}\n" for number in range(first, min(first + 1000, given["to"] + 1))).encode() for first in range(1, given["to"] + 1, 1000))


@routes.add("GET", "/greetings/wait", "greetings:read", {"seconds": (int, 60, None)})
def wait(invocation, given):
    """Holds a statement in the database, to see how it is cancelled."""
    invocation.query("select %s::uuid, pg_sleep(%s)", given["seconds"])
    return {"waited": given["seconds"]}


if __name__ == "__main__":
    process.main(routes)
