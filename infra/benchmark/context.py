"""Signed contexts, as the gateway makes them, for a role of the bench's own."""

import hashlib
import hmac
import time
import uuid
from contextlib import contextmanager

HANDLER = "bench"
PASSWORD = "bench"
NOBODY = "00000000-0000-0000-0000-000000000000"


@contextmanager
def role(database, prefix="tenantry"):
    """The URL of a role that may read what the dashboards handler reads. Made while the gateway runs: it would refuse to start beside one."""
    name = f"{prefix}_h_{HANDLER}"
    database.sql(f"create role {name} login password '{PASSWORD}'; grant {prefix}_h_dashboards to {name};")
    try:
        yield f"postgres://{name}:{PASSWORD}@/postgres?host={database.socket}&port=5432"
    finally:
        database.sql(f"drop role {name}")


def signing_key(database):
    """The newest key: its number and its bytes."""
    [[number, secret]] = database.sql("select kid, encode(secret, 'hex') from tenancy.keys order by kid desc limit 1")
    return number, bytes.fromhex(secret)


def sign(key, tenant):
    """A context of a tenant that lives an hour."""
    number, secret = key
    expiry = int((time.time() + 3600) * 1_000_000)
    text = f"tc1.{number}.t.{tenant}.{NOBODY}.analyst.{HANDLER}.0.{expiry}.{uuid.uuid4()}"
    return text + "." + hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
