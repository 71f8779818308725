-- Stored answers of writes with an Idempotency-Key.
set local role {prefix}_owner;
