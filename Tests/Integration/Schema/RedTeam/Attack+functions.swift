extension Attack {
    /// Functions of the server that reach other sessions, files, the network, or places that all tenants share.
    static let functions: [Attack] =
        [
            "pg_cancel_backend({pid})", "pg_terminate_backend({pid})", "pg_terminate_backend({pid}, 100)", "pg_log_backend_memory_contexts({pid})",
            "pg_reload_conf()", "pg_rotate_logfile()", "pg_rotate_logfile_old()", "pg_switch_wal()", "pg_create_restore_point('x')", "pg_promote()",
            "pg_backup_start('x')", "pg_wal_replay_pause()", "pg_stat_reset()", "pg_stat_reset_shared('bgwriter')",
            "pg_stat_reset_single_table_counters(1)",
            "pg_advisory_lock(1)", "pg_advisory_lock(1, 1)", "pg_advisory_lock_shared(1)", "pg_advisory_xact_lock(1)",
            "pg_advisory_xact_lock_shared(1)",
            "pg_try_advisory_lock(1)", "pg_try_advisory_lock_shared(1, 2)", "pg_try_advisory_xact_lock(1)", "pg_advisory_unlock(1)",
            "pg_advisory_unlock_all()",
            "pg_read_file('postgresql.conf')", "pg_read_file('/etc/passwd', 0, 100)", "pg_read_file_old('x', 0, 1)",
            "pg_read_binary_file('PG_VERSION')",
            "pg_ls_dir('.')", "pg_ls_logdir()", "pg_ls_waldir()", "pg_ls_tmpdir()", "pg_ls_archive_statusdir()", "pg_stat_file('PG_VERSION')",
            "pg_current_logfile()", "pg_hba_file_rules()", "pg_config()", "pg_show_replication_origin_status()",
            "lo_creat(-1)", "lo_create(4711)", "lo_from_bytea(4711, 'x')", "lo_open(4711, 131072)", "lo_get(4711)", "lo_put(4711, 0, 'x')",
            "lo_unlink(4711)",
            "lo_import('/etc/passwd')", "lo_export(4711, '/tmp/x')", "loread(0, 1)", "lowrite(0, 'x')", "lo_lseek(0, 0, 0)", "lo_tell(0)",
            "lo_truncate(0, 0)",
            "dblink('host=/tmp', 'select 1')", "dblink_connect('host=/tmp')", "pg_logical_emit_message(true, 'x', 'y')",
            "pg_logical_emit_message(false, 'x', 'y')",
            "pg_create_logical_replication_slot('x', 'test_decoding')", "pg_create_physical_replication_slot('x')", "pg_drop_replication_slot('x')",
            "pg_logical_slot_get_changes('x', null, null)", "pg_logical_slot_peek_changes('x', null, null)",
            "pg_replication_slot_advance('x', '0/0')",
            "pg_get_replication_slots()", "pg_replication_origin_create('x')", "pg_extension_config_dump('app.businesses', '')",
            "pg_import_system_collations('pg_catalog')", "pg_nextoid('pg_class', 'oid', 'pg_class_oid_index')", "pg_stop_making_pinned_objects()",
            "binary_upgrade_set_next_pg_type_oid(1)", "brin_summarize_new_values('app.kpi_data_pkey')", "gin_clean_pending_list('app.kpi_data_pkey')",
            "currtid2('app.businesses', '(0,1)')", "nextval('app.s')", "setval('app.s', 1)", "set_config('role', 'postgres', false)",
            "replace(database_to_xml(true, true, '')::text, current_database(), 'this')", "pg_get_viewdef('pg_stat_activity')",
            "has_table_privilege('tenancy.keys', 'select')",
            "row_security_active('app.businesses')", "amvalidate(1)", "pg_relation_filenode('app.kpi_data') is null", "pg_sequence_last_value(1)",
        ].map { Attack("select \($0)") }
        + [
            Attack("listen tenancy_changed", "unlisten *"), Attack("notify tenancy_changed, 'x'"), Attack("select pg_notify('x', 'y')"),
            Attack("copy (select 1) to program 'true'"), Attack("copy (select name from app.businesses) to '/tmp/x'"),
        ]

    /// The control plane and the persons.
    static let control: [Attack] =
        [
            "tenancy.keys", "tenancy.tenants", "tenancy.memberships", "tenancy.handlers", "tenancy.migrations", "identity.users",
            "identity.credentials", "tenancy.answers", "tenancy.usage", "tenancy.usage_writers",
            "tenancy.plans", "tenancy.plan_changes", "tenancy.quota_counts", "tenancy.quota_deltas",
            "tenancy.roles", "tenancy.api_keys", "tenancy.revoked_sessions",
            "identity.settings", "identity.user_sessions", "identity.one_time_tokens", "identity.failures",
        ].flatMap { table in
            [
                "select * from \(table)", "select count(*) from \(table)", "select 1 from \(table) limit 1", "delete from \(table)",
                "truncate \(table)",
                "update \(table) set created_at = now()", "insert into \(table) default values", "table \(table)", "lock table \(table)",
                "select t from \(table) t", "select count(*) from only \(table)", "select query_to_xml('select * from \(table)', true, true, '')",
            ].map { Attack($0) }
        }
        + [
            "select tenancy.change_plan('{A}', 'enterprise', '', null)", "select tenancy.consume('uploads', -1)",
            "select tenancy.add_use('{B}', 'rows', '-infinity', 5, null)", "select * from tenancy.quotas('{B}')", "select tenancy.fold_quotas(9)",
            "select tenancy.rotate()", "select * from tenancy.signing_key()", "select tenancy.protect('app.businesses')", "call tenancy.harden()",
            "select tenancy.require_identity()", "select tenancy.require_system()", "select tenancy.end_session('{ub}', '{ub}', '{B}')",
            "select * from tenancy.list_roles()", "select tenancy.create_role('mine', '', '{a:b}')", "select * from tenancy.list_api_keys()",
            "select tenancy.delete_role('own')", "select tenancy.revoke_api_key('{ub}')", "select count(*) > 0 from tenancy.closed_functions()",
            "select * from identity.begin_sign_in('eve@b.example', '192.0.2.1')",
            "select identity.revoke_sessions(null, '{ub}', '', '')", "select * from identity.refresh_session('{ub}', 0, '', '')",
            "select * from identity.open_session('{ub}', '{ua}', null, array['password'], '', '')", "select * from identity.sessions()",
            "select identity.issue_one_time(sha256('x'), 'reset_password', '{ub}', null, null, 60, '{}')",
            "select identity.issue_one_time(sha256('x'), 'invitation', null, 'x@b.example', '{B}', 60, '{}')",
            "select identity.set_disabled('{ub}', true)", "select identity.end_sessions('{ub}', null, null, 'revoked')",
            "select identity.uses_second_factor('{ub}')", "select identity.log_out('{ub}', '', '')",
            "select * from identity.profile('{ub}')", "select * from identity.memberships('{ub}')",
            "select identity.set_password_hash('{ub}', 'mine')",
            "select * from identity.begin_sign_in((select 'eve@b.example'), '192.0.2.1')", "select * from identity.profile(null)",
            "select * from identity.memberships('{ua}') m, identity.memberships('{ub}') n", "select * from probe.entries where tenant_id = '{B}'",
            "insert into probe.entries (tenant_id, number, text) values ('{B}', 1, 'x')", "update probe.entries set text = 'x'",
            "delete from probe.entries",
        ].map { Attack($0) }
}
