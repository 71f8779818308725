set local role {prefix}_owner;

drop function identity.set_operator(uuid, text, uuid), identity.record_operator_event(text, text, text, jsonb),
    identity.admit_operator(uuid, uuid, text, text), identity.open_operator(uuid, text, text), identity.operator_standing(uuid),
    tenancy.require_operator();
drop table identity.operators;

-- The checks of 0003_context as they were.
do $do$
declare
    f record;
begin
    for f in
        select * from (values
            ('tenant_id', $$split_part(c, '.', 3) = 't'$$, $$split_part(c, '.', 4)::uuid$$),
            ('user_id', $$split_part(c, '.', 3) in ('t', 'i')$$, $$split_part(c, '.', 5)::uuid$$),
            ('require_identity', $$split_part(c, '.', 3) in ('t', 'i')$$, $$case split_part(c, '.', 3) when 't' then split_part(c, '.', 5)::uuid end$$)
        ) as f (name, condition, answer)
    loop
        execute pg_catalog.format($f$
            create or replace function tenancy.%I() returns uuid
                language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $body$
            declare
                c text := current_setting('tenancy.context', true);
                signed boolean;
            begin
                select sha256(convert_to(encode(sha256(outer_pad || sha256(inner_pad || convert_to(left(c, -65), 'UTF8'))), 'hex'), 'UTF8'))
                        = sha256(convert_to(split_part(c, '.', 11), 'UTF8'))
                    into signed from tenancy.keys where label = split_part(c, '.', 2);
                if signed and split_part(c, '.', 1) = 'tc1' and %s and session_user = '{prefix}_h_' || split_part(c, '.', 7)
                    and clock_timestamp() < to_timestamp(split_part(c, '.', 9)::float8 / 1e6)
                then
                    return %s;
                end if;
                raise exception 'no valid context' using errcode = '28000';
            end
            $body$
        $f$, f.name, f.condition, f.answer);
    end loop;
end
$do$;

-- What was to be deleted stays shut.
update tenancy.tenants set status = 'suspended', delete_at = null, status_before = null where status = 'deleting';
alter table tenancy.tenants
    drop constraint tenants_deleting_check,
    drop constraint tenants_status_check,
    add constraint tenants_status_check check (status in ('active', 'suspended')),
    drop column time_zone, drop column region, drop column kind, drop column status_before, drop column delete_at;
