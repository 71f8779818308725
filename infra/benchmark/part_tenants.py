"""Ten thousand tenants: how fast operators make them, how fast lists of them are, and what they leave in the gateway's memory."""

import asyncio
import hashlib
import json
import time

from .clients import Clients, p, request
from .gateway import EMAIL, PASSWORD, Gateway
from .memory import resident_mb
from .world import say

# Requests under way at once, and owners among whom the tenants are shared out.
AT_ONCE, OWNERS = 16, 50


def measure(database, _size, options):
    count = 500 if options.quick else 10_000
    say(f"Making {count:,} tenants by /admin/tenants …")
    owners = make_owners(database)
    # Every call counts as it would: limits are kept in mind for each address, user and tenant, though nobody reaches them.
    limits = {"TENANTRY_RATE_USER": "100000/s", "TENANTRY_RATE_TENANT": "100000/s", "TENANTRY_RATE_ADDRESS": "100000/s"}
    with Gateway(database, **limits) as gateway:
        token = operator(gateway, database)
        header = ("Authorization", f"Bearer {token}")
        before = resident_mb(gateway.process.pid)
        made, seconds = asyncio.run(calls(gateway.port, [creation(number, owners, header) for number in range(count)]))
        failed = [answer for answer in made if answer.status != 201]
        if failed:
            raise SystemExit(f"{len(failed)} of {count} tenants were not made: {failed[0].status} {failed[0].body[:300]!r}")
        [[stored]] = database.sql(
            """select count(*) from tenancy.tenants t where t.slug like 'made-%'
            and exists (select from tenancy.memberships m where m.tenant_id = t.id and m.role = 'owner')
            and (select count(*) from app.businesses b where b.tenant_id = t.id) = 2
            and exists (select from app.audit_log l where l.tenant_id = t.id and l.action = 'tenant.created')""")
        if int(stored) != count:
            raise SystemExit(f"{count} tenants were answered, {stored} are there as a whole")
        say("Lists of them …")
        lists = read_lists(gateway.port, header, count)
        say("A call of each, three times …")
        keys = make_keys(database, count)
        passes = []
        for _ in range(3):
            answers, took = asyncio.run(calls(gateway.port, [request("/api/v1/businesses", ("X-API-Key", key)) for key in keys]))
            wrong = [answer for answer in answers if answer.status != 200]
            if wrong:
                raise SystemExit(f"{len(wrong)} calls of {count} tenants failed: {wrong[0].status} {wrong[0].body[:300]!r}")
            passes.append({"per_s": round(count / took), "gateway_mb": round(resident_mb(gateway.process.pid), 1)})
    return {
        "tenants": {
            "count": count, "creates_per_s": round(count / seconds), "create_p50_ms": p(50, made), "create_p99_ms": p(99, made),
            "lists": lists, "gateway_before_mb": round(before, 1), "passes": passes}}


def make_owners(database):
    return [
        row[0] for row in database.sql(
            f"""insert into identity.users (id, email, name)
            select gen_random_uuid(), 'owner-' || n || '@tenantry.example', 'Owner' from generate_series(1, {OWNERS}) n
            on conflict (email) do update set name = excluded.name returning id""")]


def operator(gateway, database):
    """An operator's token, by a session whose second factor is written down for it."""
    database.sql(f"select identity.set_operator(id, 'admin', null) from identity.users where email = '{EMAIL}'")
    session = gateway.post("/api/v1/auth/login", {"email": EMAIL, "password": PASSWORD, "tenant": "bench"}, {})
    database.sql(f"update identity.user_sessions set factors = '{{password,totp}}' where id = '{session['session_id']}'")
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    return gateway.post("/api/v1/auth/operator", {}, bearer)["access_token"]


def creation(number, owners, header):
    body = {
        "slug": f"made-{number:05}", "name": f"Made {number}", "owner": {"user_id": owners[number % len(owners)]}, "time_zone": "Europe/Berlin",
        "businesses": [{"name": "First"}, {"name": "Second", "location": "Berlin"}]}
    return request("/api/v1/admin/tenants", header, "POST", json.dumps(body).encode())


async def calls(port, requests):
    """Each request once, so many at a time: the answers, and the seconds that all of them took."""
    clients, rest = Clients(port), iter(requests)

    async def one():
        for call in rest:
            await clients.call(call)

    # The first starts the process.
    begin = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(one())
    taken = time.perf_counter() - begin
    clients.close()
    return clients.take(), taken


def read_lists(port, header, count):
    """Milliseconds of a page: all pages one behind the other, and pages of a search."""
    return asyncio.run(pages(port, header, count))


async def pages(port, header, count):
    clients, seen, after = Clients(port), 0, ""
    while after is not None:
        answer = await clients.call(request(f"/api/v1/admin/tenants?limit=100&after={after}", header))
        page = json.loads(answer.body)
        seen, after = seen + len(page["tenants"]), page["next"]
    if seen < count:
        raise SystemExit(f"the pages have {seen} tenants of {count}")
    all_pages = clients.take()
    for number in range(100):
        await clients.call(request(f"/api/v1/admin/tenants?limit=20&status=active&search=made-{number % 10}", header))
    found = clients.take()
    for number in range(100):
        await clients.call(request(f"/api/v1/admin/tenants?limit=20&search=nobody-{number}", header))
    missed = clients.take()
    clients.close()
    return {
        name: {"p50": p(50, answers), "p99": p(99, answers)} for name, answers in [("page", all_pages), ("search", found), ("nothing", missed)]}


def make_keys(database, count):
    """An API key of each tenant's owner."""
    keys = [f"tnk_{number:08}_" + hashlib.sha256(str(number).encode()).hexdigest()[:42] + "A" for number in range(count)]
    rows = ",".join(
        f"('made-{number:05}', '{number:08}', '\\x{hashlib.sha256(key.encode()).hexdigest()}'::bytea)" for number, key in enumerate(keys))
    database.sql(
        f"""insert into tenancy.api_keys (tenant_id, id, prefix, hash, name, scopes, created_by)
        select t.id, gen_random_uuid(), k.prefix, k.hash, 'bench', '{{businesses:read}}', m.user_id
        from (values {rows}) as k (slug, prefix, hash)
        join tenancy.tenants t on t.slug = k.slug join tenancy.memberships m on m.tenant_id = t.id""")
    return keys
