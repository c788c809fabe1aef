"""Order lines of a shop of any size: their layout and order, and what cleaning makes of them."""

import json
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from clv_core.cli import main
from clv_core.errors import InvalidSetting
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.confined import understand_confined
from clv_core.pipeline import prepare_tables
from clv_core.samples import order_lines, write_order_lines
from tests.benchmarks.scale_shop import write_tables

SAMPLE_ORDERS = Path(__file__).parents[2] / "sample_data" / "orders.csv"
SHAPES = {
    "order_id": r"FF-\d{6,}(-R1)?",
    "order_time": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
    "customer_id": r"(C\d{6,})?",
    "quantity": r"-?[1-9]\d*",
    "unit_price": r"\d+\.\d\d",
    "amount": r"-?\d+\.\d\d",
    "currency": "USD",
}
PRODUCT = ["product_id", "product_name", "category", "unit_price"]


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    """And another seed other ones; the file has as many lines as were asked for."""
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_order_lines(tmp_path / name, 5_000, seed)
    first, again, other = ((tmp_path / name).read_bytes() for name in "abc")
    assert first == again != other
    assert first.count(b"\n") == 1 + 5_000


@pytest.mark.parametrize("lines", [1, 2, 50, 999])
def test_a_file_of_any_length_can_be_had(tmp_path, lines):
    """The last batch is cut where there are enough lines."""
    write_order_lines(tmp_path / "orders.csv", lines)
    assert len(pd.read_csv(tmp_path / "orders.csv")) == lines


@pytest.mark.parametrize(("lines", "seed"), [(0, 7), (10, -1)])
def test_impossible_numbers_are_refused(tmp_path, lines, seed):
    """Before anything is written."""
    with pytest.raises(InvalidSetting):
        write_order_lines(tmp_path / "orders.csv", lines, seed)
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """A file of several batches and spans, as text."""
    path = tmp_path_factory.mktemp("lines") / "orders.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(order_lines, "_CUSTOMERS_PER_BATCH", 400)
        patch.setattr(order_lines, "_LINES_PER_SPAN", 1_500)
        write_order_lines(path, 20_000)
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def test_the_layout_is_that_of_the_sample(rows):
    """The same header, cells of the same shape, and the same catalogue."""
    sample = pd.read_csv(SAMPLE_ORDERS, dtype="str", keep_default_na=False)
    assert list(rows) == list(sample)
    for column, shape in SHAPES.items():
        for frame in (rows, sample):
            assert frame[column].str.fullmatch(shape).all(), column
    catalogue = set(map(tuple, sample[PRODUCT].drop_duplicates().to_numpy()))
    assert set(map(tuple, rows[PRODUCT].drop_duplicates().to_numpy())) == catalogue


def test_the_shop_is_the_samples(rows):
    """Repeated lines, guests, refunds and baskets are as frequent as in the sample file."""
    sample = pd.read_csv(SAMPLE_ORDERS, dtype="str", keep_default_na=False)
    for share in (
        lambda frame: frame.duplicated().mean(),
        lambda frame: (frame["customer_id"] == "").mean(),
        lambda frame: frame["order_id"].str.endswith("-R1").mean(),
        lambda frame: frame["order_id"].nunique() / len(frame),
    ):
        assert share(rows) == pytest.approx(share(sample), rel=0.2)


def test_rows_are_in_order_of_time_over_all_batches(rows):
    """As a shop's own export is; no batch takes another one's order numbers or customers."""
    assert rows["order_time"].is_monotonic_increasing
    orders = rows[rows["customer_id"] != ""].groupby("order_id")
    assert (orders["customer_id"].nunique() == 1).all()
    assert (orders["order_time"].nunique() == 1).all()
    assert rows["customer_id"].nunique() > 4 * 400


def test_every_refund_gives_back_a_line_that_was_sold(rows):
    """By the order's number, at an earlier time, for the same money."""
    back = rows[rows["order_id"].str.endswith("-R1")].drop_duplicates()
    back = back.assign(order_id=back["order_id"].str.removesuffix("-R1"))
    sold = rows.drop_duplicates().merge(back, on=["order_id", "customer_id", "product_id"])
    assert len(sold) == len(back)
    assert (sold["amount_y"] == "-" + sold["amount_x"]).all()
    assert (sold["order_time_x"] < sold["order_time_y"]).all()


def test_the_tables_for_benchmarks_are_what_cleaning_makes_of_the_file(tmp_path):
    """Row for row; a seed in which a refund meets a purchase of the same goods that day."""
    lines, seed = 50_000, 11
    path, cleaned, made = (tmp_path / name for name in ("orders.csv", "cleaned", "made"))
    write_order_lines(path, lines, seed)
    cleaned.mkdir()
    read, quality = prepare_tables(understand_confined([(path, path.name, FileChoice())]), cleaned)
    told = write_tables(made, lines, seed)
    assert {"repeated_line", "reversed_pair"} <= {case.code for case in quality.files[0].rejected}
    assert (told.first_day, told.last_day, told.customer_count, told.order_count) == (
        (read.first_day, read.last_day, read.customer_count, read.order_count)
    )
    for name in ("orders", "lines", "products", "customers"):
        both = [duckdb.read_parquet(f"{folder}/{name}.parquet").df() for folder in (cleaned, made)]
        pd.testing.assert_frame_equal(*both, check_dtype=True)


def test_the_command_writes_orders_alone(tmp_path, capsys):
    """``--lines`` and ``--customers`` exclude each other."""
    assert main(["sample", "--lines", "300", "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == ["orders.csv"]
    assert len(pd.read_csv(tmp_path / "orders.csv")) == 300
    with pytest.raises(SystemExit):
        main(["sample", "--lines", "3", "--customers", "3", "--out", str(tmp_path)])
