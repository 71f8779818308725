set local role {prefix}_owner;
drop function identity.anonymize_stray_events(int);
drop index identity.security_events_named;
