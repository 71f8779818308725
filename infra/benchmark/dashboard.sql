-- The dashboard's read, as the handler sends it: $1 tenant, $2 business, $3 from, $4 to.
select s.id, s.name, s.unit, d."timestamp", d.value
from app.kpi_sources s
join app.kpi_data d on d.tenant_id = s.tenant_id and d.source_id = s.id
where s.tenant_id = $1 and s.business_id = $2 and d."timestamp" >= $3 and d."timestamp" < $4
order by s.name, d."timestamp"
