-- Weights of tenants in the fair queue.
set local role {prefix}_owner;
