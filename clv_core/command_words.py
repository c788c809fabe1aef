"""The words of the command line: every verb, its flags, and how their values are read."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, get_args

from clv_core import (
    commands,
    data_set_command,
    export_command,
    look_back_command,
    product_command,
    proof_command,
    search_command,
)
from clv_core.activation.control_group import DEFAULT_SHARE
from clv_core.activation.export_settings import DEFAULT_SEED
from clv_core.activation.platforms.registry import TARGETS
from clv_core.activation.platforms.target import ValueColumn
from clv_core.ingest.database_table import DatabaseTable
from clv_core.settings import SearchMethod

_IN_DATABASE: Final = "db:"


def build_parser() -> argparse.ArgumentParser:
    """Describe every verb and its flags."""
    parser = argparse.ArgumentParser(
        prog="python -m clv_core",
        description="Who will still be buying, and what that is worth.",
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    _add_sample(verbs)

    inspect = _add(verbs, "inspect", commands.inspect, "say what each file is; stores nothing")
    inspect.add_argument("files", nargs="+", type=_source, metavar="FILE")
    _add_reading(inspect)

    _add_data_sets(verbs)

    run = _add(verbs, "run", commands.run, "the whole flow, from files to tiers")
    _add_inputs(run, or_table=True)
    _add_reading(run)
    _add_windows(run, needed=False)
    run.add_argument("--settings", type=Path, metavar="FILE", help="JSON, as in manifest.json")
    run.add_argument("--out", type=Path, required=True, metavar="DIR")

    backtest = _add(
        verbs, "backtest", commands.backtest, "forecast from a past day, seeing nothing after it"
    )
    _add_inputs(backtest)
    _add_reading(backtest)
    _add_windows(backtest, needed=True)
    backtest.add_argument("--settings", type=Path, metavar="FILE")
    backtest.add_argument("--out", type=Path, required=True, metavar="DIR")

    search = _add(verbs, "search", search_command.search, "search better settings of one model")
    _add_inputs(search, or_table=True)
    _add_reading(search)
    search.add_argument("--cutoff", type=_day, metavar="DATE")
    search.add_argument("--horizon-days", type=_whole_number, metavar="N")
    search.add_argument("--settings", type=Path, metavar="FILE", help="JSON, to compare with")
    _add_search(search)
    search.add_argument("--out", type=Path, required=True, metavar="DIR")

    score = _add(verbs, "score", commands.score, "apply a saved model to newer files")
    score.add_argument("--run", required=True, metavar="ID_OR_DIR")
    _add_inputs(score, or_table=True)
    _add_reading(score)
    score.add_argument(
        "--engine",
        metavar="MASTER",
        help="clean and score on Spark: local[*], spark://host:7077; by default here, without it",
    )
    score.add_argument("--out", type=Path, required=True, metavar="FILE")

    prove = _add(
        verbs,
        "prove",
        proof_command.prove,
        "test a run on more windows and seeds, or go on with it",
    )
    prove.add_argument("--run", required=True, metavar="ID_OR_DIR")
    _add_inputs(prove, is_needed=False)
    _add_reading(prove)
    prove.add_argument("--windows", type=_whole_number, metavar="N")
    prove.add_argument("--seeds", type=_whole_number, metavar="N")
    prove.add_argument("--out", type=Path, metavar="DIR", help="else the folder of the run")

    back = _add(verbs, "look-back", look_back_command.compare, "hold a run against orders since")
    back.add_argument("--run", required=True, metavar="ID_OR_DIR")
    _add_inputs(back)
    _add_reading(back)
    back.add_argument("--out", type=Path, metavar="DIR")

    _add_recommend(verbs)
    _add_export(_add(verbs, "export", export_command.export, "write a list for another tool"))
    return parser


def _add_sample(verbs: Any) -> None:
    sample = _add(verbs, "sample", commands.sample, "write the sample shop's files")
    sample.add_argument("--out", type=Path, required=True, metavar="DIR")
    size = sample.add_mutually_exclusive_group()
    size.add_argument("--customers", type=_whole_number, default=commands.SAMPLE_CUSTOMERS)
    size.add_argument(
        "--lines", type=_whole_number, metavar="N", help="orders.csv alone, with so many lines"
    )
    sample.add_argument("--seed", type=int, default=commands.SAMPLE_SEED)


def _add_recommend(verbs: Any) -> None:
    products = _add(verbs, "recommend", product_command.recommend, "what to recommend and to stock")
    products.add_argument("--run", required=True, metavar="ID_OR_DIR")
    _add_inputs(products, is_needed=False)
    _add_reading(products)
    products.add_argument("--out", type=Path, required=True, metavar="DIR")


def _add(verbs: Any, name: str, verb: Callable[..., Any], about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=about, description=about)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.set_defaults(verb=verb)
    return parser


def _add_data_sets(verbs: Any) -> None:
    prepare = _add(
        verbs, "prepare", data_set_command.prepare, "clean files into tables that can be added to"
    )
    _add_inputs(prepare, or_tables=False)
    _add_reading(prepare)
    prepare.add_argument("--out", type=Path, required=True, metavar="DIR")

    extend = _add(verbs, "extend", data_set_command.extend, "add files to prepared tables")
    base = extend.add_mutually_exclusive_group(required=True)
    base.add_argument("--tables", type=Path, metavar="DIR", help="--out of prepare or extend")
    base.add_argument("--dataset", metavar="ID", help="a data set of the workspace")
    _add_inputs(extend, or_tables=False, is_needed=False)
    _add_reading(extend)
    extend.add_argument("--out", type=Path, metavar="DIR", help="with --tables: a new folder")


def _add_inputs(
    parser: argparse.ArgumentParser,
    or_table: bool = False,
    is_needed: bool = True,
    or_tables: bool = True,
) -> None:
    needed = parser.add_mutually_exclusive_group(required=is_needed)
    if or_tables:
        needed.add_argument(
            "--tables", type=Path, metavar="DIR", help="in place of files: --out of prepare"
        )
    needed.add_argument(
        "--orders",
        nargs="+",
        type=_source,
        default=[],
        metavar="FILE",
        help="or a table of a database: db:CONNECTION/schema.table",
    )
    if or_table:
        needed.add_argument(
            "--table",
            type=Path,
            metavar="FILE",
            help="in place of orders: one row per customer with a column to learn",
        )
        parser.add_argument("--target", metavar="COL", help="the column of --table to learn")
        parser.add_argument(
            "--features", type=_names, metavar="A,B,C", help="the columns to learn from"
        )
    for kind in ("events", "reviews", "customers"):
        parser.add_argument(f"--{kind}", nargs="+", type=_source, default=[], metavar="FILE")


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--map",
        type=_mapping,
        default={},
        metavar="FIELD=COLUMN,…",
        help="customer_id=COL,order_time=COL,amount=COL: overrides what was detected",
    )
    parser.add_argument(
        "--since", type=_day, metavar="DATE", help="of tables of a database: rows from this day on"
    )
    parser.add_argument("--no-header", action="store_true", help="the first row is data")
    parser.add_argument("--columns", type=_names, default=None, metavar="A,B,C")
    parser.add_argument(
        "--part", "--sheet", metavar="NAME", help="sheet of a workbook, or file of an archive"
    )
    parser.add_argument(
        "--lead-lines",
        type=_count,
        metavar="N",
        help="lines before the header (before the first row where there is none)",
    )
    parser.add_argument(
        "--cleaning",
        type=Path,
        metavar="FILE",
        help="JSON, what becomes of doubtful rows; the flags below go before it",
    )
    parser.add_argument("--currency", default="", metavar="CODE", help="for example EUR")
    parser.add_argument(
        "--date-order",
        choices=("day_first", "month_first"),
        default=None,
        help="how 03/04/2024 is meant where no row decides it",
    )


def _add_windows(parser: argparse.ArgumentParser, needed: bool) -> None:
    parser.add_argument("--cutoff", type=_day, required=needed, metavar="DATE")
    parser.add_argument("--horizon-days", type=_whole_number, required=needed, metavar="N")
    parser.add_argument("--model", default=None, metavar="NAME")
    parser.add_argument(
        "--automatic-minutes",
        type=float,
        metavar="N",
        help="the training ends within them; what is left over tries other settings",
    )


def _add_search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="NAME", help="boosted_trees, network, …")
    parser.add_argument("--method", choices=get_args(SearchMethod))
    parser.add_argument("--minutes", type=float, metavar="N", help="nothing begins that is longer")
    parser.add_argument("--trials", type=_whole_number, metavar="N", help="at most")
    parser.add_argument("--windows", type=_whole_number, metavar="N", help="to score on, at most")
    parser.add_argument(
        "--searched", type=_names, metavar="A,B,C", help="settings of the model; all by default"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the search in --out")


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", required=True, metavar="ID_OR_DIR")
    parser.add_argument("--format", default="csv", choices=list(TARGETS))
    parser.add_argument("--tier", action="append", default=[], metavar="NAME")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--consented-only", action="store_true")
    parser.add_argument(
        "--control-share",
        type=float,
        default=DEFAULT_SHARE,
        metavar="SHARE",
        help="kept out at random to be compared with, 0 to 0.5; 0.1 by default",
    )
    parser.add_argument("--seed", type=_count, default=DEFAULT_SEED, metavar="N", help="which ones")
    parser.add_argument("--controls-out", type=Path, metavar="FILE", help="their ids, apart")
    parser.add_argument(
        "--leave-controls-out", action="store_true", help="of a file that could mark them"
    )
    parser.add_argument("--spare-earlier-controls", action="store_true")
    parser.add_argument(
        "--hash",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="SHA-256; as the platform advises by default",
    )
    parser.add_argument(
        "--default-country",
        default="",
        metavar="CODE",
        help="two letters, where a customer has none",
    )
    parser.add_argument("--value", choices=get_args(ValueColumn), default="predicted")
    parser.add_argument(
        "--suppress", type=Path, metavar="FILE", help="ids, e-mails, phones never to be listed"
    )


def _whole_number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be below 0")
    return number


def _source(text: str) -> Path | DatabaseTable:
    if not text.startswith(_IN_DATABASE):
        return Path(text)
    connection, _, table = text.removeprefix(_IN_DATABASE).partition("/")
    if not connection or not table:
        raise argparse.ArgumentTypeError("write it as db:CONNECTION/schema.table")
    return DatabaseTable(connection, table)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write the day as 2026-10-31") from None


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _mapping(text: str) -> dict[str, str]:
    pairs = dict(part.partition("=")[::2] for part in text.split(","))
    if not all(pairs.values()):
        raise argparse.ArgumentTypeError("write it as customer_id=COL,order_time=COL,amount=COL")
    return {field.strip(): column.strip() for field, column in pairs.items()}
