"""Purchase processes against customers drawn from them, and against themselves."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import hyp2f1, roots_genlaguerre, roots_jacobi

from clv_core.errors import NoRepeatBuyers, TooFewCustomers
from clv_core.models.bg_nbd import BgNbd
from clv_core.models.mbg_nbd import MbgNbd
from clv_core.models.pareto_nbd import ParetoNbd
from clv_core.models.purchase_process import PurchaseHistories, PurchaseProcess, sample_rows
from tests.core.models.purchase_draws import (
    BG_NBD,
    MBG_NBD,
    PARETO_NBD,
    Draw,
    draw_bg_nbd,
    draw_mbg_nbd,
    draw_pareto_nbd,
)

WINDOW_WEEKS = 30.0
PROCESSES = {"bg_nbd": BgNbd, "mbg_nbd": MbgNbd, "pareto_nbd": ParetoNbd}
TRUE_PARAMETERS = {BgNbd: BG_NBD, MbgNbd: MBG_NBD, ParetoNbd: PARETO_NBD}
FAMILIES = pytest.mark.parametrize("name", PROCESSES)
TYPES = pytest.mark.parametrize("family", PROCESSES.values())


@pytest.fixture(scope="module")
def truths() -> dict[str, tuple[PurchaseProcess, Draw]]:
    """Return each model with its true parameters and 100,000 customers drawn from it."""
    draws = {
        "bg_nbd": draw_bg_nbd(100_000, WINDOW_WEEKS, seed=1),
        "mbg_nbd": draw_mbg_nbd(100_000, WINDOW_WEEKS, seed=3),
        "pareto_nbd": draw_pareto_nbd(100_000, WINDOW_WEEKS, seed=2),
    }
    return {name: (with_true_parameters(PROCESSES[name]), draw) for name, draw in draws.items()}


def with_true_parameters(family: type[PurchaseProcess]) -> PurchaseProcess:
    """Return a process with the parameters that customers are drawn with."""
    process = family()
    process.parameters_ = TRUE_PARAMETERS[family]
    return process


def check_by_group(draw: Draw, expected: np.ndarray, happened: np.ndarray) -> None:
    """Hold the means of every group of alike histories to within 4.5 standard errors."""
    histories = draw.histories
    silence = 1 - histories.last_purchase_weeks / histories.tenure_weeks
    groups = pd.DataFrame(
        {
            "count": np.minimum(histories.frequency, 6),
            "silence": pd.cut(silence, [-0.01, 0.1, 0.3, 0.6, 1.0], labels=False),
            "tenure": histories.tenure_weeks > 35,
            "error": happened - expected,
        }
    ).groupby(["count", "silence", "tenure"])["error"]
    table = groups.agg(["mean", "sem", "size"])
    table = table[table["size"] >= 300]
    assert len(table) > 20
    assert (table["mean"].abs() / table["sem"]).max() < 4.5


@FAMILIES
def test_expected_purchases_are_what_drawn_customers_make(
    name: str, truths: dict[str, tuple[PurchaseProcess, Draw]]
) -> None:
    """Within every group of alike histories the expectation is the mean of what came."""
    process, draw = truths[name]
    expected = process.expected_purchases(draw.histories, WINDOW_WEEKS)
    check_by_group(draw, expected, draw.later_purchases)


@FAMILIES
def test_p_purchase_is_the_share_that_buys(
    name: str, truths: dict[str, tuple[PurchaseProcess, Draw]]
) -> None:
    """Within every group of alike histories P(buy) is the share of buyers."""
    process, draw = truths[name]
    expected = process.p_purchase(draw.histories, WINDOW_WEEKS)
    check_by_group(draw, expected, draw.later_purchases > 0)


@FAMILIES
def test_p_alive_is_the_share_that_has_not_left(
    name: str, truths: dict[str, tuple[PurchaseProcess, Draw]]
) -> None:
    """Over all drawn customers P(alive) is calibrated."""
    process, draw = truths[name]
    one_time = draw.histories.frequency == 0
    p_alive = process.p_alive(draw.histories)
    error = (draw.alive - p_alive)[~one_time] if name == "bg_nbd" else draw.alive - p_alive
    assert abs(error.mean()) < 4.5 * error.std() / np.sqrt(len(error))


@FAMILIES
def test_fit_recovers_the_parameters(
    name: str, truths: dict[str, tuple[PurchaseProcess, Draw]]
) -> None:
    """The truth is inside the fit's 99.9 % likelihood region (chi-squared, 4 parameters)."""
    process, _ = truths[name]
    draws = {"bg_nbd": draw_bg_nbd, "mbg_nbd": draw_mbg_nbd, "pareto_nbd": draw_pareto_nbd}
    draw = draws[name]
    histories = draw(6_000, WINDOW_WEEKS, seed=7).histories
    fitted = type(process)().fit(histories)
    assert fitted.converged_
    assert fitted.notes_ == ()
    better_than_truth = fitted.log_likelihood_ - process.log_likelihood(histories).sum()
    assert 0 < 2 * better_than_truth < 18.5
    # Of the pace; those of leaving are known to a third only from 6,000 customers.
    assert fitted.parameters_[:2] == pytest.approx(process.parameters_[:2], rel=0.2)


@FAMILIES
def test_gradient_is_the_slope_of_the_likelihood(
    name: str, truths: dict[str, tuple[PurchaseProcess, Draw]]
) -> None:
    """The analytic gradient equals central differences, for either order of alpha and beta."""
    process, draw = truths[name]
    rows = PurchaseHistories(
        draw.histories.frequency[:500],
        draw.histories.last_purchase_weeks[:500],
        draw.histories.tenure_weeks[:500],
        np.linspace(1, 3, 500),
    )
    for parameters in (process.parameters_, process.parameters_ * [1.5, 0.4, 1.2, 2.0]):
        steps = np.diag(parameters * 1e-5)
        slopes = [
            (value(process, parameters + step, rows) - value(process, parameters - step, rows))
            / (2 * step.sum())
            for step in steps
        ]
        _, gradient = process._log_likelihood_and_gradient(parameters, rows)
        assert gradient == pytest.approx(slopes, rel=1e-5)


def value(process: PurchaseProcess, parameters: np.ndarray, rows: PurchaseHistories) -> float:
    """Return the weighted log-likelihood."""
    return process._log_likelihood_and_gradient(parameters, rows)[0]


def test_bg_nbd_expectation_equals_the_hypergeometric_form() -> None:
    """The sum over purchases equals equation (10) of the paper, and passes through a = 1."""
    x = np.array([0.0, 1.0, 3.0, 12.0])
    tenure = np.array([2.0, 30.0, 8.0, 39.0])
    histories = PurchaseHistories(x, x, tenure, np.ones(4))
    model, weeks = BgNbd(), 39.0
    model.parameters_ = BG_NBD
    r, alpha, a, b = BG_NBD
    z = weeks / (alpha + tenure + weeks)
    series = hyp2f1(r + x, b + x, a + b + x - 1, z)
    published = (a + b + x - 1) / (a - 1) * (1 - (1 - z) ** (r + x) * series)
    assert model.expected_while_alive(histories, weeks) == pytest.approx(published, rel=1e-9)

    around = []
    for near_one in (1 - 1e-6, 1.0, 1 + 1e-6):
        model.parameters_ = np.array([r, alpha, near_one, b])
        around.append(model.expected_while_alive(histories, weeks))
    assert around[1] == pytest.approx((around[0] + around[2]) / 2, rel=1e-9)


def test_pareto_nbd_expectation_passes_through_s_one() -> None:
    """The removable singularity at s = 1 is removed."""
    histories = PurchaseHistories(*(np.array([v]) for v in (3.0, 20.0, 30.0, 1.0)))
    around = []
    for s in (1 - 1e-6, 1.0, 1 + 1e-6):
        model = ParetoNbd()
        model.parameters_ = np.array([0.6, 10.0, s, 12.0])
        around.append(model.expected_while_alive(histories, 30.0))
    # (r + x) (beta + T) / (alpha + T) * log((beta + T + t) / (beta + T))
    assert around[1] == pytest.approx([3.6 * 42 / 40 * np.log(72 / 42)])
    assert around[1] == pytest.approx((around[0] + around[2]) / 2, rel=1e-9)


@FAMILIES
def test_merging_equal_rows_changes_nothing(
    name: str, truths: dict[str, tuple[PurchaseProcess, Draw]]
) -> None:
    """Weights stand for repeated customers exactly."""
    process, _ = truths[name]
    single = PurchaseHistories(
        np.array([0.0, 2.0, 0.0, 2.0, 0.0]),
        np.array([0.0, 5.0, 0.0, 5.0, 0.0]),
        np.array([9.0, 9.0, 9.0, 9.0, 4.0]),
        np.ones(5),
    )
    merged = single.collapse()
    assert merged.weights.tolist() == [1.0, 2.0, 2.0]
    assert merged.tenure_weeks.tolist() == [4.0, 9.0, 9.0]
    assert merged.weights @ process.log_likelihood(merged) == pytest.approx(
        process.log_likelihood(single).sum()
    )


def test_sample_keeps_the_total_and_follows_the_weights() -> None:
    """A row of half the weight is drawn half the time; the same rows every time."""
    weights = np.array([50.0, 25.0, 12.5, 12.5])
    rows, drawn = sample_rows(np.repeat(weights / 100, 100), 200)
    assert drawn.sum() == pytest.approx(weights.sum())
    shares = [drawn[rows // 100 == part].sum() for part in range(4)]
    assert shares == pytest.approx(weights, abs=0.5)
    again, _ = sample_rows(np.repeat(weights / 100, 100), 200)
    assert np.array_equal(rows, again)


def test_large_shop_is_fitted_from_a_sample() -> None:
    """5,000 rows stand for 100,000 customers and tell nearly the same of them."""
    histories = draw_pareto_nbd(100_000, WINDOW_WEEKS, seed=5).histories
    sampled = histories.collapse(max_rows=5_000)
    assert len(sampled.frequency) <= 5_000
    assert sampled.weights.sum() == pytest.approx(100_000)
    fitted = ParetoNbd().fit(sampled)
    truth = ParetoNbd()
    truth.parameters_ = PARETO_NBD
    expected = fitted.expected_purchases(histories, WINDOW_WEEKS).sum()
    assert expected == pytest.approx(
        truth.expected_purchases(histories, WINDOW_WEEKS).sum(), rel=0.04
    )


@TYPES
def test_shop_that_nobody_leaves_keeps_finite_parameters(family: type[PurchaseProcess]) -> None:
    """Where no drop-out shows, the penalty holds b and beta; forecasts are those of staying."""
    random = np.random.default_rng(3)
    tenure = random.uniform(5, 12, 800)
    count = random.poisson(tenure * 0.5)
    last = np.where(count > 0, tenure * random.random(800) ** (1 / np.maximum(count, 1)), 0)
    histories = PurchaseHistories(count.astype(float), last, tenure, np.ones(800))
    penalised = family().fit(histories)
    assert penalised.converged_
    assert penalised.notes_ == ()
    expected = penalised.expected_purchases(histories, 4.0).mean()
    assert expected == pytest.approx(4 * 0.5, rel=0.1)
    unpenalised = family(penalty_spread=np.inf).fit(histories)
    assert any("held at its limit" in str(note) for note in unpenalised.notes_)


@TYPES
def test_extreme_histories_stay_finite(family: type[PurchaseProcess]) -> None:
    """Daily buyers for ten years, buyers on the cutoff day and long silence give no NaN."""
    x = np.array([3650.0, 0.0, 0.0, 300.0, 1.0])
    last = np.array([521.4, 0.0, 0.0, 40.0, 0.14])
    tenure = np.array([521.4, 0.0, 521.5, 521.5, 521.5])
    histories = PurchaseHistories(x, last, tenure, np.ones(5))
    model = with_true_parameters(family)
    results = (
        model.p_alive(histories),
        model.expected_purchases(histories, 156.0),
        model.p_purchase(histories, 156.0),
    )
    assert all(np.isfinite(result).all() and (result >= 0).all() for result in results)
    assert model.log_likelihood(histories)[3] > -np.inf
    assert results[0][3] == pytest.approx(0.0, abs=1e-9)
    assert results[2][0] == pytest.approx(1.0, abs=1e-3)


@TYPES
def test_refuses_what_it_cannot_learn_from(family: type[PurchaseProcess]) -> None:
    """Thirty customers, one of whom came back, are the least; the error counts what there is."""
    ones = np.ones(29)
    with pytest.raises(TooFewCustomers, match="Only 29 customer"):
        family().fit(PurchaseHistories(ones, ones, 9 * ones, ones))
    ones = np.ones(40)
    with pytest.raises(NoRepeatBuyers, match="two different days"):
        family().fit(PurchaseHistories(0 * ones, 0 * ones, 9 * ones, ones))


@FAMILIES
def test_json_there_and_back(name: str, truths: dict[str, tuple[PurchaseProcess, Draw]]) -> None:
    """A process read from JSON text forecasts to the bit what it did before."""
    _, draw = truths[name]
    family = PROCESSES[name]
    few = PurchaseHistories(
        draw.histories.frequency[:2000],
        draw.histories.last_purchase_weeks[:2000],
        draw.histories.tenure_weeks[:2000],
        np.ones(2000),
    )
    fitted = family().fit(few)
    read = family.from_json(json.loads(json.dumps(fitted.to_json())))
    assert np.array_equal(read.p_purchase(few, 20.0), fitted.p_purchase(few, 20.0))
    assert np.array_equal(read.expected_purchases(few, 20.0), fitted.expected_purchases(few, 20.0))
    assert read.notes_ == fitted.notes_


@pytest.mark.parametrize(("x", "last", "tenure"), [(0, 0.0, 12.0), (1, 3.0, 30.0), (5, 20.0, 26.0)])
def test_mbg_nbd_likelihood_is_the_integral_of_its_story(
    x: int, last: float, tenure: float
) -> None:
    """Rate and chance of leaving integrated out by quadrature give likelihood and P(alive)."""
    r, alpha, a, b = MBG_NBD
    rates, rate_weights = roots_genlaguerre(60, r - 1)  # for the density of Gamma(r)
    signed, leaving_weights = roots_jacobi(60, b - 1, a - 1)  # for that of Beta(a, b)
    rate, leaving = rates[:, None] / alpha, (signed + 1) / 2
    prior = np.outer(rate_weights / rate_weights.sum(), leaving_weights / leaving_weights.sum())
    seen = prior * rate**x * (1 - leaving) ** x
    has_left = (seen * leaving * np.exp(-rate * last)).sum()
    is_here = (seen * (1 - leaving) * np.exp(-rate * tenure)).sum()
    history = PurchaseHistories(*(np.array([v], float) for v in (x, last, tenure, 1)))
    model = with_true_parameters(MbgNbd)
    assert model.log_likelihood(history) == pytest.approx([np.log(has_left + is_here)], rel=1e-8)
    assert model.p_alive(history) == pytest.approx([is_here / (has_left + is_here)], rel=1e-8)
