"""What the verb ``recommend`` of the command line does."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pandas as pd

from clv_core.activation.demand_history import NOT_GIVEN
from clv_core.activation.product_words import tell_choice, tell_demand, tell_repeats
from clv_core.activation.spreadsheets import export_csv
from clv_core.call_inputs import find_run, published, tables_of_run
from clv_core.cleaning.tables import Tables
from clv_core.runs.folder import RunFolder
from clv_core.runs.product_advice import advise_on_products
from clv_core.runs.product_folder import ProductAdvice, ProductFolder
from clv_core.runs.proof import check_same_data

MARKED: Final = ("value", "low", "high")


def recommend(options: argparse.Namespace) -> dict[str, Any]:
    """Find out about products for a run; everybody's list and the demand go into a folder."""
    run = find_run(options.run)
    with tables_of_run(options, run) as tables, TemporaryDirectory(prefix="perennial-") as scratch:
        if run.shape() == "log":
            check_same_data(run, tables)
        kept = ProductFolder(Path(scratch))
        advice = advise_on_products(run, tables, kept)
        with published(options.out) as folder:
            _write(folder, run, tables, advice, kept)
    told = _tell(advice)
    if not options.json:
        print("\n".join(told["account"]))
    return {"out": str(options.out), **told}


def _write(
    folder: Path, run: RunFolder, tables: Tables, advice: ProductAdvice, kept: ProductFolder
) -> None:
    products = _read(tables, "products").set_index("product_key")
    ids = _read(tables, "customers").set_index("customer_key")["customer_id"]
    lists = kept.recommended().join(products, on="product_key")
    lists.insert(0, "customer_id", lists.pop("customer_key").map(ids))
    _write_table(folder / "recommended.csv", lists.drop(columns="product_key"))
    demand = advice.demand.rename(index={NOT_GIVEN: None}).reset_index()
    _write_table(folder / "demand.csv", demand)
    by_product = products[["product_id", "product_name"]].join(advice.products, how="right")
    _write_table(folder / "demand_by_product.csv", by_product)


def _write_table(file: Path, table: pd.DataFrame) -> None:
    """Write names that a shop typed so that no spreadsheet runs one of them."""
    file.write_bytes(export_csv(table))


def _read(tables: Tables, name: str) -> pd.DataFrame:
    frame: pd.DataFrame = tables.scan(name).collect("pyarrow").to_pandas()
    return frame


def _tell(advice: ProductAdvice) -> dict[str, Any]:
    account = [*tell_choice(advice.method, advice.validation, advice.holdout)]
    if advice.holdout is not None:
        account.append(tell_repeats(advice.method, advice.holdout))
    tested = advice.demand_test
    if tested is not None:
        account += tell_demand(tested)
    lead = None if advice.holdout is None else advice.holdout.lead_of(advice.method)
    return {
        "method": advice.method,
        "lead_over_bestsellers": None if lead is None else dict(zip(MARKED, lead, strict=True)),
        "demand_error": None
        if tested is None
        else {guess: tested.error(guess, "money") for guess in tested.guesses},
        "account": [str(sentence) for sentence in account],
    }
