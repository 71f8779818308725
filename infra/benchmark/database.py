"""The bench's own Postgres, and its rows."""

import hashlib
import subprocess
import uuid
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

from .world import HERE, ROOT, STATE, run, say

DIRECTORY = STATE / "bench-postgres"
PEER_PASSWORD = "bench"
FIRST_DAY = datetime(2024, 1, 1, tzinfo=timezone.utc)


class Size:
    """How many rows: tenants × businesses × one source × days."""

    def __init__(self, tenants=200, businesses=10, days=365):
        self.tenants, self.businesses, self.days = tenants, businesses, days

    @property
    def rows(self):
        return self.tenants * self.businesses * self.days


def identifier(text):
    """The identifier that rows.sql makes of this text."""
    return str(uuid.UUID(hashlib.md5(text.encode()).hexdigest()))


class Database:
    """A private cluster with the durable settings of infra/run; `with` removes it."""

    def __enter__(self):
        run(ROOT / "infra/postgres", "remove", DIRECTORY)
        run(ROOT / "infra/postgres", "start", DIRECTORY)
        self.url = run(ROOT / "infra/postgres", "url", DIRECTORY).strip()
        self.socket = parse_qs(urlsplit(self.url).query)["host"][0]
        return self

    def __exit__(self, *_):
        run(ROOT / "infra/postgres", "remove", DIRECTORY)

    def sql(self, text, **variables):
        """Runs SQL as the superuser; rows come back as lists of texts."""
        output = run("psql", self.url, "-XqAt", "-v", "ON_ERROR_STOP=1", *options(variables), input=text)
        return [line.split("|") for line in output.splitlines()]

    def file(self, path, url=None, **variables):
        """Runs a file as the superuser, here or in another database."""
        run("psql", url or self.url, "-Xq", "-v", "ON_ERROR_STOP=1", *options(variables), "-f", path)

    def copy(self, command, path):
        """psql's \\copy from a file, timed by the caller."""
        with open(path, "rb") as source:
            if subprocess.run(["psql", self.url, "-Xq", "-v", "ON_ERROR_STOP=1", "-c", command], stdin=source).returncode != 0:
                raise SystemExit(f"psql failed at {command[:200]}")

    def load(self, schema, size, url=None):
        say(f"Loading {size.rows:,} rows into {schema} …")
        self.file(HERE / "rows.sql", url, schema=schema, tenants=size.tenants, businesses=size.businesses, days=size.days)

    def make_peers(self, size):
        """A database of the peers' own on the same server: Tenantry's is closed to everybody else."""
        self.sql("create database peers")
        url = self.url.replace("/postgres?", "/peers?")
        self.file(HERE / "peer_schema.sql", url, password=PEER_PASSWORD)
        self.load("peer", size, url)

    def make_tenants(self, size, email):
        """The tenants of rows.sql in the migrated schema, with one user who is a member of each, and their rows."""
        self.file(HERE / "tenants.sql", tenants=size.tenants, email=email)
        self.load("app", size)

    @property
    def peer_url(self):
        return f"postgres://bench_peer:{PEER_PASSWORD}@/peers?host={self.socket}&port=5432"


def options(variables):
    return [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]


def reads(size, tenants, points=30):
    """Dashboard reads of so many points, over these tenants' numbers and many businesses and days: (tenant, business, from, to)."""
    for number in range(4000):
        tenant = tenants[number % len(tenants)]
        business = number // len(tenants) % size.businesses + 1
        start = FIRST_DAY + timedelta(days=number * 13 % (size.days - points))
        yield tenant, identifier(f"business {tenant} {business}"), start, start + timedelta(days=points, hours=-1)


def path(business, start, end, bucket="raw"):
    form = "%Y-%m-%dT%H:%M:%SZ"
    return f"/api/v1/dashboard/metrics/{business}?from={start.strftime(form)}&to={end.strftime(form)}&bucket={bucket}"
