set local role {prefix}_owner;

drop table tenancy.recordings;
