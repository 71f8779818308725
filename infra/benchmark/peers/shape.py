"""The answer that the Python peers give: the same JSON as Tenantry's, from rows of (source_id, name, unit, timestamp, value)."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class Point(BaseModel):
    timestamp: datetime
    value: float


class Aggregates(BaseModel):
    count: int
    sum: float
    mean: float
    min: float
    max: float
    first: float
    last: float


class Metric(BaseModel):
    source_id: UUID
    name: str
    unit: str | None
    points: list[Point]
    aggregates: Aggregates


class Dashboard(BaseModel):
    business_id: UUID
    bucket: str
    start: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    metrics: list[Metric]


def dashboard(business_id, start, end, rows):
    sources = {}
    for source_id, name, unit, timestamp, value in rows:
        sources.setdefault((source_id, name, unit), []).append(Point(timestamp=timestamp, value=value))
    metrics = []
    for (source_id, name, unit), points in sources.items():
        values = [point.value for point in points]
        total = sum(values)
        aggregates = Aggregates(
            count=len(values), sum=total, mean=total / len(values), min=min(values), max=max(values), first=values[0], last=values[-1])
        metrics.append(Metric(source_id=source_id, name=name, unit=unit, points=points, aggregates=aggregates))
    return Dashboard(business_id=business_id, bucket="raw", start=start, end=end, metrics=metrics)
