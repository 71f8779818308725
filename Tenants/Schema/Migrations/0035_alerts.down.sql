set local role {prefix}_owner;
drop function tenancy.zone_offsets(text, timestamptz, timestamptz);
drop table app.alert_events;
drop table app.alert_firings;
drop table app.alerts;
