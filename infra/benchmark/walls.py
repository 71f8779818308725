"""What the operating system holds a process back with, as the kernel shows it from outside."""

import os


def walls(pid):
    """Names of what is on: no_new_privs, seccomp, and namespaces of its own. Landlock cannot be seen from outside."""
    found = []
    with open(f"/proc/{pid}/status") as status:
        fields = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
    if fields.get("NoNewPrivs") == "1":
        found.append("no_new_privs")
    if fields.get("Seccomp") == "2":
        found.append("seccomp")
    own = [kind for kind in ("mnt", "pid", "net", "ipc", "user") if namespace(pid, kind) != namespace("self", kind)]
    if own:
        found.append(f"namespaces ({', '.join(own)})")
    return found


def namespace(pid, kind):
    try:
        return os.readlink(f"/proc/{pid}/ns/{kind}")
    except OSError:
        return None
