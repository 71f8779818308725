"""Tenantry itself: built, migrated, running, with tokens for many tenants."""

import json
import os
import re
import secrets
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from .database import identifier
from .world import ROOT, STATE, Server, free_port, get, run, say

HOME = STATE / "bench-home"
EMAIL = "bench@tenantry.example"
PASSWORD = secrets.token_hex(16)
PROGRAMS = ROOT / ".build/release"


def build():
    say("Building Tenantry (release) …")
    built = subprocess.run(["swift", "build", "--configuration", "release"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=2)
    if built.returncode != 0:
        raise SystemExit("the build failed; its messages are above")


class Gateway(Server):
    """`tenantry run` on the bench's database, installed from nothing."""

    def __init__(self, database, handlers=ROOT / "Handlers", **settings):
        port = free_port()
        environment = {
            "TENANTRY_DATABASE_URL": database.url, "TENANTRY_HOME": str(HOME), "TENANTRY_ADDRESS": f"127.0.0.1:{port}",
            "TENANTRY_HANDLERS": str(handlers), "TENANTRY_RATE_ADDRESS": "off", "TENANTRY_RATE_USER": "off", "TENANTRY_RATE_TENANT": "off",
            "TENANTRY_SUSPICION": "off", **settings}
        begin = time.perf_counter()
        super().__init__("tenantry", [PROGRAMS / "tenantry", "run"], port, environment, cwd=ROOT)
        limit = time.monotonic() + 30
        while get(port, "/health/ready", {})[0] != 200:
            if time.monotonic() > limit:
                raise SystemExit(f"tenantry is not ready; see {self.log.name}")
            time.sleep(0.005)
        # Milliseconds from the start to readiness.
        self.ready_ms = (time.perf_counter() - begin) * 1000
        self.tokens = {}

    def post(self, path, body, headers):
        """One POST of JSON; ends the bench unless it is answered with 2xx."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"POST {path}: {error.code} {error.read()[:300]!r}")

    def sign_in(self, tenants):
        """Fresh tokens (they live 15 minutes) for these tenants' numbers."""
        for number in tenants:
            body = {"email": EMAIL, "password": PASSWORD, "tenant": f"bench-{number}"}
            self.tokens[number] = self.post("/api/v1/auth/login", body, {})["access_token"]

    def header(self, tenant):
        return "Authorization", f"Bearer {self.tokens[tenant]}"

    def handlers(self, program):
        """Process ids of a handler's processes."""
        return [pid for pid in descendants(self.process.pid) if named(pid, program)]


def install(database, size):
    """Migrates, makes the bench's user and tenants, loads the rows."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    environment = {"TENANTRY_DATABASE_URL": database.url, "TENANTRY_HOME": str(HOME), "TENANTRY_HANDLERS": str(manifests_with_probe())}
    tenantry(environment, "migrate", "up")
    tenantry(environment, "tenant", "create", "--name", "Bench", "--slug", "bench", "--plan", "enterprise", "--json")
    tenantry(
        environment, "user", "create", "--email", EMAIL, "--name", "Bench", "--tenant", "bench", "--role", "owner", "--password-stdin",
        "--json", input=PASSWORD)
    database.make_tenants(size, EMAIL)


def let_write(database, tenant):
    """Makes the bench's user an admin of a tenant, who may make jobs."""
    database.sql("update tenancy.memberships set role = 'admin' where tenant_id = :'tenant'", tenant=identifier(f"tenant {tenant}"))


def manifests_with_probe(**changes):
    """The handlers' manifests and that of the tests' probe, in which lines such as `concurrency` may be changed."""
    folder = STATE / "bench-handlers-probe"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for manifest in (ROOT / "Handlers").glob("*/handler.yaml"):
        (folder / manifest.parent.name).symlink_to(manifest.parent)
    shutil.copytree(ROOT / "Tests/ProbeHandler", folder / "Probe", ignore=shutil.ignore_patterns("Program"))
    manifest = folder / "Probe/handler.yaml"
    for key, value in changes.items():
        text, count = re.subn(rf"(?m)^{key}:.*$", f"{key}: {value}", manifest.read_text())
        if not count:
            raise SystemExit(f"the probe's manifest has no {key}")
        manifest.write_text(text)
    return folder


def manifests_with_own_programs():
    """A copy of the handlers' manifests whose programs lie beside them, so that these can be replaced."""
    folder = STATE / "bench-handlers-own"
    shutil.rmtree(folder, ignore_errors=True)
    for manifest in (ROOT / "Handlers").glob("*/handler.yaml"):
        copy = folder / manifest.parent.name
        copy.mkdir(parents=True)
        text = manifest.read_text()
        program = re.search(r"(?m)^program: *(\S+)$", text)[1]
        (copy / "handler.yaml").write_text(text.replace(f"program: {program}", f"program: ./{program}"))
        shutil.copy2(PROGRAMS / program, copy / program)
    return folder


def manifests_with_idle(seconds):
    """A copy of the handlers' manifests in which every process stops after so many idle seconds."""
    folder = STATE / "bench-handlers"
    shutil.rmtree(folder, ignore_errors=True)
    for manifest in (ROOT / "Handlers").glob("*/handler.yaml"):
        copy = folder / manifest.parent.name
        copy.mkdir(parents=True)
        (copy / "handler.yaml").write_text(re.sub(r"(?m)^idle:.*$", f"idle: {seconds}s", manifest.read_text()))
    return folder


def tenantry(environment, *arguments, **options):
    return run(PROGRAMS / "tenantry", *arguments, cwd=ROOT, env={**os.environ, **environment}, **options)


def descendants(root):
    """Process ids below a process."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    found, waiting = [], [root]
    while waiting:
        parent = waiting.pop()
        children = [pid for pid, above in parents.items() if above == parent]
        found += children
        waiting += children
    return found


def named(pid, program):
    """Does this process run a program of this name? The kernel keeps 15 letters, and shows them of any process."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().rstrip("\n") == program[:15]
    except OSError:
        return False
