"""Small value tables whose truth is known, written as cleaning writes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from clv_core.cleaning.report import FileQuality, QualityReport, ValueFacts, empty_months
from clv_core.cleaning.value_table import ValueFeature, ValueTable
from clv_core.features.snapshots import Snapshot
from clv_core.models.forecaster import TrainingData
from clv_core.sentences import Sentence

CLASSES = {"Two-Door Car": 0.0, "SUV": 150.0, "Luxury SUV": 400.0}
INCOME_STEP = 120.0  # money per 10,000 of income
VISIT_STEP = -25.0  # money per visit
BASE = 900.0


def simulate_people(customers: int, seed: int, noise: float = 60.0) -> pd.DataFrame:
    """Return features and a value that is a sum of parts, one of them a category's.

    ``frequency`` bears the name of a feature that we compute from orders, but is
    the user's own column; ``Income`` is missing for some.
    """
    random = np.random.default_rng(seed)
    people = pd.DataFrame(
        {
            "Vehicle Class": pd.Categorical(random.choice(list(CLASSES), customers)),
            "Income": random.uniform(10_000, 90_000, customers),
            "frequency": random.integers(0, 12, customers).astype(float),
            "Noise": random.normal(size=customers),
        },
        index=pd.RangeIndex(customers, name="customer_key"),
    )
    value = (
        BASE
        + people["Vehicle Class"].astype(str).map(CLASSES)
        + INCOME_STEP * people["Income"] / 10_000
        + VISIT_STEP * people["frequency"]
        + random.normal(0, noise, customers)
    )
    people.loc[random.random(customers) < 0.05, "Income"] = np.nan
    return people.assign(value=value)


def simulate_steps(customers: int, seed: int) -> pd.DataFrame:
    """Return a value that no sum of parts tells: high only where two conditions meet."""
    random = np.random.default_rng(seed)
    people = pd.DataFrame(
        {
            "Policies": random.integers(1, 9, customers).astype(float),
            "Premium": random.uniform(50, 200, customers),
            "State": pd.Categorical(random.choice(["East", "West"], customers)),
        },
        index=pd.RangeIndex(customers, name="customer_key"),
    )
    factor = np.where(people["Policies"] == 2, 60.0, 10.0)
    return people.assign(value=factor * people["Premium"] * random.lognormal(0, 0.1, customers))


def simulate_nothing(customers: int, seed: int) -> pd.DataFrame:
    """Return features that say nothing of the value."""
    random = np.random.default_rng(seed)
    index = pd.RangeIndex(customers, name="customer_key")
    people = pd.DataFrame(random.normal(size=(customers, 4)), index, ["a", "b", "c", "d"])
    return people.assign(value=random.uniform(2000, 6500, customers))


def as_training(people: pd.DataFrame) -> TrainingData:
    """Return simulated people as models are given them."""
    features = people.drop(columns="value")
    rows = Snapshot(
        cutoff=None,
        horizon_days=0,
        features=features,
        spend_sequence=np.zeros((len(features), 0), np.float32),
        future_spend=people["value"].rename("future_spend"),
    )
    return TrainingData(history=rows, labelled=(rows,))


def write_value_table(
    people: pd.DataFrame, folder: Path, leaks: tuple[str, ...] = ()
) -> tuple[ValueTable, QualityReport]:
    """Write simulated people as a cleaned table; those with a NaN value are blank."""
    names = [name for name in people.columns if name != "value"]
    profiles = people[names].set_axis([f"x{number}" for number in range(len(names))], axis=1)
    profiles.insert(0, "target_value", people["value"])
    texts = profiles.select_dtypes("category").columns
    profiles.astype(dict.fromkeys(texts, "str")).reset_index().to_parquet(
        folder / "profiles.parquet", index=False
    )
    ids = [f"K{key:05d}" for key in people.index]
    contacts = pd.DataFrame({"customer_key": people.index, "customer_id": ids})
    contacts.assign(
        email=[f"{one}@example.org" for one in ids],
        phone=None,
        customer_name=None,
        country=None,
        consent=None,
    ).to_parquet(folder / "customers.parquet", index=False)
    known = people["value"].dropna()
    table = ValueTable(
        folder=folder,
        target_name="CLV",
        features=tuple(
            ValueFeature(
                name,
                f"x{number}",
                "category" if isinstance(people[name].dtype, pd.CategoricalDtype) else "number",
            )
            for number, name in enumerate(names)
        ),
        customer_count=len(people),
        known_count=len(known),
        missing_values="median",
        dropped={},
        leaks={name: Sentence("It is a copy of the value. Leave it out.") for name in leaks},
    )
    table.write_facts()
    facts = ValueFacts(
        len(people), len(known), len(people) - len(known), float(known.sum()), float(known.mean())
    )
    file = FileQuality("people.csv", "value_table", None, len(people), len(people))
    return table, QualityReport((file,), facts, empty_months())
