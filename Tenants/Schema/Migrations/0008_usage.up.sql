-- What each tenant's invocations used.
set local role {prefix}_owner;
