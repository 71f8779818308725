set local role {prefix}_owner;

drop table tenancy.data_keys;
