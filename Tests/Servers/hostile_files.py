#!/usr/bin/env python3
"""Writes files that are made to exhaust, mislead or break whoever reads them: hostile_files.py FOLDER [--full] [NAME …].

With --full sixteen times as large, for programs that are optimized."""

import sys
from pathlib import Path

from hostile import packed, texts, workbooks  # noqa: F401
from hostile.kit import FILES


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [word for word in sys.argv[2:] if word != "--full"]
    for name, make in FILES.items():
        if wanted and name not in wanted:
            continue
        content = make()
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


if __name__ == "__main__":
    main()
