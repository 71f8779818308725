-- Recorded invocations, encrypted.
set local role {prefix}_owner;
