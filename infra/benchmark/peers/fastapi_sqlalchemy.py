"""FastAPI + SQLAlchemy 2, asynchronous over asyncpg: mapped classes, a session and one transaction a request."""

import os
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import FastAPI, Header, Query, Request
from sqlalchemy import and_, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime

from shape import Dashboard, dashboard


class Base(DeclarativeBase):
    pass


class Source(Base):
    __tablename__ = "kpi_sources"
    __table_args__ = {"schema": "peer"}
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    business_id: Mapped[UUID]
    name: Mapped[str]
    unit: Mapped[str | None]


class Point(Base):
    __tablename__ = "kpi_data"
    __table_args__ = {"schema": "peer"}
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    timestamp: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    value: Mapped[float]


SET_TENANT = text("select set_config('app.tenant_id', :tenant, true)")


@asynccontextmanager
async def lifespan(app):
    url = make_url(os.environ["PEER_DATABASE_URL"]).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, pool_size=int(os.environ["PEER_POOL"]), max_overflow=0)
    app.state.sessions = async_sessionmaker(engine)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.get("/api/v1/dashboard/metrics/{business_id}")
async def metrics(
    request: Request,
    business_id: UUID,
    start: Annotated[datetime, Query(alias="from")],
    end: Annotated[datetime, Query(alias="to")],
    tenant: Annotated[UUID, Header(alias="X-Tenant-ID")],
) -> Dashboard:
    statement = (
        select(Source.id, Source.name, Source.unit, Point.timestamp, Point.value)
        .join(Point, and_(Point.tenant_id == Source.tenant_id, Point.source_id == Source.id))
        .where(Source.tenant_id == tenant, Source.business_id == business_id, Point.timestamp >= start, Point.timestamp < end)
        .order_by(Source.name, Point.timestamp)
    )
    async with request.app.state.sessions() as session, session.begin():
        await session.execute(SET_TENANT, {"tenant": str(tenant)})
        rows = (await session.execute(statement)).all()
    return dashboard(business_id, start, end, rows)
