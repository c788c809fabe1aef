"""``make bench``: what users wait for, as ratios to a reference of the same run.

The reference is the calibration figure: how long this machine, right now, takes
for a fixed piece of arithmetic. Quote the ratios; single seconds on a shared
machine mean little.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.calibration import calibrate
from tests.benchmarks.main_job import measure_main_job
from tests.e2e.server import find_browser

TRAINING_TARGET_S = 60.0
PAGE_TARGET_S = 1.0


def main() -> int:
    """Print every figure; measures and never judges."""
    if find_browser() is None:
        print("No Chromium on this machine: make browser installs Debian's when run as root.")
        return 2
    before = calibrate()
    with TemporaryDirectory(prefix="perennial-bench-") as scratch:
        measured, visits = measure_main_job(Path(scratch) / "workspace")
    reference = (before + calibrate()) / 2
    print(f"calibration: {reference:.3f} s for the reference arithmetic on one core\n")
    print(f"{'figure':<52}{'seconds':>9}{'ratio':>9}   target")
    targets = {"train": f"< {TRAINING_TARGET_S:.0f} s", "page": f"< {PAGE_TARGET_S:.0f} s"}
    for name, seconds in measured.items():
        target = targets.get(name.split(":")[0], "")
        print(f"{name:<52}{seconds:>9.2f}{seconds / reference:>9.1f}   {target}")
    idle, busy = measured["page: p95, nothing else running"], measured["page: p95 while training"]
    print(f"\npage p95 while training / idle: {busy / idle:.2f} ({visits} pages opened)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
