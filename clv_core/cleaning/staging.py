"""Rows on the way from text to typed tables, in temporary tables of one cursor.

Three steps for every kind of file: :func:`stage_rows` gathers the text of all
files of that kind in one table, the kind's own module reads it into types, and
:func:`judge_rows` gives each row the first rule that rejects it.

A temporary table belongs to the cursor that made it and ends with it, so
nothing a file held outlives the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import duckdb

from clv_core.cleaning import identity
from clv_core.cleaning.report import FileQuality, Rejection
from clv_core.cleaning.rules import READER_REASONS, Rule
from clv_core.columns import FIELDS, TableKind
from clv_core.ingest.engine import literal_path
from clv_core.ingest.presets import PRESETS, PlatformPreset
from clv_core.ingest.presets import Rule as PresetRule
from clv_core.ingest.reading import TextRows

__all__ = ["StagedFile", "account_for", "count_rows", "judge_rows", "stage_rows"]

# What surrounds a value without belonging to it: blanks of all kinds.
_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) || chr(65279)"
_EXAMPLES = 5


@dataclass(frozen=True)
class StagedFile:
    """One file with its place in the staged table.

    Attributes
    ----------
    number : int
        ``file_number`` of its rows.
    rows : TextRows
    """

    number: int
    rows: TextRows

    @property
    def kind(self) -> TableKind:
        """What the file holds."""
        return self.rows.raw.kind

    @property
    def source(self) -> str:
        """Name of the view on this file's text."""
        return f"{self.kind}_text_{self.number}"

    @property
    def preset_rules(self) -> frozenset[PresetRule]:
        """Business rules of the platform that wrote the file."""
        return self._preset.rules if self._preset else frozenset()

    @property
    def kept_statuses(self) -> frozenset[str]:
        """Folded order statuses of the platform that say money came; empty: any may."""
        return self._preset.kept_statuses if self._preset else frozenset()

    @property
    def dropped_statuses(self) -> frozenset[str]:
        """Folded order statuses of the platform that no sale came of."""
        return self._preset.dropped_statuses if self._preset else frozenset()

    @property
    def customer(self) -> str:
        """SQL for whom a row belongs to: the id, or a contact where the platform has none."""
        guests = self._preset.guest_ids if self._preset else frozenset()
        known = identity.known_id_expression("customer_id", guests)
        if PresetRule.PHONE_WHERE_NO_EMAIL in self.preset_rules:
            return identity.contact_expression(known, "email", "phone")
        if PresetRule.EMAIL_WHERE_NO_ID in self.preset_rules:
            return f"coalesce({known}, email)"
        return known

    @property
    def _preset(self) -> PlatformPreset | None:
        return PRESETS.get(self.rows.raw.preset or "")

    def has(self, *fields: str) -> bool:
        """Say whether all these canonical fields were found in the file."""
        return all(field in self.rows.raw.mapping for field in fields)

    def locate(self, field: str) -> dict[str, str]:
        """Return file and column as the user knows them, for a sentence."""
        raw = self.rows.raw
        return {"file": raw.file_name, "column": raw.mapping.get(field, field)}


def stage_rows(
    cursor: duckdb.DuckDBPyConnection, kind: TableKind, files: Sequence[StagedFile]
) -> None:
    """Gather the files' text in ``<kind>_text``, blanks trimmed, empty cells null.

    ``copy_number`` counts rows that are equal in every field, over all files of
    the kind, so that overlapping exports do not count twice.
    """
    declared = ", ".join(f"{field} VARCHAR" for field in FIELDS[kind])
    cursor.execute(
        f"CREATE TEMP TABLE {kind}_cells"
        f" (file_number INTEGER, source_row BIGINT, source_line BIGINT, {declared})"
    )
    for file in files:
        cells = ", ".join(
            f"nullif(trim({field}, {_BLANKS}), '')" if file.has(field) else "NULL"
            for field in FIELDS[kind]
        )
        cursor.execute(
            f"INSERT INTO {kind}_cells SELECT {file.number}, source_row, source_line, {cells}"
            " FROM read_parquet(?)",
            [literal_path(file.rows.parquet)],
        )
    cursor.execute(_count_copies(kind))
    cursor.execute(f"DROP TABLE {kind}_cells")
    for file in files:
        cursor.execute(
            f"CREATE TEMP VIEW {file.source} AS"
            f" SELECT * FROM {kind}_text WHERE file_number = {file.number}"
        )


def judge_rows(
    cursor: duckdb.DuckDBPyConnection,
    kind: TableKind,
    files: Sequence[StagedFile],
    rules_of: Callable[[StagedFile], Iterable[Rule]],
) -> None:
    """Write ``<kind>_judged``: the typed rows with the code of the first rule that rejects.

    Needs ``<kind>_typed``; ``rejection`` is null for the rows that are kept.
    """
    parts = [
        f"SELECT *, {_first_match(rules_of(file))} AS rejection"
        f" FROM {kind}_typed WHERE file_number = {file.number}"
        for file in files
    ]
    cursor.execute(f"CREATE TEMP TABLE {kind}_judged AS {' UNION ALL '.join(parts)}")


def account_for(
    cursor: duckdb.DuckDBPyConnection,
    file: StagedFile,
    rejecting: Iterable[Rule],
    treating: Iterable[Rule],
) -> FileQuality:
    """Count a file's rows by outcome, from ``<kind>_judged``."""
    judged = f"(SELECT * FROM {file.kind}_judged WHERE file_number = {file.number})"
    kept = f"(SELECT * FROM {judged} WHERE rejection IS NULL)"
    rejected = [
        found
        for rule in rejecting
        if (found := _count(cursor, judged, rule, f"rejection = '{rule.code}'"))
    ]
    treated = [found for rule in treating if (found := _count(cursor, kept, rule, rule.condition))]
    raw = file.rows.raw
    return FileQuality(
        file_name=raw.file_name,
        kind=raw.kind,
        preset=raw.preset,
        rows_read=file.rows.rows_read,
        rows_kept=count_rows(cursor, kept),
        rejected=(*_reader_rejections(file.rows), *rejected),
        treated=tuple(treated),
        summaries=file.rows.summaries,
    )


def count_rows(cursor: duckdb.DuckDBPyConnection, source: str, condition: str = "TRUE") -> int:
    """Count the rows of one of our tables that meet one of our conditions."""
    found = cursor.execute(f"SELECT count(*) FROM {source} WHERE {condition}").fetchone()
    return int(found[0]) if found else 0


def _count_copies(kind: TableKind) -> str:
    """Number equal rows from 1; only rows that share a hash are compared in full."""
    fields = ", ".join(FIELDS[kind])
    return f"""CREATE TEMP TABLE {kind}_text AS
        WITH hashed AS (SELECT *, hash({fields}) AS row_hash FROM {kind}_cells),
             shared AS (SELECT row_hash FROM hashed GROUP BY row_hash HAVING count(*) > 1)
        SELECT * EXCLUDE (row_hash), 1 AS copy_number
        FROM hashed ANTI JOIN shared USING (row_hash)
        UNION ALL
        SELECT * EXCLUDE (row_hash), row_number() OVER
            (PARTITION BY {fields} ORDER BY file_number, source_row) AS copy_number
        FROM hashed SEMI JOIN shared USING (row_hash)"""


def _first_match(rules: Iterable[Rule]) -> str:
    cases = " ".join(f"WHEN {rule.condition} THEN '{rule.code}'" for rule in rules)
    return f"CASE {cases} END" if cases else "CAST(NULL AS VARCHAR)"


def _count(
    cursor: duckdb.DuckDBPyConnection, source: str, rule: Rule, condition: str
) -> Rejection | None:
    found = cursor.execute(
        f"SELECT count(*), min(source_row, {_EXAMPLES}) FROM {source} WHERE {condition}"
    ).fetchone()
    if not found or not found[0]:
        return None
    return Rejection(rule.code, rule.reason, int(found[0]), tuple(found[1]))


def _reader_rejections(rows: TextRows) -> list[Rejection]:
    return [
        Rejection(
            str(code),
            READER_REASONS[str(code)],
            len(group),
            tuple(int(row) for row in sorted(group["source_row"])[:_EXAMPLES]),
        )
        for code, group in rows.rejected.groupby("reason", sort=True)
    ]
