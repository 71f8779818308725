"""FastAPI + asyncpg: a pool, prepared statements (asyncpg caches them), one transaction a request, a declared response model."""

import os
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Header, Query, Request

from shape import Dashboard, dashboard

STATEMENT = """
select s.id, s.name, s.unit, d."timestamp", d.value
from peer.kpi_sources s
join peer.kpi_data d on d.tenant_id = s.tenant_id and d.source_id = s.id
where s.tenant_id = $1 and s.business_id = $2 and d."timestamp" >= $3 and d."timestamp" < $4
order by s.name, d."timestamp"
"""


@asynccontextmanager
async def lifespan(app):
    async with asyncpg.create_pool(os.environ["PEER_DATABASE_URL"], min_size=4, max_size=int(os.environ["PEER_POOL"])) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/api/v1/dashboard/metrics/{business_id}")
async def metrics(
    request: Request,
    business_id: UUID,
    start: Annotated[datetime, Query(alias="from")],
    end: Annotated[datetime, Query(alias="to")],
    tenant: Annotated[UUID, Header(alias="X-Tenant-ID")],
) -> Dashboard:
    async with request.app.state.pool.acquire() as connection, connection.transaction(readonly=True):
        await connection.execute("select set_config('app.tenant_id', $1, true)", str(tenant))
        rows = await connection.fetch(STATEMENT, tenant, business_id, start, end)
    return dashboard(business_id, start, end, rows)
