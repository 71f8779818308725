set local role {prefix}_owner;
