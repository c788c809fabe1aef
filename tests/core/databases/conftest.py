"""A database with a reader in it, whose password has to be written with care."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.csv as arrow_csv
import pytest

from tests.postgres_server import PostgresServer

PASSWORD = "s3cr:t@/ %Ü"  # noqa: S105 (of a server that ends with the tests)
TYPES = {
    "order_time": "timestamp",
    "quantity": "integer",
    "unit_price": "numeric(10,2)",
    "amount": "numeric(10,2)",
}


@pytest.fixture(scope="session")
def server(postgres: PostgresServer) -> PostgresServer:
    """Return the server with a user who may read what is granted to everybody."""
    postgres.execute(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
    return postgres


@pytest.fixture
def shop(server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Set the connection ``shop`` up in a file, and return its name."""
    write_connection(tmp_path, monkeypatch, server.address("reader", PASSWORD))
    return "shop"


@pytest.fixture(scope="session")
def orders_table(server: PostgresServer, small_shop: Path) -> str:
    """Load the small shop's orders with the types that a shop's database has."""
    rows = arrow_csv.read_csv(
        small_shop / "orders.csv",
        convert_options=arrow_csv.ConvertOptions(
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            column_types=dict.fromkeys(_columns(small_shop / "orders.csv"), "string"),
        ),
    )
    server.load("public.orders", rows, TYPES)
    return "public.orders"


def write_connection(
    folder: Path, monkeypatch: pytest.MonkeyPatch, address: str, more: str = ""
) -> Path:
    """Write a file with one connection and say where it is."""
    path = folder / "connections.toml"
    path.touch(mode=0o600)
    path.write_text(
        f'[shop]\nkind = "postgresql"\naddress = {json.dumps(address)}\n{more}', "utf-8"
    )
    monkeypatch.setenv("PERENNIAL_CONNECTIONS", str(path))
    return path


def _columns(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as file:
        return file.readline().strip().split(",")
