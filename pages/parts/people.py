"""The shop's ids and contact fields, read where they are shown and never cached."""

from __future__ import annotations

import pandas as pd

from pages.parts import cached


def read_customers(run_id: str) -> pd.DataFrame:
    """Return ``columns.CUSTOMERS`` of the data set a result was made from."""
    dataset = cached.dataset_of_run(run_id)
    is_log = cached.shape_of_dataset(dataset) == "log"
    tables = cached.tables(dataset) if is_log else cached.value_table(dataset)
    return pd.DataFrame(tables.scan("customers").collect("pandas").to_native())


def knows_consent(customers: pd.DataFrame) -> bool:
    """Say whether the files told of any customer's consent."""
    return bool(customers["consent"].notna().any())
