set local role {prefix}_owner;

drop function runtime.keep_answer(text, text, int, jsonb, bytea);
drop function runtime.claim_key(text, text, bytea);
drop schema runtime;
drop table tenancy.answers;
