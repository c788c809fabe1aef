"""What was found out about products for a run, on disk beside it."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow.parquet as pq

from clv_core.activation.demand_test import DemandTest
from clv_core.activation.recommendations import RecommendationTest
from clv_core.activation.recommenders import Method
from clv_core.errors import NothingStored
from clv_core.sentences import Sentence
from clv_core.storage.atomic import write_bytes, write_text

__all__ = ["ProductAdvice", "ProductFolder"]

FOLDER: Final = "recommendations"
ADVICE_FILE: Final = "advice.json"  # written last: where it is, the rest is whole
RECOMMENDED_FILE: Final = "recommended.parquet"
SHARES_FILE: Final = "shares.parquet"
BLOCK_ROWS: Final = 1_000_000


@dataclass(frozen=True)
class ProductAdvice:
    """What was found out about products, but for the tables with a row per customer.

    Attributes
    ----------
    method : Method
        The way of recommending in use (``recommenders.METHODS``).
    validation, holdout : RecommendationTest or None
        The windows that chose it and that it was reported on; None where nobody could
        be marked.
    has_categories : bool
        Whether any product has a category.
    demand : DataFrame, index category
        As from ``demand.bound_demand``, with ``last_period_money``, ``last_period_pieces``,
        ``last_year_money``, ``last_year_pieces`` as far as data reach back; without rows
        where nothing was sold.
    products : DataFrame, index ``product_key``
        As from ``demand.expect_products``.
    demand_test : DemandTest or None
        None where the held-out window was not over, or nothing was sold in it.
    newcomers_miss : float or None
        As from ``demand.measure_newcomers``.
    """

    method: Method
    validation: RecommendationTest | None
    holdout: RecommendationTest | None
    has_categories: bool
    demand: pd.DataFrame
    products: pd.DataFrame
    demand_test: DemandTest | None
    newcomers_miss: float | None

    def to_json(self) -> str:
        """Return the advice as JSON text."""
        tests = {"validation": self.validation, "holdout": self.holdout}
        stored = {
            "method": self.method,
            **{name: None if test is None else _pack(test) for name, test in tests.items()},
            "has_categories": self.has_categories,
            "demand": self.demand.reset_index().to_dict("split"),
            "products": self.products.reset_index().to_dict("split"),
            "demand_test": None if self.demand_test is None else _pack(self.demand_test),
            "newcomers_miss": self.newcomers_miss,
        }
        return json.dumps(stored, default=_plain)

    @classmethod
    def from_json(cls, text: str) -> ProductAdvice:
        """Rebuild what :meth:`to_json` wrote."""
        stored = json.loads(text)
        for name in ("validation", "holdout"):
            if stored[name] is not None:
                facts = _unpack(stored[name])
                facts |= {part: _frame(facts[part]) for part in ("marks", "leads")}
                stored[name] = RecommendationTest(**facts)
        if stored["demand_test"] is not None:
            facts = _unpack(stored["demand_test"])
            facts["by_category"] = _frame(facts["by_category"]).set_index("category")
            stored["demand_test"] = DemandTest(**facts)
        stored["demand"] = _frame(stored["demand"]).set_index("category")
        stored["products"] = _frame(stored["products"]).set_index("product_key")
        return cls(**stored)


@dataclass(frozen=True)
class ProductFolder:
    """Where the advice of a run is kept; the run's own files stay as they are.

    Attributes
    ----------
    folder : Path
        Of the run.
    """

    folder: Path

    def write(self, advice: ProductAdvice, recommended: pd.DataFrame, shares: pd.DataFrame) -> None:
        """Keep the advice with its rows per customer, in place of any that was there."""
        self._path("").mkdir(parents=True, exist_ok=True)
        self._path(ADVICE_FILE).unlink(missing_ok=True)
        # Ordered by customer, in small groups of rows: one customer is read without the others.
        content = io.BytesIO()
        recommended.to_parquet(content, index=False, row_group_size=20_000)
        write_bytes(self._path(RECOMMENDED_FILE), content.getvalue())
        content = io.BytesIO()
        shares.astype("float32").to_parquet(content)
        write_bytes(self._path(SHARES_FILE), content.getvalue())
        write_text(self._path(ADVICE_FILE), advice.to_json())

    def stamp(self) -> int | None:
        """Return what changes with every advice; None where there is none."""
        file = self._path(ADVICE_FILE)
        return file.stat().st_mtime_ns if file.is_file() else None

    def advice(self) -> ProductAdvice | None:
        """Return the advice; None where there is none.

        Raises
        ------
        NothingStored
            Where the file is damaged, or of a version that wrote another one.
        """
        if self.stamp() is None:
            return None
        try:
            return ProductAdvice.from_json(self._path(ADVICE_FILE).read_text("utf-8"))
        except (ValueError, KeyError, TypeError):
            raise NothingStored(
                Sentence("What was found out about products can no longer be read."),
                Sentence("Work it out anew."),
            ) from None

    def recommended(self) -> pd.DataFrame:
        """Return every customer's list: ``customer_key, place, product_key, is_new``."""
        return pd.read_parquet(self._path(RECOMMENDED_FILE))

    def recommended_blocks(self) -> Iterator[pd.DataFrame]:
        """Yield the same in blocks, without ``is_new``: a million customers have ten million."""
        columns = ["customer_key", "place", "product_key"]
        with pq.ParquetFile(self._path(RECOMMENDED_FILE)) as source:
            for rows in source.iter_batches(BLOCK_ROWS, columns=columns):
                yield rows.to_pandas()

    def recommended_to(self, key: int) -> pd.DataFrame:
        """Return one customer's list, the best first; without rows where there is none."""
        rows = pq.read_table(self._path(RECOMMENDED_FILE), filters=[("customer_key", "=", key)])
        found: pd.DataFrame = rows.to_pandas()
        return found.sort_values("place", ignore_index=True)

    def shares(self, categories: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the share of each category, or of some, in what each customer will spend."""
        columns = None if categories is None else list(categories)
        return pd.read_parquet(self._path(SHARES_FILE), columns=columns)

    def _path(self, name: str) -> Path:
        return self.folder / FOLDER / name


def _pack(test: RecommendationTest | DemandTest) -> dict[str, Any]:
    packed = {}
    for name in test.__dataclass_fields__:
        value = getattr(test, name)
        if isinstance(value, pd.DataFrame):
            is_named = value.index.name is not None
            value = (value.reset_index() if is_named else value).to_dict("split")
        packed[name] = value
    return packed


def _unpack(stored: dict[str, Any]) -> dict[str, Any]:
    return {**stored, "cutoff": dt.date.fromisoformat(stored["cutoff"])}


def _frame(stored: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(stored["data"], columns=stored["columns"])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value.item()
