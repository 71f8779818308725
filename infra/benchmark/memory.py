"""Resident memory of processes, from /proc."""

import threading
import time


def resident_mb(pid, field="VmRSS"):
    """VmRSS in MB (10^6 bytes), or VmHWM, the most so far; 0 if the process is gone."""
    try:
        with open(f"/proc/{pid}/status") as status:
            for line in status:
                if line.startswith(f"{field}:"):
                    return int(line.split()[1]) * 1024 / 1e6
    except OSError:
        pass
    return 0.0


class Peak:
    """Samples the sum over some processes while `with` lasts, each `every` seconds: `mb` is the highest."""

    def __init__(self, pids, every=0.02):
        self.pids, self.every, self.mb, self.over = pids, every, 0.0, False
        self.thread = threading.Thread(target=self.sample, daemon=True)

    def sample(self):
        while not self.over:
            self.mb = max(self.mb, sum(resident_mb(pid) for pid in self.pids()))
            time.sleep(self.every)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.thread.join()
