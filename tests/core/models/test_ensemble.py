"""The mean of the families: what is averaged, what is left out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import NothingStored, TooFewCustomers
from clv_core.model_settings import BoostedSettings
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.forecaster import TrainingData
from clv_core.models.registry import build_ensemble, load_forecaster
from clv_core.models.statistical import ParetoNbdForecaster
from tests.simulated import simulate_training

QUICK = BoostedSettings(trees=30, learning_rate=0.1)


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Return a small shop's training data."""
    return simulate_training(customers=300)[0]


@pytest.fixture(scope="module")
def ensemble(data: TrainingData) -> MeanForecaster:
    """Return an ensemble of two quick members, fitted."""
    return MeanForecaster([ParetoNbdForecaster(), BoostedForecaster(QUICK)]).fit(data)


def test_averages_spend_and_chances(data: TrainingData, ensemble: MeanForecaster) -> None:
    """Spend is a geometric mean, chance a plain one; orders come from the one that gives them."""
    statistical, trees = (member.predict(data.history) for member in ensemble.members_)
    mean = ensemble.predict(data.history)
    least = 1e-3 * (statistical.spend + trees.spend) / 2
    product = np.maximum(statistical.spend, least) * np.maximum(trees.spend, least)
    np.testing.assert_allclose(mean.spend, np.sqrt(product))
    assert statistical.p_buy is not None
    assert trees.p_buy is not None
    assert mean.p_buy is not None
    np.testing.assert_allclose(mean.p_buy, (statistical.p_buy + trees.p_buy) / 2)
    assert trees.orders is None
    assert mean.orders is not None
    assert statistical.orders is not None
    np.testing.assert_allclose(mean.orders, statistical.orders)


def test_leaves_out_members_that_refuse(data: TrainingData) -> None:
    """Without closed windows the trees are left out, with their own reason."""
    unlabelled = TrainingData(history=data.history, labelled=())
    fitted = MeanForecaster([ParetoNbdForecaster(), BoostedForecaster(QUICK)]).fit(unlabelled)
    assert [member.name for member in fitted.members_] == ["pareto_nbd"]
    assert "already known" in str(fitted.left_out_["boosted_trees"])
    alone = ParetoNbdForecaster().fit(unlabelled).predict(data.history).spend
    pd.testing.assert_series_equal(fitted.predict(data.history).spend, alone)


def test_refuses_when_every_member_does(data: TrainingData) -> None:
    """With nobody to learn from the ensemble names each member's reason."""
    nobody = replace(data.history, features=data.history.features.iloc[:2])
    ensemble = MeanForecaster([ParetoNbdForecaster(), BoostedForecaster(QUICK)])
    with pytest.raises(TooFewCustomers) as refusal:
        ensemble.fit(TrainingData(history=nobody, labelled=()))
    assert len(refusal.value.cases) == 2


def test_fitted_members_are_averaged_as_they_are(ensemble: MeanForecaster) -> None:
    """The registry's ensemble takes those members that it knows and that were fitted."""
    statistical, trees = ensemble.members_
    built = build_ensemble(
        {"boosted_trees": trees, "pareto_nbd": statistical, "bg_nbd": trees}, 1000
    )
    assert built is not None
    assert built.members_ == (statistical, trees)
    assert build_ensemble({"pareto_nbd": statistical}, 1000) is None


def test_remembers_who_was_left_out(data: TrainingData, tmp_path: Path) -> None:
    """Members and reasons come back from the folder."""
    unlabelled = TrainingData(history=data.history, labelled=())
    fitted = MeanForecaster([ParetoNbdForecaster(), BoostedForecaster(QUICK)]).fit(unlabelled)
    fitted.save(tmp_path)
    loaded = MeanForecaster.load(tmp_path)
    assert loaded.left_out_ == fitted.left_out_
    assert [member.name for member in loaded.members_] == ["pareto_nbd"]


def test_few_buyers_lean_on_pareto(data: TrainingData, ensemble: MeanForecaster) -> None:
    """With 200 buyers trees have 0.3 of the weight, in logs of spend and in chances."""
    built = build_ensemble({member.name: member for member in ensemble.members_}, 200)
    assert built is not None
    statistical, trees = (member.predict(data.history) for member in built.members_)
    least = 1e-3 * (statistical.spend + trees.spend) / 2
    weighed = np.maximum(statistical.spend, least) ** 0.7 * np.maximum(trees.spend, least) ** 0.3
    told = built.predict(data.history)
    np.testing.assert_allclose(told.spend, weighed)
    assert told.p_buy is not None
    assert statistical.p_buy is not None
    assert trees.p_buy is not None
    np.testing.assert_allclose(told.p_buy, 0.7 * statistical.p_buy + 0.3 * trees.p_buy)


def test_a_stack_keeps_the_total_and_is_remembered(
    data: TrainingData, ensemble: MeanForecaster, tmp_path: Path
) -> None:
    """Other weights of the logs, the same total and chances; from the folder as well."""
    stacked = ensemble.stacked({"pareto_nbd": 0.9, "boosted_trees": 0.3}, data.history)
    even, told = ensemble.predict(data.history), stacked.predict(data.history)
    assert told.spend.sum() == pytest.approx(even.spend.sum())
    assert not np.allclose(told.spend, even.spend)
    pd.testing.assert_series_equal(told.p_buy, even.p_buy)
    statistical, trees = (member.predict(data.history).spend for member in ensemble.members_)
    least = 1e-3 * (statistical + trees) / 2
    powers = np.maximum(statistical, least) ** 0.9 * np.maximum(trees, least) ** 0.3
    np.testing.assert_allclose(told.spend / powers, (told.spend / powers).iloc[0])
    stacked.save(tmp_path)
    again = MeanForecaster.load(tmp_path).predict(data.history).spend
    np.testing.assert_allclose(again, told.spend)


@pytest.mark.parametrize("weights", [None, {"boosted_trees": 0.25, "pareto_nbd": 0.75}])
def test_ensembles_of_earlier_versions_open(
    data: TrainingData, ensemble: MeanForecaster, tmp_path: Path, weights: dict[str, float] | None
) -> None:
    """Without weights members count alike; weights by name are those of spend and chances."""
    ensemble.save(tmp_path)
    state = json.loads((tmp_path / "ensemble.json").read_text("utf-8"))
    del state["weights"], state["stack"]
    if weights is not None:
        state["weights"] = weights
    (tmp_path / "ensemble.json").write_text(json.dumps(state), "utf-8")
    loaded = MeanForecaster.load(tmp_path)
    expected = {"pareto_nbd": 0.5, "boosted_trees": 0.5} if weights is None else weights
    assert [expected[one.name] for one in loaded.members_] == list(loaded.weights_)
    assert (loaded.predict(data.history).spend > 0).all()


def test_unknown_members_weights_change_nothing(
    data: TrainingData, ensemble: MeanForecaster
) -> None:
    """Weights learnt with a member that is missing now say nothing of the others."""
    assert ensemble.stacked({"pareto_nbd": 1.0}, data.history) is ensemble


def test_unknown_model_is_refused(tmp_path: Path) -> None:
    """A name that is no family's is answered with those that are."""
    with pytest.raises(NothingStored, match="boosted_trees"):
        load_forecaster("crystal_ball", tmp_path)
