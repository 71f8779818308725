set local role {prefix}_owner;

drop table probe.entries;
drop schema probe;
