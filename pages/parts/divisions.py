"""How the customers of a value table are divided, in words."""

from __future__ import annotations

from clv_core.evaluation.splits import SplitPlan
from pages.parts.text import _, number


def divide_in_words(plan: SplitPlan) -> list[str]:
    """Say who is learnt from, how the model is chosen, and who is kept back."""
    told = [
        _(
            "{holdout} customers, about one in five of those with a given value, are kept back."
            " They are looked at once, at the very end, to report how good each model is."
        ).format(holdout=number(plan.holdout)),
        _(
            "The other {learning} are learnt from. To choose the model they are divided into"
            " {folds} parts; each part in turn is predicted by models that learnt from the others."
        ).format(learning=number(plan.learning), folds=number(plan.folds)),
    ]
    if plan.repeats > 1:
        told.append(
            _("That is done {repeats} times, divided anew each time.").format(
                repeats=number(plan.repeats)
            )
        )
    told.append(
        _("Parts hold customers of every size of value alike; who is in which is drawn at random.")
    )
    blank = plan.customers - plan.known
    if blank:
        told.append(
            _("{blank} customers have no value yet: they are only predicted.").format(
                blank=number(blank)
            )
        )
    return told
