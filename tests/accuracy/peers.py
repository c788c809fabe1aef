"""What other tools would have forecast, from their own packages.

Runs in an environment of its own (``requirements-peers.txt`` beside this file) and
imports nothing of Perennial: ``python peers.py ORDERS CUTOFF HORIZON_DAYS SEEDS OUT``.
ORDERS holds ``customer_key, day, amount`` up to the cutoff, a row per purchase day and
customer; OUT gets ``peer, seed, customer_key, predicted, p_buy``.
"""

import itertools
import sys
import warnings

import lightgbm
import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ParetoNBDFitter
from lifetimes.utils import ConvergenceError

FEATURES = ("frequency", "recency", "T", "monetary", "spend", "last_gap", "spend_90")
PENALTIES = (0.0, 0.001, 0.01, 0.1)
HIDDEN_UNITS = (64, 32)
EPOCHS = 60
BATCH = 256
LEARNING_RATE = 2e-3
PATIENCE_EPOCHS = 5


def summarise(orders, cutoff):
    """Frequency, recency and age in days as the textbooks have them, and a few sums."""
    known = orders[orders["day"] <= cutoff]
    grouped = known.groupby("customer_key")
    first, last = grouped["day"].min(), grouped["day"].max()
    days = grouped.size()
    # The textbook leaves the first purchase out of the mean value.
    later = known[known["day"] > known["customer_key"].map(first)]
    spend = grouped["amount"].sum()
    recent = known[known["day"] > cutoff - pd.Timedelta(days=90)].groupby("customer_key")["amount"]
    return pd.DataFrame(
        {
            "frequency": days - 1,
            "recency": (last - first).dt.days,
            "T": (cutoff - first).dt.days,
            "monetary": later.groupby("customer_key")["amount"]
            .mean()
            .reindex(days.index)
            .fillna(0),
            "spend": spend,
            "last_gap": (cutoff - last).dt.days,
            "spend_90": recent.sum().reindex(days.index).fillna(0),
        }
    ).astype(float)


def fit_process(fitter, table):
    """Fit without a penalty; where that does not converge, with what the package advises."""
    for penalty in PENALTIES:
        try:
            return fitter(penalizer_coef=penalty).fit(
                table["frequency"], table["recency"], table["T"]
            )
        except ConvergenceError as error:
            refusal = error
    raise refusal


def textbook(fitter, table, horizon_days):
    """Expected purchases times the Gamma-Gamma's expected value, fitted as documented."""
    process = fit_process(fitter, table)
    repeat = table[(table["frequency"] > 0) & (table["monetary"] > 0)]
    values = GammaGammaFitter(penalizer_coef=0.0).fit(repeat["frequency"], repeat["monetary"])
    orders = process.conditional_expected_number_of_purchases_up_to_time(
        horizon_days, table["frequency"], table["recency"], table["T"]
    )
    amount = values.conditional_expected_average_profit(table["frequency"], table["monetary"])
    predicted = np.asarray(orders) * np.asarray(amount)
    # Some of lifetimes' formulas overflow; who gets no number gets the others' mean.
    known = np.isfinite(predicted)
    return np.where(known, predicted, predicted[known].mean())


def training_table(orders, cutoff, horizon_days):
    """Features at an earlier day and the spend after it; the longest window half can hold."""
    history_days = (cutoff - orders["day"].min()).days
    window_days = min(horizon_days, history_days // 2)
    earlier = cutoff - pd.Timedelta(days=window_days)
    table = summarise(orders, earlier)
    future = orders[orders["day"] > earlier].groupby("customer_key")["amount"].sum()
    return table, future.reindex(table.index).fillna(0.0).clip(lower=0), horizon_days / window_days


def tweedie_trees(orders, cutoff, horizon_days, seed):
    """LightGBM's Tweedie loss with its default settings."""
    table, spend, ratio = training_table(orders, cutoff, horizon_days)
    model = lightgbm.LGBMRegressor(objective="tweedie", random_state=seed, n_jobs=1, verbose=-1)
    model.fit(table[list(FEATURES)], spend)
    return model.predict(summarise(orders, cutoff)[list(FEATURES)]) * ratio


def ziln_network(orders, cutoff, horizon_days, seed):
    """A plain network with the zero-inflated lognormal loss (arXiv:1912.07753), by Adam.

    Nobody is forecast more than the greatest spend it learnt from: a few unusual
    customers would else decide what is said of the whole network.
    """
    table, spend, ratio = training_table(orders, cutoff, horizon_days)
    rows, new = (
        np.log1p(part[list(FEATURES)].clip(lower=0)) for part in (table, summarise(orders, cutoff))
    )
    centre, spread = rows.mean(), rows.std().replace(0, 1)
    weights = train_ziln(((rows - centre) / spread).to_numpy(), spend.to_numpy(), seed)
    output = forward(((new - centre) / spread).to_numpy(), weights)[-1]
    sigma = np.logaddexp(0, output[:, 2])
    p_buy = 1 / (1 + np.exp(-output[:, 0]))
    amount = np.exp(np.minimum(output[:, 1] + sigma**2 / 2, np.log(max(spend.max(), 1.0))))
    return p_buy * amount * ratio


def forward(rows, weights):
    """Return every layer's output, the rows first; ReLU between."""
    layers = [rows]
    for number, (kernel, bias) in enumerate(weights):
        linear = layers[-1] @ kernel + bias
        layers.append(np.maximum(linear, 0) if number < len(weights) - 1 else linear)
    return layers


def train_ziln(rows, spend, seed):
    """Train by Adam with the loss's gradient written out; stop where kept-back rows say so."""
    random = np.random.default_rng(seed)
    weights = start_weights((rows.shape[1], *HIDDEN_UNITS, 3), spend, random)
    moments = [[[np.zeros_like(part), np.zeros_like(part)] for part in layer] for layer in weights]
    shuffled = random.permutation(len(rows))
    kept_back, learning = np.split(shuffled, [len(rows) // 5])
    best, best_loss, waited, step = weights, np.inf, 0, 0
    for _ in range(EPOCHS):
        order = random.permutation(learning)
        for start in range(0, len(order), BATCH):
            step += 1
            chosen = order[start : start + BATCH]
            slopes = gradients(rows[chosen], spend[chosen], weights)
            for layer, slope, moment in zip(weights, slopes, moments, strict=True):
                for part in range(2):
                    adam(layer, part, slope[part], moment[part], step)
        loss = ziln_loss(rows[kept_back], spend[kept_back], weights)
        waited = 0 if loss < best_loss else waited + 1
        if waited == 0:
            best, best_loss = [[part.copy() for part in layer] for layer in weights], loss
        if waited == PATIENCE_EPOCHS:
            break
    return best


def start_weights(sizes, spend, random):
    """Draw weights after He; the last biases start where all customers are alike."""
    weights = [
        [random.normal(size=(inputs, units)) * np.sqrt(2 / inputs), np.zeros(units)]
        for inputs, units in itertools.pairwise(sizes)
    ]
    bought = spend > 0
    share = np.clip(bought.mean(), 0.01, 0.99)
    logs = np.log(spend[bought]) if bought.any() else np.zeros(1)
    spread = max(logs.std(), 0.1)
    weights[-1][0] *= 0.1  # else one starts with forecasts that no one spends
    weights[-1][1][:] = [np.log(share / (1 - share)), logs.mean(), np.log(np.expm1(spread))]
    return weights


def ziln_loss(rows, spend, weights):
    """Mean negative log-likelihood, the logarithm of the amount left out."""
    logit, mean, raw = forward(rows, weights)[-1].T
    sigma = np.maximum(np.logaddexp(0, raw), 1e-3)
    bought = spend > 0
    away = (np.log(np.where(bought, spend, 1.0)) - mean) / sigma
    amounts = np.where(bought, np.log(sigma) + away**2 / 2, 0)
    return (np.logaddexp(0, logit) - bought * logit + amounts).mean()


def adam(layer, part, slope, moment, step):
    """Take one step of Adam with the usual constants."""
    moment[0] = 0.9 * moment[0] + 0.1 * slope
    moment[1] = 0.999 * moment[1] + 0.001 * slope**2
    mean, square = moment[0] / (1 - 0.9**step), moment[1] / (1 - 0.999**step)
    layer[part] = layer[part] - LEARNING_RATE * mean / (np.sqrt(square) + 1e-8)


def gradients(rows, spend, weights):
    """Backpropagate the mean ZILN loss."""
    layers = forward(rows, weights)
    logit, mean, raw = layers[-1].T
    sigma = np.maximum(np.logaddexp(0, raw), 1e-3)
    bought = spend > 0
    away = (np.log(np.where(bought, spend, 1.0)) - mean) / sigma
    back = np.zeros_like(layers[-1])
    back[:, 0] = 1 / (1 + np.exp(-logit)) - bought
    back[:, 1] = np.where(bought, -away / sigma, 0)
    back[:, 2] = np.where(bought, (1 - away**2) / sigma / (1 + np.exp(-raw)), 0)
    back /= len(rows)
    slopes = []
    for number in reversed(range(len(weights))):
        slopes.append((layers[number].T @ back, back.sum(axis=0)))
        back = (back @ weights[number][0].T) * (layers[number] > 0)
    return slopes[::-1]


def main():
    """Forecast with every peer and write what each says."""
    warnings.simplefilter("ignore")
    source, cutoff, horizon_days, seeds, out = sys.argv[1:]
    orders = pd.read_csv(source, parse_dates=["day"])
    cutoff, horizon_days = pd.Timestamp(cutoff), int(horizon_days)
    table = summarise(orders, cutoff)
    forecasts = []
    for name, fitter in (
        ("lifetimes_bg_nbd", BetaGeoFitter),
        ("lifetimes_pareto_nbd", ParetoNBDFitter),
    ):
        forecasts.append((name, 0, textbook(fitter, table, horizon_days)))
    for seed in range(int(seeds)):
        for name, fit in (("lightgbm_tweedie", tweedie_trees), ("plain_ziln", ziln_network)):
            forecasts.append((name, seed, fit(orders, cutoff, horizon_days, seed)))
    pd.concat(
        pd.DataFrame(
            {"peer": name, "seed": seed, "customer_key": table.index, "predicted": predicted}
        )
        for name, seed, predicted in forecasts
    ).to_csv(out, index=False)


if __name__ == "__main__":
    main()
