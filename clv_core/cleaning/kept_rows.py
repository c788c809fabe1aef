"""The rows that a data set keeps, so that later files are added without the earlier ones.

::

    <data set>/rows/files.json          what each file was understood to be, how it is written,
                                        and the rules that it was cleaned by
    <data set>/rows/<n>_text.parquet    its mapped columns as text
    <data set>/rows/<n>_typed.parquet   the same rows in types, before they are judged
    <data set>/rows/<n>_filled.parquet  its text, an order's later lines filled from the first
    <data set>/rows/<n>_described.parquet  what the texts of its reviews say
    <data set>/rows/names.parquet       when products' names, as texts name them, were first sold
    <data set>/rows/known.parquet       whose key is whose, and what orders say of them
    <data set>/rows/products.parquet    the products' keys, and when each was first sold
    <data set>/rows/dropped.parquet     which order lines were left out, and why
    <data set>/rows/guests.parquet      rows without an id, and to whom they were given

The files themselves are not opened again. Typed rows are good for the versions that
typed them: another version types the kept text anew, and so does what it would do with
the files. Rows hold ids and contact fields; they lie beside the tables and nowhere
else, and go with them and with the person (``storage/kept_people.py``).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow.parquet as pq

from clv_core import __version__
from clv_core.cleaning.lines import OrderLines, filled_path
from clv_core.cleaning.product_names import NAMES_FILE
from clv_core.cleaning.staging import EarlierReading, StagedFile, typed_path, write_scratch
from clv_core.errors import NothingStored
from clv_core.ingest.reading import TextRows
from clv_core.sentences import Sentence
from clv_core.settings import CleaningSettings, DateOrder

__all__ = [
    "DROPPED_FILE",
    "KEPT_FOLDER",
    "KNOWN_FILE",
    "PRODUCTS_FILE",
    "KeptFile",
    "KeptRows",
    "are_rows_kept",
    "keep_files",
]

KEPT_FOLDER: Final = "rows"
KNOWN_FILE: Final = "known.parquet"
PRODUCTS_FILE: Final = "products.parquet"
DROPPED_FILE: Final = "dropped.parquet"
_FILES: Final = "files.json"


@dataclass(frozen=True)
class KeptFile:
    """One file of a data set as it was read.

    Attributes
    ----------
    rows : TextRows
        Without sample cells.
    earlier : EarlierReading or None
        None where another version typed the rows.
    date_order : {"day_first", "month_first"} or None
        What was said of the file's dates.
    """

    rows: TextRows
    earlier: EarlierReading | None
    date_order: DateOrder | None

    def stage(self, number: int) -> StagedFile:
        """Return the file as one of those that are cleaned together."""
        return StagedFile(number, self.rows, self.earlier, self.date_order)


def are_rows_kept(folder: Path) -> bool:
    """Say whether a data set's folder holds the rows that files can be added to."""
    return (folder / KEPT_FOLDER / _FILES).is_file()


def keep_files(
    cursor: duckdb.DuckDBPyConnection,
    staged: Sequence[StagedFile],
    unclean: Mapping[int, frozenset[str]],
    lines: Sequence[OrderLines],
    settings: CleaningSettings,
    scratch: Path,
    folder: Path,
) -> None:
    """Keep the rows of cleaned files beside their tables.

    Parameters
    ----------
    cursor : DuckDBPyConnection
        With ``customers_known`` and what else cleaning found.
    staged : sequence of StagedFile
    unclean : mapping of int to frozenset of str
        What :func:`~clv_core.cleaning.staging.stage_file` found, by the file's number.
    lines : sequence of OrderLines
        How the files of orders are written.
    settings : CleaningSettings
    scratch : Path
        Where files that were typed now have their rows.
    folder : Path
        Of the tables.
    """
    kept = folder / KEPT_FOLDER
    kept.mkdir()
    learnt = {one.file.number: one.to_json() for one in lines}
    filled = {one.file.number: _filled_of(one, scratch) for one in lines if one.is_filled}
    described = []
    for file in staged:
        _place(file.rows.parquet, _text_of(kept, file.number))
        _place(typed_path(file, scratch), _typed_of(kept, file.number))
        if file.number in filled:
            _place(filled[file.number], filled_path(file, kept))
        described.append(
            {
                "rows": _without_cells(file.rows).to_json(),
                "unclean": sorted(unclean[file.number]),
                "learnt": learnt.get(file.number, {}),
                "is_filled": file.number in filled,
                "date_order": file.date_order,
            }
        )
    told = {
        "versions": _versions(),
        "cleaning": settings.model_dump(mode="json"),
        "files": described,
    }
    (kept / _FILES).write_text(json.dumps(told), encoding="utf-8")
    _keep_findings(cursor, staged, kept)
    if (scratch / NAMES_FILE).is_file():
        _place(scratch / NAMES_FILE, kept / NAMES_FILE)


def _keep_findings(
    cursor: duckdb.DuckDBPyConnection, staged: Sequence[StagedFile], kept: Path
) -> None:
    """Keep what cleaning found over all files, as far as it is of use later."""
    known = "SELECT * FROM customers_known ORDER BY customer_key"
    write_scratch(cursor, known, kept / KNOWN_FILE)
    dropped = "SELECT row_id, code FROM orders_dropped ORDER BY row_id"
    write_scratch(cursor, dropped, kept / DROPPED_FILE)
    sold = """SELECT product, product_key, first_sold FROM products
        LEFT JOIN (SELECT product, min(row_time) AS first_sold FROM lines_kept GROUP BY product)
        USING (product) ORDER BY product_key"""
    write_scratch(cursor, sold, kept / PRODUCTS_FILE)
    tables = {
        name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    }
    if "guest_customers" in tables:
        guests = "SELECT row_id, customer FROM guest_customers ORDER BY row_id"
        write_scratch(cursor, guests, kept / "guests.parquet")
    for file in staged:
        if file.kind != "reviews":
            continue
        said = (
            f"SELECT source_row, said.* EXCLUDE (row_id) FROM reviews_described AS said"
            f" JOIN reviews_kept USING (row_id) WHERE file_number = {file.number}"
            " ORDER BY source_row"
        )
        write_scratch(cursor, said, _described_of(kept, file.number))


@dataclass(frozen=True)
class KeptRows:
    """What a data set keeps.

    Attributes
    ----------
    files : tuple of KeptFile
        In the order in which they came.
    settings : CleaningSettings
        The rules that they were cleaned by.
    """

    files: tuple[KeptFile, ...]
    settings: CleaningSettings

    @classmethod
    def open(cls, folder: Path) -> KeptRows:
        """Open what lies in a data set's folder.

        Raises
        ------
        NothingStored
            When the rows were not kept.
        """
        if not are_rows_kept(folder):
            raise NothingStored(
                Sentence("The rows of these data were not kept, so no file can be added to them."),
                Sentence("Bring their files once more, together with the new ones."),
            )
        kept = folder / KEPT_FOLDER
        stored = json.loads((kept / _FILES).read_text(encoding="utf-8"))
        is_same = stored["versions"] == _versions()
        files = [
            _read_file(kept, number, file, is_same) for number, file in enumerate(stored["files"])
        ]
        return cls(tuple(files), CleaningSettings.check(stored["cleaning"]))


def _read_file(kept: Path, number: int, stored: Mapping[str, Any], is_same: bool) -> KeptFile:
    rows, text = TextRows.from_json(stored["rows"]), _text_of(kept, number)
    left = pq.ParquetFile(text).metadata  # a person who was erased was not read
    is_numbered = "source_row" in left.schema.names
    rows = replace(
        rows,
        parquet=text,
        rows_read=left.num_rows + len(rows.rejected),
        lines_before=None if is_numbered else rows.lines_before,
    )
    described = _described_of(kept, number)
    earlier = EarlierReading(
        typed=_typed_of(kept, number),
        filled=kept / f"{number}_filled.parquet" if stored["is_filled"] else None,
        described=described if described.is_file() else None,
        unclean=frozenset(stored["unclean"]),
        learnt=stored["learnt"],
    )
    return KeptFile(rows, earlier if is_same else None, stored["date_order"])


def _versions() -> dict[str, str]:
    """What typed rows depend on: our rules, and the engine's hash of a row's cells."""
    return {"perennial": __version__, "duckdb": duckdb.__version__}


def _without_cells(rows: TextRows) -> TextRows:
    """Leave out where the file lay and what it showed first, of columns nobody mapped too."""
    raw = replace(rows.raw, path=Path(), samples=rows.raw.samples.iloc[:0], notes=())
    return replace(rows, raw=raw, parquet=Path())


def _filled_of(lines: OrderLines, scratch: Path) -> Path:
    earlier = lines.file.earlier
    return earlier.filled if earlier and earlier.filled else filled_path(lines.file, scratch)


def _text_of(kept: Path, number: int) -> Path:
    return kept / f"{number}_text.parquet"


def _typed_of(kept: Path, number: int) -> Path:
    return kept / f"{number}_typed.parquet"


def _described_of(kept: Path, number: int) -> Path:
    return kept / f"{number}_described.parquet"


def _place(source: Path, target: Path) -> None:
    """Give a file a second name; it is copied where the disk cannot do that.

    Files that are kept are never written again, but replaced, so names may be shared.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
