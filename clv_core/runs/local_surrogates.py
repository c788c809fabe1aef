"""A saved model asked again about one customer of its run, by a local linear model."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from clv_core.errors import InvalidSetting
from clv_core.explain.attribution import list_features_read
from clv_core.explain.local_surrogate import LocalSurrogate, fit_local_surrogate
from clv_core.features.snapshots import Snapshot
from clv_core.features.windows import WindowPlan
from clv_core.models.registry import load_forecaster
from clv_core.runs.folder import RunFolder
from clv_core.runs.reading import FEATURES_FILE, draw_rows
from clv_core.sentences import Sentence

MOST_READ: Final = 50_000  # customers whose values may be taken; 4,000 are


def explain_locally(run: RunFolder, customer_key: int) -> LocalSurrogate:
    """Fit a local linear model to a run's model near one of its customers.

    Loads no deep-learning library: networks are scored in numpy. Of a large run the people
    that the customer is compared with are ``MOST_READ`` of all, drawn by the run's seed.

    Raises
    ------
    InvalidSetting
        When the model reads months, which a run does not keep, or nothing at all.
    KeyError
        When the customer is not in the run.
    """
    manifest = run.manifest()
    forecaster = load_forecaster(manifest["model"], run.folder / "model")
    seed, plan = int(manifest["settings"]["seed"]), run.plan()
    features = draw_rows(run.folder / FEATURES_FILE, MOST_READ, seed, customer_key)
    snapshot = Snapshot(
        cutoff=plan.forecast_cutoff if isinstance(plan, WindowPlan) else None,
        horizon_days=plan.horizon_days if isinstance(plan, WindowPlan) else 0,
        features=features,
        spend_sequence=np.zeros((len(features), 0), dtype=np.float32),
    )
    read = list_features_read(forecaster, snapshot)
    _refuse_others(read, features)
    return fit_local_surrogate(forecaster, snapshot, customer_key, read, seed)


def _refuse_others(read: list[str], features: pd.DataFrame) -> None:
    remedy = Sentence("Look at the contributions above; they hold for every model.")
    if not read:
        raise InvalidSetting(
            Sentence("This model tells all customers the same, so it has no reasons."), remedy
        )
    if set(read) - set(features.columns):
        raise InvalidSetting(
            Sentence(
                "This model reads what customers did month by month, which a result does not"
                " keep: no local model can be fitted to it."
            ),
            remedy,
        )
