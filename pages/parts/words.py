"""Names and plain explanations of what the core calls by keys."""

from __future__ import annotations

from typing import Final

from clv_core.activation.marketing_tiers import TIER_TITLES
from clv_core.evaluation.metrics import METRICS
from clv_core.models.titles import MODEL_TITLES
from clv_core.sentences import Sentence
from pages.parts.text import money, number, percent, say

VALUE_TIER_TITLES: Final = {
    "high": Sentence("High"),
    "middle": Sentence("Middle"),
    "low": Sentence("Low"),
}
ROLE_TITLES: Final = {
    "history": Sentence("Known to the test"),
    "training": Sentence("Taught the models"),
    "validation": Sentence("Chose the model"),
    "test": Sentence("Held out for the test"),
    "forecast": Sentence("Forecast"),
}
CUT_TITLES: Final = {
    "value_share": Sentence("Share of value"),
    "quantile": Sentence("Share of customers"),
    "natural_breaks": Sentence("Natural breaks"),
}
UNIT_TITLES: Final = {
    "days": Sentence("days"),
    "count": Sentence("number"),
    "share": Sentence("0 to 1"),
    "seconds": Sentence("seconds"),
    "stars": Sentence("stars"),
    "characters": Sentence("characters"),
}
BETTER: Final = {
    "high": Sentence("Higher is better."),
    "low": Sentence("Lower is better."),
    "zero": Sentence("Closer to zero is better."),
}
METRIC_WORDS: Final = {
    "normalised_gini": Sentence(
        "How close the model's order of customers comes to the order they really had: 1 is"
        " perfect, 0 is a shuffled list."
    ),
    "spearman": Sentence(
        "How well the ranks of all customers agree, from -1 (upside down) to 1 (the same)."
    ),
    "top_10_share": Sentence(
        "Of all revenue in the test, the part that came from the tenth of customers the model"
        " put first."
    ),
    "top_20_share": Sentence(
        "Of all revenue in the test, the part that came from the fifth of customers the model"
        " put first."
    ),
    "top_20_revenue": Sentence(
        "The revenue in the test of the fifth of customers the model put first."
    ),
    "mae": Sentence("How far off the forecast of one customer was, on average."),
    "rmse": Sentence("Like the mean absolute error, but large misses weigh much more."),
    "mse": Sentence("The square of the root mean squared error."),
    "r2": Sentence(
        "The part of the differences between customers that the forecast accounts for: 1 is all"
        " of it, 0 is no more than forecasting the mean for everybody."
    ),
    "wape": Sentence("All misses added up, against all revenue added up."),
    "bias": Sentence(
        "How much more (+) or less (-) than what came in was forecast in total, against what"
        " came in."
    ),
    "decile_mape": Sentence(
        "Customers in ten equal groups by forecast: by what share a group's total was missed, on"
        " average."
    ),
    "roc_auc": Sentence(
        "The chance that a customer who bought was given a higher probability than one who did"
        " not: 0.5 is guessing."
    ),
    "pr_auc": Sentence(
        "How pure the list of likely buyers stays as it grows; guessing gives the share of buyers."
    ),
    "log_loss": Sentence("Punishes probabilities that were confident and wrong."),
    "brier": Sentence("The mean squared miss of the probability of buying."),
    "accuracy": Sentence("Share of customers called rightly: buys again or not."),
    "precision": Sentence("Of those called buyers, the share that bought."),
    "recall": Sentence("Of those who bought, the share that was called a buyer."),
    "f1": Sentence("Precision and recall in one number (their harmonic mean)."),
}
VALUE_METRIC_LABELS: Final = {
    "top_10_share": Sentence("Value caught in the top 10 %"),
    "top_20_share": Sentence("Value caught in the top 20 %"),
    "top_20_revenue": Sentence("Value caught in the top 20 %, as a sum"),
}
VALUE_METRIC_WORDS: Final = {
    "top_10_share": Sentence(
        "Of all value in the test, the part held by the tenth of customers the model put first."
    ),
    "top_20_share": Sentence(
        "Of all value in the test, the part held by the fifth of customers the model put first."
    ),
    "top_20_revenue": Sentence(
        "The value in the test of the fifth of customers the model put first."
    ),
    "mae": Sentence("How far off the predicted value of one customer was, on average."),
    "r2": Sentence(
        "The part of the differences between customers that the model accounts for: 1 is all"
        " of it, 0 is no more than predicting the mean for everybody."
    ),
    "wape": Sentence("All misses added up, against all given values added up."),
    "bias": Sentence(
        "How much more (+) or less (-) than the sum of the given values was predicted in total."
    ),
    "decile_mape": Sentence(
        "Customers in ten equal groups by predicted value: by what share a group's total was"
        " missed, on average."
    ),
}
CAVEATS: Final = (
    Sentence(
        "The scoreboard is of one past window. Another season, a new price or a campaign can make"
        " the next one different."
    ),
    Sentence(
        "It holds only for customers who had bought before. New customers are in no forecast."
    ),
    Sentence(
        "It shows how well the order and the amounts were forecast, not that contacting anyone"
        " would earn more. Only a group left alone on purpose can show that."
    ),
    Sentence(
        "The model in use was chosen on an earlier window, so the test could not favour it."
        " Choosing again by this scoreboard would."
    ),
)
VALUE_CAVEATS: Final = (
    Sentence(
        "It measures how well a given column is told from the others. It is not a forecast in"
        " time: nothing was tested on what customers did later."
    ),
    Sentence(
        "It holds for customers like those in your table. For customers of another kind, or for a"
        " value counted differently, it says nothing."
    ),
    Sentence(
        "If a column only became known together with the value, the test looks better than any use"
        " will be."
    ),
    Sentence(
        "It says what goes together with the value, not that contacting anyone would raise it."
        " Only a group left alone on purpose can show that."
    ),
    Sentence(
        "The model in use was chosen by cross-validation on the other customers, so the test could"
        " not favour it. Choosing again by this scoreboard would."
    ),
)


def model_name(model: str) -> str:
    """Return a model's title in the reader's language."""
    return say(MODEL_TITLES[model]) if model in MODEL_TITLES else model


def value_tier(tier: str) -> str:
    """Return a value tier's title in the reader's language."""
    return say(VALUE_TIER_TITLES[tier])


def marketing_tier(tier: str) -> str:
    """Return a marketing tier's title in the reader's language."""
    return say(TIER_TITLES[tier])


def metric_value(metric: str, value: float, currency: str) -> str:
    """Write a metric's value in its unit."""
    unit = METRICS[metric].unit
    if unit == "share":
        return percent(value, 1)
    if unit == "money":
        return money(value, currency)
    return number(value, 0 if unit == "money squared" else 3)


def priced(sentence: Sentence, currency: str) -> Sentence:
    """Write the facts named ``money`` as amounts in the shop's currency."""
    facts = {
        name: priced(fact, currency)
        if isinstance(fact, Sentence)
        else money(float(fact), currency)
        if name == "money" and isinstance(fact, (int, float))
        else fact
        for name, fact in sentence.facts.items()
    }
    return Sentence(sentence.template, **facts)
