set local role {prefix}_owner;

drop function identity.tenant_events(timestamptz, uuid, uuid, text, int);
drop function identity.own_events(timestamptz, uuid, int);
drop function identity.record_event(text, text, uuid, uuid, uuid, text, text, jsonb);
drop function identity.cleaned(text, int);
drop table identity.security_events;
drop table app.audit_positions;
drop table app.audit_seals;
drop table app.audit_log;
