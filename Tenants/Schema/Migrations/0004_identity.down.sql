set local role {prefix}_owner;

alter table tenancy.memberships drop constraint memberships_user_id_fkey;
drop schema identity cascade;
