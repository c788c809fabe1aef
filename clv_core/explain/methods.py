"""How each family's contributions are worked out, in words for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from clv_core.models.titles import MODEL_TITLES
from clv_core.sentences import Sentence

_FEW_INPUTS: Final = Sentence(
    "exact Shapley values over every combination of its few inputs, nothing sampled"
)
_SUMS: Final = Sentence(
    "weight times distance from the typical customer, passed through what turns the sum into"
    " money by the rescale rule; of a sum alone these are exact Shapley values"
)
_TREES: Final = Sentence(
    "TreeSHAP against typical customers one by one, exact for the trees; with very many customers"
    " or trees against fewer of them, at least 20"
)
_MONTHS: Final = Sentence(
    "expected gradients: how money changes on the way from each typical customer to this one,"
    " sampled; what the sample leaves over is spread so that the sum is exact"
)
WAYS: Final[dict[str, Sentence]] = {
    "network": Sentence(
        "DeepSHAP: the difference to each typical customer is sent back through the layers (the"
        " rescale rule), an approximation of Shapley values whose sum is exact"
    ),
    "boosted_trees": Sentence(
        "TreeSHAP of the trees' score, exact there, carried to money against each typical customer"
    ),
    **dict.fromkeys(("past_spend", "past_rate", "bg_nbd", "mbg_nbd", "pareto_nbd"), _FEW_INPUTS),
    **dict.fromkeys(("linear", "logistic", "svm"), _SUMS),
    **dict.fromkeys(("decision_tree", "random_forest"), _TREES),
    **dict.fromkeys(("gru", "lstm", "conv1d", "wide_and_deep"), _MONTHS),
    "mean_value": Sentence("it tells all customers the same, so nothing is split up"),
}


def describe_method(
    model: str, architecture: str = "dense", members: Sequence[str] = ()
) -> tuple[Sentence, ...]:
    """Say how the contributions of a result's model were worked out.

    Parameters
    ----------
    model : str
        Name in ``models.registry``.
    architecture : str
        Of the network in the settings.
    members : sequence of str
        What an ensemble averages.
    """
    lines = []
    if model == "ensemble":
        lines.append(
            Sentence(
                "{model}: the contributions of its members, weighed as their forecasts are.",
                model=MODEL_TITLES[model],
            )
        )
    for name in members if model == "ensemble" else (model,):
        way = _MONTHS if name == "network" and architecture != "dense" else WAYS[name]
        lines.append(Sentence("{model}: {way}.", model=MODEL_TITLES[name], way=way))
    compared = Sentence(
        "Every customer is explained, not a sample, compared with up to 200 typical ones drawn at"
        " random from those learnt from."
    )
    return (*lines, compared)
