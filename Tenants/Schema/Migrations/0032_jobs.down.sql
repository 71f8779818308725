set local role {prefix}_owner;
drop schema jobs cascade;
drop table tenancy.timer_occurrences;
drop table tenancy.timers;
drop table tenancy.job_data;
drop table tenancy.jobs;
