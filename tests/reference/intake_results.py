"""What the intake says of real files: ``python -m tests.reference.intake_results FOLDER``.

Prints the page ``docs/intake-results.md``. Files of one folder that belong together
(a shop's orders with its customers) are still looked at one by one.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from clv_core.cli import main as run_command
from clv_core.sentences import Sentence

HEAD = """# What the intake says of real files

Made by `python -m tests.reference.intake_results FOLDER`, which runs `inspect` on every file of a
folder of public data (not part of this repository); nothing here was written by hand.
*Kept + rejected = read* holds in every row; where a file is refused, the sentence is the one that
people see.

| file | understood as | rows read | kept | rejected, by reason | interpreted, or said |
|---|---|---:|---:|---|---|"""


def main(arguments: list[str]) -> int:
    """Print the page for all files under a folder."""
    folder = Path(arguments[0])
    print(HEAD)
    for path in sorted(file for file in folder.glob("*/*") if file.is_file()):
        print(f"| {' | '.join(describe(path, folder))} |")
    return 0


def describe(path: Path, folder: Path) -> tuple[str, ...]:
    """Return one file's line of the table."""
    name = f"`{path.relative_to(folder)}`"
    told, said = io.StringIO(), io.StringIO()
    with redirect_stdout(told), redirect_stderr(said):
        status = run_command(["inspect", str(path), "--json"])
    if status:
        return (name, "refused", "", "", "", escape(said.getvalue().strip()))
    (found,) = json.loads(told.getvalue())["files"]
    notes = [escape(note) for note in found["notes"]]
    files = found.get("quality", {}).get("files", [])
    account = next((file for file in files if file["file_name"] == found["file"]), None)
    if account is None:
        return (name, kind_of(found), "", "", "", "; ".join(notes))
    return (
        name,
        kind_of(found),
        f"{account['rows_read']:,}",
        f"{account['rows_kept']:,}",
        "; ".join(count_reasons(account["rejected"])),
        "; ".join([*notes, *count_reasons(account["treated"])]),
    )


def kind_of(found: dict[str, Any]) -> str:
    """Say what a file is, with its platform and the part that was taken."""
    words = [found["kind"].replace("_", " ")]
    if found["preset"]:
        words.append(f"({found['preset']})")
    if found["part"]:
        words.append(f"from the part “{escape(found['part'])}”")
    if found["leaks"]:
        words.append(f"; flagged as giving the value away: {escape(', '.join(found['leaks']))}")
    return " ".join(words)


def count_reasons(cases: list[dict[str, Any]]) -> Iterator[str]:
    """Yield each reason with its rows."""
    for case in cases:
        yield f"{escape(str(Sentence.from_json(case['reason'])))}: {case['rows']:,}"


def escape(text: str) -> str:
    """Keep text inside its cell."""
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
