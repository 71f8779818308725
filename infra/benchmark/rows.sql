-- The same rows in any schema that has the three tables: tenants × businesses × one source × days, values without a seed.
-- psql variables: schema, tenants, businesses, days.
insert into :schema.businesses (tenant_id, id, name, created_at, updated_at)
select md5('tenant ' || t)::uuid, md5('business ' || t || ' ' || b)::uuid, 'Business ' || b, '2024-01-01Z', '2024-01-01Z'
from generate_series(1, :tenants) t, generate_series(1, :businesses) b;

insert into :schema.kpi_sources (tenant_id, id, business_id, name, type, unit, config, created_at)
select md5('tenant ' || t)::uuid, md5('source ' || t || ' ' || b)::uuid, md5('business ' || t || ' ' || b)::uuid,
       'Revenue', 'upload', 'EUR', '{}', '2024-01-01Z'
from generate_series(1, :tenants) t, generate_series(1, :businesses) b;

insert into :schema.kpi_data (tenant_id, source_id, "timestamp", value)
select md5('tenant ' || t)::uuid, md5('source ' || t || ' ' || b)::uuid, timestamptz '2024-01-01Z' + d * interval '1 day',
       round((1000 + 100 * sin(d / 7.0) + (t * 31 + b * 17 + d * 7) % 97 + 0.25)::numeric, 2)::float8
from generate_series(1, :tenants) t, generate_series(1, :businesses) b, generate_series(0, :days - 1) d;

vacuum (freeze, analyze) :schema.businesses, :schema.kpi_sources, :schema.kpi_data;
