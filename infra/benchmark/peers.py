"""The same endpoint in other hands: FastAPI with asyncpg, with SQLAlchemy, and Go with pgx."""

import os

from .world import HERE, STATE, Server, free_port, run, say

VENV = STATE / "bench-venv"
PACKAGES = ["fastapi", "uvicorn", "uvloop", "httptools", "asyncpg", "sqlalchemy[asyncio]"]
GO_PROGRAM = STATE / "bench-go-pgx"
# Connections of a server's pool; more were slower on two cores, for each of them.
POOL = 8


def prepare():
    """Makes the virtual environment and builds the Go program."""
    if not (VENV / "bin/uvicorn").exists():
        say("Installing FastAPI and its companions into .tenantry/bench-venv …")
        run("/usr/bin/python3", "-m", "venv", VENV)
        run(VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES)
    source = HERE / "peers/go_pgx/main.go"
    if not GO_PROGRAM.exists() or GO_PROGRAM.stat().st_mtime < source.stat().st_mtime:
        say("Building the Go server …")
        go = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(STATE / "bench-go-cache")}
        run("go", "build", "-o", GO_PROGRAM, source, env=go)


def versions():
    """What is compared, for the report."""
    listed = run(VENV / "bin/pip", "list", "--format=freeze", "--disable-pip-version-check")
    wanted = ("fastapi", "uvicorn", "uvloop", "asyncpg", "sqlalchemy")
    packages = dict(line.split("==") for line in listed.split())
    named = [f"{name} {packages[key]}" for name in wanted for key in packages if key.lower() == name]
    return ", ".join([*named, run("go", "version").split()[2].replace("go", "Go "), "pgx v4"])


def go_pgx(database, pool=POOL):
    port = free_port()
    environment = {"PEER_DATABASE_URL": database.peer_url, "PEER_POOL": str(pool)}
    return Server("go_pgx", [GO_PROGRAM, f"127.0.0.1:{port}"], port, environment)


def fastapi(module, database, workers, pool=POOL):
    """One of the two FastAPI services: uvicorn with uvloop and httptools, without an access log."""
    port = free_port()
    environment = {"PEER_DATABASE_URL": database.peer_url, "PEER_POOL": str(pool)}
    command = [
        VENV / "bin/uvicorn", f"{module}:app", "--host", "127.0.0.1", "--port", port, "--workers", workers,
        "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return Server(f"{module}_{workers}", command, port, environment, cwd=HERE / "peers")
