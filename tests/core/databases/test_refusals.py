"""Whatever goes wrong with a database is one sentence, without a secret, and nothing is kept."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest

from clv_core.databases.connections import find_connection
from clv_core.databases.fetching import fetch
from clv_core.databases.reading import (
    fetch_sample,
    fetch_tables,
    read_sources,
    recognise_sources,
    understand_sources,
)
from clv_core.databases.session import opened
from clv_core.databases.table_reading import write_sample
from clv_core.errors import UserDataError
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.database_table import DatabaseTable
from clv_core.ingest.raw import RawTable
from tests.core.databases.conftest import PASSWORD, write_connection
from tests.postgres_server import PostgresServer

SLOW = """
CREATE VIEW public.slow AS
SELECT 'c' || n AS customer_id, date '2024-01-01' AS order_time, 1.5 AS amount,
       repeat('x', 500) AS product_name,
       CASE WHEN n > 100000 THEN pg_sleep(0.01) END IS NULL AS flag
FROM generate_series(1, 2000000) n"""


def refusal_of(name: str, folder: Path) -> UserDataError:
    """Return why a table's first rows cannot be had, as their own process would say it."""
    with (
        pytest.raises(UserDataError) as refused,
        opened(find_connection("shop"), 30) as session,
    ):
        write_sample(session, name, folder / "sample.csv")
    for secret in (PASSWORD, "s3cr", "%3A"):
        assert secret not in str(refused.value.to_json())
    return refused.value


def understand(name: str, folder: Path, since: dt.date | None = None) -> RawTable:
    """Say what a table of orders is."""
    table = DatabaseTable("shop", name, since)
    (raw,) = understand_sources([(table, table.title, FileChoice(kind="orders"))], folder)
    return raw


@pytest.fixture(scope="module", autouse=True)
def tables(server: PostgresServer) -> None:
    """Make tables that cannot be read for one reason or another."""
    server.execute(
        "CREATE TABLE public.secret AS SELECT 1 AS customer_id",
        "CREATE SCHEMA closed",
        "CREATE TABLE closed.orders AS SELECT 1 AS customer_id",
        "CREATE TABLE public.nothing (customer_id text, order_time date, amount numeric)",
        "CREATE TABLE public.blobs (customer_id bytea, order_time date, amount numeric)",
        "INSERT INTO public.blobs VALUES ('x', '2024-01-01', 1)",
        "CREATE TABLE public.only_bytes (customer_id bytea)",
        "CREATE TABLE public.words AS"
        " SELECT 'c' AS customer_id, '2024-01-01' AS order_time, 1.5 AS amount",
        "CREATE VIEW public.broken AS SELECT n AS customer_id, date '2024-01-01' AS order_time,"
        " 1 / (90000 - n) AS amount, repeat('x', 300) AS product_name"
        " FROM generate_series(1, 200000) n",
        SLOW,
        "CREATE TABLE public.partly (customer_id text, order_time date, amount numeric, card text)",
        "INSERT INTO public.partly VALUES ('c', '2024-01-01', 1, '4111')",
        "GRANT SELECT (customer_id, order_time, amount) ON public.partly TO PUBLIC",
        "GRANT SELECT ON public.nothing, public.blobs, public.only_bytes, public.words,"
        " public.broken, public.slow TO PUBLIC",
    )


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql://reader:s3cr@127.0.0.1:1/postgres", "cannot be reached"),
        ("postgresql://reader:s3cr@no-such-host.invalid/postgres", "cannot be reached"),
        ("postgresql://reader:s3cr@127.0.0.1:PORT/postgres", "refused the user, the password"),
        ("postgresql://nobody:s3cr@127.0.0.1:PORT/postgres", "refused the user, the password"),
        ("postgresql://reader:s3cr@127.0.0.1:PORT/nowhere", "refused the user, the password"),
        ("postgresql://reader@127.0.0.1:PORT/postgres", "refused the user, the password"),
        ("postgresql://reader:s3cr@127.0.0.1:PORT/postgres?sslmode=require", "does not encrypt"),
        ("postgresql://reader:s3cr@127.0.0.1:xyz/postgres", "address of the connection shop"),
        ("mysql://reader:s3cr@127.0.0.1/postgres", "address of the connection shop"),
        ("postgresql://reader:s3cr@127.0.0.1/postgres?s3cr=1", "address of the connection shop"),
    ],
)
def test_what_does_not_let_us_in_is_told_apart(
    server: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    told: str,
) -> None:
    """Nobody there, a wrong password, no encryption, an address that is none."""
    write_connection(tmp_path, monkeypatch, address.replace("PORT", str(server.port)))
    assert told in str(refusal_of("orders", tmp_path))


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("public.no_such", "no table or view of that name"),
        ("public.words; DROP TABLE public.words", "no table or view of that name"),
        ("public.secret", "no right to read secret"),
        ("closed.orders", "no right to read orders"),
        ("public.nothing", "public.nothing has no rows"),
        ("public.only_bytes", "has no column that can be read"),
    ],
)
def test_what_a_table_lacks_is_told(tmp_path: Path, name: str, told: str) -> None:
    """Not there, no right, no rows, nothing that is text."""
    assert told in str(refusal_of(name, tmp_path))


@pytest.mark.usefixtures("shop")
def test_a_column_of_bytes_is_refused_by_name(tmp_path: Path) -> None:
    """Where the user maps it; otherwise it is simply not offered."""
    choice = FileChoice(kind="orders", mapping={"customer_id": "customer_id"})
    table = DatabaseTable("shop", "public.blobs")
    (answer,) = recognise_sources([(table, table.title, choice)], tmp_path)
    told = "Column customer_id of public.blobs cannot be read: it is of the type bytea"
    assert told in str(answer)


@pytest.mark.usefixtures("shop")
def test_only_columns_that_may_be_read_are_asked_for(tmp_path: Path) -> None:
    """A right to three of four columns is enough for these three."""
    assert understand("public.partly", tmp_path).column_names == (
        "customer_id",
        "order_time",
        "amount",
    )


@pytest.mark.usefixtures("shop")
def test_a_day_cannot_be_compared_with_words(tmp_path: Path) -> None:
    """Where times are text, the database would compare letters."""
    raw = understand("public.words", tmp_path, since=dt.date(2024, 1, 1))
    with pytest.raises(UserDataError, match="cannot be compared with a day: it is of"):
        read_sources([raw], tmp_path)


@pytest.mark.usefixtures("shop")
def test_columns_that_changed_since_are_told(server: PostgresServer, tmp_path: Path) -> None:
    """Between the look and the reading a column got another name."""
    server.execute(
        "CREATE TABLE public.changing AS"
        " SELECT 'c' AS customer_id, date '2024-01-01' AS order_time, 1.5 AS amount",
        "GRANT SELECT ON public.changing TO PUBLIC",
    )
    raw = understand("public.changing", tmp_path)
    server.execute("ALTER TABLE public.changing RENAME COLUMN amount TO total")
    with pytest.raises(UserDataError, match="are not what they were"):
        read_sources([raw], tmp_path)


@pytest.mark.usefixtures("shop")
def test_rows_that_break_off_leave_nothing(tmp_path: Path) -> None:
    """A view that divides by zero after 90,000 rows."""
    raw = understand("public.broken", tmp_path)
    with pytest.raises(UserDataError, match="broke off while it put broken together"):
        read_sources([raw], tmp_path)
    assert not list(tmp_path.glob("*.parquet*"))


@pytest.mark.usefixtures("shop")
def test_a_connection_lost_halfway_leaves_nothing(server: PostgresServer, tmp_path: Path) -> None:
    """The server ends our session while rows are on their way."""
    raw = understand("public.slow", tmp_path)
    begun = threading.Event()

    def end_session() -> None:
        begun.wait(60)
        server.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'"
        )

    killer = threading.Thread(target=end_session)
    killer.start()
    with pytest.raises(UserDataError, match="connection was lost while slow was read"):
        read_sources([raw], tmp_path, lambda _number, share: share and begun.set())
    killer.join()
    assert not list(tmp_path.glob("*.parquet*"))


def test_reading_ends_at_its_limit(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The admin's limit on one table is the server's own."""
    address = server.address("reader", PASSWORD)
    write_connection(tmp_path, monkeypatch, address, "timeout_minutes = 0.02\n")
    raw = understand("public.slow", tmp_path)
    with pytest.raises(UserDataError, match="took longer than 1 seconds"):
        read_sources([raw], tmp_path)
    assert not list(tmp_path.glob("*.parquet*"))


@pytest.mark.usefixtures("shop")
def test_giving_up_ends_the_query_too(server: PostgresServer, tmp_path: Path) -> None:
    """A cancelled job's process is gone, and so is what the server did for it."""
    raw = understand("public.slow", tmp_path)
    task = {"task": "read", "connection": "shop", "raw": raw.to_json()}
    answers = fetch({**task, "out": str(tmp_path / "out.parquet")}, [tmp_path])
    while next(answers) == {"share": 0.0}:
        pass
    answers.close()
    still = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader' AND state = 'active'"
    while server.ask(still) != [(0,)]:  # it notices when it next sends a row
        pass


@pytest.mark.usefixtures("shop")
def test_a_process_that_crashes_is_told(server: PostgresServer, tmp_path: Path) -> None:
    """Whatever a driver does to its process, ours goes on."""
    raw = understand("public.slow", tmp_path)
    task = {"task": "read", "connection": "shop", "raw": raw.to_json(), "out": 7}
    with pytest.raises(RuntimeError):
        list(fetch(task, [tmp_path]))


@pytest.mark.usefixtures("shop")
def test_the_session_cannot_write(server: PostgresServer) -> None:
    """Not even where the user has the right to."""
    server.execute("GRANT CREATE ON SCHEMA public TO reader", "GRANT ALL ON public.words TO reader")
    for statement in ("CREATE TABLE public.mine (a int)", "DELETE FROM public.words"):
        with (
            opened(find_connection("shop"), 30) as session,
            pytest.raises(UserDataError, match="25006"),
        ):
            session._ask(statement, "words")
    assert server.ask("SELECT count(*) FROM public.words") == [(1,)]


def test_a_missing_driver_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The drivers of warehouses are installed by whoever needs them."""
    path = write_connection(tmp_path, monkeypatch, "x")
    path.write_text('[shop]\nkind = "snowflake"\naddress = "user:s3cr@account/db"\n', "utf-8")
    with pytest.raises(UserDataError, match="pip install adbc-driver-snowflake"):
        fetch_tables("shop")


@pytest.mark.usefixtures("shop")
def test_an_unknown_connection_is_told(tmp_path: Path) -> None:
    """With the names of those that there are."""
    with pytest.raises(UserDataError, match="Those set up are: shop"):
        fetch_sample(DatabaseTable("other", "orders"), tmp_path / "sample.csv")
