"""Lines and orders that are in the files more than once count once."""

from __future__ import annotations

from tests.core.cleaning.uploads import clean_uploads, sell, write_upload


def test_repeated_lines_count_once_within_and_across_files(tmp_path):
    """Equal lines without order number: the first one, of the first file, stays."""
    first = write_upload(tmp_path, [sell(), sell(), sell("8")])
    second = write_upload(tmp_path, [sell("8"), sell("9")])
    cleaned = clean_uploads(tmp_path, first, second)
    assert [quality.rows_kept for quality in cleaned.report.files] == [2, 1]
    assert cleaned.report.facts.revenue == 30.0
    assert cleaned.file.rejected[0].amount == 10.0


def test_repeated_lines_can_be_kept(tmp_path):
    """Where two equal lines are two purchases, the user says so."""
    file = write_upload(tmp_path, [sell(), sell()])
    cleaned = clean_uploads(tmp_path, file, repeated_lines="keep")
    assert (cleaned.rejected, cleaned.report.facts.revenue) == ({}, 20.0)


def test_of_an_order_in_two_files_the_later_file_stays(tmp_path):
    """The second export knows that a piece was added and a price corrected."""
    march = write_upload(
        tmp_path,
        [
            sell(amount="10", order_id="A", product_id="tea"),
            sell(amount="5", order_id="A", product_id="jam"),
            sell(amount="7", order_id="B", product_id="tea"),
        ],
    )
    april = write_upload(
        tmp_path,
        [
            sell(amount="10", order_id="A", product_id="tea"),
            sell(amount="4", order_id="A", product_id="jam"),
            sell(amount="1", order_id="A", product_id="bag"),
        ],
    )
    cleaned = clean_uploads(tmp_path, march, april)
    assert [quality.rows_kept for quality in cleaned.report.files] == [1, 3]
    assert cleaned.rejected == {"repeated_order": 2}
    assert cleaned.file.rejected[0].amount == 15.0
    assert cleaned.open("orders")["amount"].tolist() == [15.0, 7.0]
    kept = clean_uploads(tmp_path, march, april, repeated_orders="keep")
    assert kept.report.files[1].rejected[0].code == "repeated_line"
    assert kept.report.facts.revenue == 10 + 5 + 7 + 4 + 1


def test_an_order_spread_over_two_files_is_no_duplicate(tmp_path):
    """Lines booked on two days are parts of one order number, not copies of each other."""
    january = write_upload(tmp_path, [sell("7", "2024-01-31 23:50", order_id="A")])
    february = write_upload(tmp_path, [sell("7", "2024-02-01 00:10", order_id="A")])
    cleaned = clean_uploads(tmp_path, january, february)
    assert cleaned.report.facts.revenue == 20.0


def test_one_order_number_of_two_customers_is_no_duplicate(tmp_path):
    """Two shops' exports may number alike."""
    first = write_upload(tmp_path, [sell("7", order_id="1")])
    second = write_upload(tmp_path, [sell("8", order_id="1")])
    assert clean_uploads(tmp_path, first, second).report.facts.orders == 2


def test_three_monthly_exports_that_overlap_count_each_order_once(tmp_path):
    """Each export also holds the last order of the month before."""
    orders = [sell(str(n % 2), f"2024-0{n + 1}-28", "10", order_id=str(n)) for n in range(4)]
    files = [write_upload(tmp_path, orders[n : n + 2]) for n in range(3)]
    cleaned = clean_uploads(tmp_path, *files)
    assert [quality.rows_kept for quality in cleaned.report.files] == [1, 1, 2]
    assert cleaned.report.facts.revenue == 40.0
