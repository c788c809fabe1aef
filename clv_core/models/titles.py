"""What people call each model family, in the order in which they see them.

Apart from the registry, so that pages can name models without loading them.
"""

from __future__ import annotations

from typing import Final

from clv_core.sentences import Sentence

MODEL_TITLES: Final[dict[str, Sentence]] = {
    "past_spend": Sentence("Past spend (ranking)"),
    "past_rate": Sentence("Past rate of spend"),
    "bg_nbd": Sentence("BG/NBD with Gamma-Gamma"),
    "pareto_nbd": Sentence("Pareto/NBD with Gamma-Gamma"),
    "boosted_trees": Sentence("Boosted trees"),
    "network": Sentence("Neural network"),
    "ensemble": Sentence("Ensemble"),
    "mean_value": Sentence("Mean of all customers"),
    "linear": Sentence("Linear model"),
    "mbg_nbd": Sentence("MBG/NBD with Gamma-Gamma"),
    "logistic": Sentence("Logistic regression"),
    "decision_tree": Sentence("Decision tree"),
    "random_forest": Sentence("Random forest"),
    "svm": Sentence("Support vector machine"),
    "gru": Sentence("Recurrent network over months (GRU)"),
    "lstm": Sentence("Recurrent network over months (LSTM)"),
    "conv1d": Sentence("Convolutional network over months"),
    "wide_and_deep": Sentence("Wide and deep network"),
}
MORE_MODELS: Final = (
    *("mbg_nbd", "linear", "logistic", "decision_tree", "random_forest", "svm"),
    *("gru", "lstm", "conv1d", "wide_and_deep"),
)
"""Families for orders that are fitted only where they are asked for."""

MORE_VALUE_MODELS: Final = ("decision_tree", "random_forest", "svm")
"""The same for value tables."""
