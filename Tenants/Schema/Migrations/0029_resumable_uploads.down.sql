set local role {prefix}_owner;
drop table app.resumable_parts;
drop table app.resumable_uploads;
