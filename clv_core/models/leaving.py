"""Whether orders show at all that customers leave for good.

Where nobody seems to leave, plain maximum likelihood runs away: the BG/NBD's *a* to
zero and its *b* to infinity, the Pareto/NBD's *s* and *beta* likewise. The penalty
keeps parameters finite (``purchase_process.PENALTY_SPREAD``) and forecasts hardly
depend on where it does so; but what such a fit says of churn is no finding.

Parameters run away as well where customers differ little in how they leave: *a* and
*b* to infinity with a steady ratio. That is a finding, which the penalty hardly
changes, and nothing needs to be said of it.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from clv_core.models.purchase_process import PurchaseHistories, PurchaseProcess
from clv_core.sentences import Sentence

NO_SIGN: Final = 1.92  # of log-likelihood: half the 95 % point of chi-squared, one degree


def describe_leaving(
    process: PurchaseProcess, histories: PurchaseHistories
) -> tuple[Sentence, ...]:
    """Say so where the histories that a process was fitted to show no sign of leaving.

    That is where its log-likelihood lies less than ``NO_SIGN`` above that of the
    same buying rates with nobody leaving (a likelihood-ratio test at 5 % or less).
    Nothing is said of a fit without a penalty: its parameters lie on their limits,
    which ``maximum_likelihood.describe_fit`` tells.
    """
    if np.isinf(process.penalty_spread):
        return ()
    objective, fitted = process.objective(histories.collapse()), process.parameters_
    nobody_leaves = np.array([*fitted[:2], process.limits[2].low, process.limits[3].high])
    if objective(fitted)[0] - objective(nobody_leaves)[0] >= NO_SIGN:
        return ()
    return (
        Sentence(
            "{model}: these orders show no sign that any customer has left for good. A weak"
            " assumption keeps the chance of leaving above zero, so that {gone} of customers"
            " count as gone by now; do not take churn risk from this model.",
            model=process.title,
            gone=f"{1 - process.p_alive(histories).mean():.1%}",
        ),
    )
