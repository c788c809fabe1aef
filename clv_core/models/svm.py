"""Support vector machines: whether by a classifier, how much by a regression.

The radial kernel is approximated on a few hundred customers (Williams & Seeger
2001, Using the Nystroem method to speed up kernel machines, NIPS 13), so that time
grows with the number of rows and not with its square.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.svm import LinearSVC, LinearSVR

from clv_core.model_settings import SvmSettings
from clv_core.models.labelled_rows import Array, LabelledRows
from clv_core.models.linked_sums import Head, KernelMap, LinearMap, LinkedSumForecaster
from clv_core.models.logistic import constant_logit, find_payers

MOST_ROWS: Final = 40_000  # learnt from; of more, a random sample
CALIBRATION_FOLDS: Final = 3
FREE: Final = 1e6  # inverse penalty of a two-parameter fit that needs none
SETTLED: Final = 1e-3  # change of the loss, relative to the start, that ends a search


class SvmForecaster(LinkedSumForecaster[SvmSettings]):
    """Support vector classification of buying, support vector regression of log amounts.

    The usual loss of support vector regression, absolute beyond a margin, aims
    at the median, which for most customers of most shops is 0. Here the loss is
    the *squared* distance beyond the margin, which aims at the mean, and amounts
    are learnt in logs from rows that brought money; the forecast is brought to
    the mean of money by the smearing factor (``linked_sums.Head``). Values of a
    value table are learnt as they are.

    The classifier's distances become chances of buying by a logistic curve on
    distances of customers it has not learnt from (Platt 1999, Probabilistic
    outputs for support vector machines).
    """

    name = "svm"
    settings_type = SvmSettings

    def _learn(self, inputs: Array, rows: LabelledRows) -> None:
        if len(inputs) > MOST_ROWS:
            random = np.random.default_rng(self.seed)
            drawn = np.sort(random.choice(len(inputs), MOST_ROWS, replace=False))
            inputs, rows = inputs[drawn], rows.take(drawn)
        kernel = _Kernel.choose(inputs, self.settings, self.seed)
        likeness = kernel.features(inputs)
        if rows.bought is None:
            self._learn_values(kernel, likeness, rows.spend)
            return
        bought, payers = find_payers(rows)
        of_logit, logit = self._fit_buying(likeness, bought, rows.customers)
        of_amount, amount = self._fit_amount(likeness[payers], np.log(rows.spend[payers]))
        weights, bias = np.column_stack([of_logit, of_amount]), np.array([logit, amount])
        self.map_ = kernel.make_map(weights, bias)
        cap = Head(cap=float(rows.spend.max()))
        self.head_ = cap.match_total(self.map_.outputs(inputs), rows.spend)

    def _learn_values(self, kernel: _Kernel, likeness: Array, values: Array) -> None:
        weights, bias = self._fit_amount(likeness, values)
        self.map_ = kernel.make_map(weights[:, None], np.array([bias]))
        self.head_ = Head()

    def _fit_buying(self, likeness: Array, bought: Array, customers: Array) -> tuple[Array, float]:
        """Return weights and bias of the logit of buying."""
        if bought.all():
            return np.zeros(likeness.shape[1]), constant_logit(bought)
        machine = LinearSVC(C=self.settings.cost, dual=False, tol=SETTLED)
        distances = cross_val_predict(
            machine,
            likeness,
            bought,
            groups=customers,
            cv=GroupKFold(CALIBRATION_FOLDS),
            method="decision_function",
        )
        curve = LogisticRegression(C=FREE).fit(distances[:, None], bought)
        machine.fit(likeness, bought)
        slope, start = float(curve.coef_[0, 0]), float(curve.intercept_[0])
        return slope * machine.coef_[0], slope * float(machine.intercept_[0]) + start

    def _fit_amount(self, likeness: Array, amounts: Array) -> tuple[Array, float]:
        """Return weights and bias in the unit of the amounts."""
        centre, spread = float(amounts.mean()), float(amounts.std()) or 1.0
        machine = LinearSVR(
            C=self.settings.cost,
            epsilon=self.settings.margin,
            loss="squared_epsilon_insensitive",
            dual=False,
            tol=SETTLED,
        ).fit(likeness, (amounts - centre) / spread)
        return spread * machine.coef_, centre + spread * float(np.ravel(machine.intercept_)[0])


@dataclass(frozen=True)
class _Kernel:
    """What a machine sees of a row: its columns, or its likeness to landmarks."""

    nystroem: Nystroem | None

    @classmethod
    def choose(cls, inputs: Array, settings: SvmSettings, seed: int) -> _Kernel:
        if settings.kernel == "linear":
            return cls(None)
        gamma = settings.narrowness / (inputs.shape[1] * float(inputs.var()))
        landmarks = min(settings.landmarks, len(inputs))
        map_ = Nystroem(gamma=gamma, n_components=landmarks, random_state=seed)
        return cls(map_.fit(inputs))

    def features(self, inputs: Array) -> Array:
        if self.nystroem is None:
            return inputs
        return np.asarray(self.nystroem.transform(inputs))

    def make_map(self, weights: Array, bias: Array) -> LinearMap | KernelMap:
        """Write sums over the features as sums over columns or landmarks."""
        if self.nystroem is None:
            return LinearMap(weights, bias)
        found = self.nystroem
        on_landmarks = found.normalization_.T @ weights
        return KernelMap(np.asarray(found.components_), float(found.gamma), on_landmarks, bias)
