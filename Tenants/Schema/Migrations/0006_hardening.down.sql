-- Rights that the server gives to everybody stay revoked: another installation in this database may rely on it.
set local role {prefix}_owner;

drop procedure tenancy.harden();
drop function tenancy.closed_columns();
drop function tenancy.closed_relations();
drop function tenancy.closed_functions();
