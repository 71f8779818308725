-- Installed handlers and their versions.
set local role {prefix}_owner;
