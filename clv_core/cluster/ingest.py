"""Files → cleaned tables, divided by customer over the machines of a cluster."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pyspark.sql import SparkSession

from clv_core.cleaning.currencies import as_code
from clv_core.cleaning.part_accounts import add_up
from clv_core.cleaning.parts import learn_upload
from clv_core.cleaning.report import OrderFacts, QualityReport
from clv_core.cleaning.staging import StagedFile
from clv_core.cluster.cleaning import clean_parts, count_names
from clv_core.cluster.dividing import count_parts
from clv_core.cluster.limits import refuse_unsupported
from clv_core.cluster.shared import SharedUpload, share_file
from clv_core.columns import FIELDS
from clv_core.databases.reading import read_sources
from clv_core.ingest.engine import cursor as open_cursor
from clv_core.ingest.raw import RawTable
from clv_core.models.forecaster import ignore_report
from clv_core.runs.progress import FileSteps, Progress
from clv_core.settings import CleaningSettings

__all__ = ["DividedTables", "prepare_divided"]


@dataclass(frozen=True)
class DividedTables:
    """Cleaned tables in parts; a customer is in one of them.

    Attributes
    ----------
    folder : Path
        Holds a folder of tables per part; all machines see it.
    parts : tuple of int
        Numbers of those that hold orders.
    first_day, last_day : date
        Of all parts.
    customer_count, order_count : int
    currency : str
    """

    folder: Path
    parts: tuple[int, ...]
    first_day: dt.date
    last_day: dt.date
    customer_count: int
    order_count: int
    currency: str


def prepare_divided(
    session: SparkSession,
    files: Sequence[RawTable],
    folder: Path,
    cleaning: CleaningSettings,
    today: dt.date | None = None,
    parts: int | None = None,
) -> tuple[DividedTables, QualityReport]:
    """Read files here and clean them on the workers.

    Each file is read once, by this machine and with all the care of
    :func:`~clv_core.ingest.confined.read_confined`; what takes most of the time, reading
    cells into types and judging rows, is done by the workers on the customers of a part.

    Parameters
    ----------
    session : SparkSession
    files : sequence of RawTable
    folder : Path
        Exists, empty; all machines see it under this name.
    cleaning : CleaningSettings
        What becomes of doubtful rows.
    today : date, optional
        The real one by default.
    parts : int, optional
        Into how many parts customers are divided; as many as fit by default.

    Returns
    -------
    DividedTables, QualityReport
        The account is that of one machine, without column profiles.

    Raises
    ------
    InvalidSetting
        When a setting or a file asks for what cannot be done in parts.
    UserDataError
        As :func:`~clv_core.cleaning.clean.clean_tables`.
    """
    refuse_unsupported(files, cleaning)
    texts = folder / "text"
    texts.mkdir()
    sizes = [raw.size_bytes for raw in files]
    progress = Progress(ignore_report, [float(size) for size in sizes])
    rows = read_sources(files, texts, FileSteps(progress, len(files)))
    staged = [
        StagedFile(number, one, date_order=cleaning.date_order, learnt={})
        for number, one in enumerate(rows)
    ]
    with open_cursor() as cursor, TemporaryDirectory(dir=folder) as scratch:
        learn_upload(cursor, staged, cleaning, Path(scratch))
        upload = SharedUpload(
            folder=folder.absolute(),
            files=tuple(map(share_file, staged)),
            fields=_list_fields(staged),
            settings=cleaning,
            today=today or dt.datetime.now(tz=dt.UTC).date(),
        )
        accounts = clean_parts(session, upload, parts or count_parts(session, upload))
        named = as_code(next(iter(_currencies(staged)), ""))
        report, facts = add_up(cursor, list(accounts.values()), staged, cleaning, named)
    held = tuple(number for number, account in accounts.items() if account.facts is not None)
    count_names(session, upload.folder, list(held))
    return _describe(upload.folder, held, facts), report


def _list_fields(staged: Sequence[StagedFile]) -> tuple[str, ...]:
    every = dict.fromkeys(
        field for file in staged for field in FIELDS[file.kind] if file.has(field)
    )
    return tuple(every)


def _currencies(staged: Sequence[StagedFile]) -> list[str]:
    return [name for file in staged for name in (file.learnt or {}).get("currencies", ())]


def _describe(folder: Path, parts: tuple[int, ...], facts: OrderFacts) -> DividedTables:
    return DividedTables(
        folder=folder,
        parts=parts,
        first_day=facts.first_day,
        last_day=facts.last_day,
        customer_count=facts.customers,
        order_count=facts.orders,
        currency=facts.currency,
    )
