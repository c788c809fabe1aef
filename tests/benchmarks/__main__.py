"""``make bench`` and ``make bench-large``: every benchmark, one after the other, into ``docs/``.

Each runs in a process of its own, with the same command that a person would give. What
it found is kept beside what was kept before, and the page and the chart are written anew.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.calibration import calibrate
from tests.benchmarks.chart import draw_chart
from tests.benchmarks.figures import Figure
from tests.benchmarks.kept import Record, describe_machine, keep_records, read_records
from tests.benchmarks.page import write_page
from tests.benchmarks.plan import Part, parts_of
from tests.e2e.server import ROOT, find_browser


def main() -> int:
    """Run what is asked for; measures and never judges. 1 where a benchmark itself failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", help="modules; all where none is named")
    parser.add_argument("--large", action="store_true", help="the sizes that take an hour")
    parser.add_argument("--page", action="store_true", help="only write the page again")
    options = parser.parse_args()
    if find_browser() is None:
        print("No Chromium on this machine: make browser installs Debian's when run as root.")
        return 2
    failed = []
    if not options.page:
        for part in parts_of(options.parts):
            for arguments in part.calls("large" if options.large else "small"):
                if not _run(part, arguments):
                    failed.append(f"{part.name} {' '.join(arguments)}")
    records = read_records()
    draw_chart(records)
    (ROOT / "docs" / "benchmarks.md").write_text(write_page(records), encoding="utf-8")
    for name in failed:
        print(f"FAILED: {name}")
    return 1 if failed else 0


def _run(part: Part, arguments: list[str]) -> bool:
    """Run one benchmark and keep what it found; False where it failed."""
    call = ["-m", f"tests.benchmarks.{part.name}", *arguments]
    command = f"python {' '.join(call)}"
    print(f"\n--- {command}", flush=True)
    calibration_s = calibrate()
    with TemporaryDirectory(prefix="perennial-bench-") as scratch:
        file = Path(scratch) / "figures.json"
        ended = subprocess.run([sys.executable, *call, "--json", str(file)], cwd=ROOT, check=False)
        if ended.returncode or not file.is_file():
            return False
        figures = tuple(Figure(**one) for one in json.loads(file.read_text("utf-8")))
    machine = describe_machine()
    keep_records([Record(part.name, command, part.counts, machine, calibration_s, figures)])
    return True


if __name__ == "__main__":
    sys.exit(main())
