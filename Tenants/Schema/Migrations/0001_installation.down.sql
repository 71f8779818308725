drop schema tenancy cascade;

-- A role that another database still knows stays; the last database to go takes it along.
do $$
declare
    name text;
begin
    for name in
        select rolname from pg_catalog.pg_roles
        where rolname in ('{prefix}_owner', '{prefix}_migrator', '{prefix}_host', '{prefix}_admin', '{prefix}_backup')
            or pg_catalog.starts_with(rolname, '{prefix}_h_')
        order by rolname = '{prefix}_owner'
    loop
        begin
            if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
                execute pg_catalog.format('grant %I to %I', name, current_user);
            end if;
            execute pg_catalog.format('drop owned by %I', name);
            execute pg_catalog.format('drop role %I', name);
        exception when dependent_objects_still_exist or object_in_use then
            raise notice 'role % stays: another database uses it', name;
        end;
    end loop;
end
$$;
