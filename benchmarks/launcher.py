"""Runs one command and says how it went: `python -I -S launcher.py REPORT COMMAND ...` writes JSON to REPORT.

A child's peak memory counts the pages of the process that forked it, as long as it has not become another
program. So a benchmark, which may be large itself, starts its commands by way of this small one.
"""

import json
import os
import subprocess
import sys
import time


def main() -> None:
    """Run the command, write what it took."""
    report, *command = sys.argv[1:]
    start = time.perf_counter()
    child = subprocess.Popen(command)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)  # it was waited for here, not by Popen
    peak = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    with open(report, "w") as file:  # noqa: PTH123 - pathlib would be most of the memory
        json.dump({"status": child.returncode, "seconds": seconds, "peak_mib": peak}, file)


if __name__ == "__main__":
    main()
