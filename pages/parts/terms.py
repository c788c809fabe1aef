"""What tables and figures call a forecast: of days to come, or of a column that was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clv_core.evaluation.metrics import METRICS
from clv_core.sentences import Sentence
from pages.parts.charts import currency_unit
from pages.parts.text import _, money, say
from pages.parts.words import METRIC_WORDS, VALUE_METRIC_LABELS, VALUE_METRIC_WORDS


@dataclass(frozen=True)
class Terms:
    """Words in the reader's language; those in braces are filled in by figures.

    Attributes
    ----------
    currency, unit : str
        ISO code, empty where unknown; what axes of amounts name as their unit.
    forecast, forecast_mean, forecast_up_to, share_of_forecast, decile, lowest : str
        The amount that is forecast: of one customer, of a group, on the axes of
        figures and in the headings of tables.
    outcome, outcome_axis, as_forecast, outcome_hover, outcome_title : str
        What the forecast is held against.
    calibration_title, gain_title, gain_axis : str
        Of the tests on customers who were held back.
    concentration_title, tiers_title, marketing_title, treemap_title : str
        Of who holds how much.
    histogram_title, histogram_hover : str
    importance_title, swarm_title : str
        Of what forecasts rest on.
    metric_labels, metric_words : mapping of str to Sentence
        Measures that are called otherwise than in ``METRICS`` and ``METRIC_WORDS``.
    """

    currency: str
    unit: str
    forecast: str
    forecast_mean: str
    forecast_up_to: str
    share_of_forecast: str
    decile: str
    lowest: str
    outcome: str
    outcome_axis: str
    as_forecast: str
    outcome_hover: str
    outcome_title: str
    calibration_title: str
    gain_title: str
    gain_axis: str
    concentration_title: str
    tiers_title: str
    marketing_title: str
    treemap_title: str
    histogram_title: str
    histogram_hover: str
    importance_title: str
    swarm_title: str
    metric_labels: Mapping[str, Sentence] = field(default_factory=dict)
    metric_words: Mapping[str, Sentence] = field(default_factory=dict)

    def money(self, amount: float, decimals: int | None = None) -> str:
        """Write an amount."""
        return money(amount, self.currency, decimals)

    def amounts(self, what: str) -> str:
        """Return an axis title with the unit of amounts."""
        return _("{what} ({unit})").format(what=what, unit=self.unit)

    def metric_label(self, metric: str) -> str:
        """Return what a measure is called."""
        return say(self.metric_labels.get(metric, METRICS[metric].label))

    def metric_meaning(self, metric: str) -> str:
        """Return what a measure says."""
        return say(self.metric_words.get(metric, METRIC_WORDS[metric]))


def name_days_to_come(currency: str) -> Terms:
    """Return the words for money that customers are expected to bring."""
    return Terms(
        currency=currency,
        unit=currency_unit(currency),
        forecast=_("Forecast"),
        forecast_mean=_("Expected value"),
        forecast_up_to=_("Forecast of one customer, up to"),
        share_of_forecast=_("Share of expected value"),
        decile=_("Tenth of customers by forecast (1 = highest)"),
        lowest=_("Lowest forecast inside"),
        outcome=_("What came in, with its 95% interval"),
        outcome_axis=_("Brought in the test"),
        as_forecast=_("Brought exactly what was forecast"),
        outcome_hover=_("{customers} customers: forecast up to {x}, brought up to {y}"),
        outcome_title=_(
            "{nothing} of {customers} customers in the test ({share}) brought nothing: what one"
            " customer brings is far less certain than what a group brings"
        ),
        calibration_title=_(
            "The tenth of customers that {model} forecast highest was expected to bring {predicted}"
            " each and brought {actual}"
        ),
        gain_title=_(
            "The 20% of customers that {model} puts first brought {share} of the revenue; a"
            " shuffled list would catch 20%"
        ),
        gain_axis=_("Share of revenue caught"),
        concentration_title=_(
            "The 20% of customers with the highest forecasts hold {share} of the value"
        ),
        tiers_title=_(
            "{customers} customers of high value ({share}) are expected to bring {value_share}"
            " of it"
        ),
        marketing_title=_(
            "{tier} holds more of the expected value than any other group: {share}, from"
            " {customers} customers"
        ),
        treemap_title=_("Of the {total} expected, {part} come from: {tiers}"),
        histogram_title=_(
            "Half of the customers are expected to bring less than {median} each; the mean is"
            " {mean}"
        ),
        histogram_hover=_(
            "{customers} customers expected to bring {low} to {high} each, {value} together"
        ),
        importance_title=_("{feature} moves forecasts most: by {money} on average, up or down"),
        swarm_title=_(
            "{feature} shifts single forecasts by anything from {low} to {high}; each point is one"
            " customer"
        ),
    )


def name_given_value(currency: str) -> Terms:
    """Return the words for a column whose value is told from the other columns."""
    return Terms(
        currency=currency,
        unit=currency or _("column's unit"),
        forecast=_("Predicted value"),
        forecast_mean=_("Predicted value"),
        forecast_up_to=_("Predicted value of one customer, up to"),
        share_of_forecast=_("Share of predicted value"),
        decile=_("Tenth of customers by predicted value (1 = highest)"),
        lowest=_("Lowest predicted value inside"),
        outcome=_("Given value, with its 95% interval"),
        outcome_axis=_("Given value"),
        as_forecast=_("Predicted exactly as given"),
        outcome_hover=_("{customers} customers: predicted up to {x}, given up to {y}"),
        outcome_title=_(
            "Predictions miss the value of one of these {customers} customers by {error} on average"
        ),
        calibration_title=_(
            "The tenth of customers that {model} puts highest is predicted at {predicted} each;"
            " their given values average {actual}"
        ),
        gain_title=_(
            "The 20% of customers that {model} puts first hold {share} of the value; a shuffled"
            " list would catch 20%"
        ),
        gain_axis=_("Share of value caught"),
        concentration_title=_(
            "The 20% of customers with the highest predicted values hold {share} of the total"
        ),
        tiers_title=_(
            "{customers} customers of high value ({share}) hold {value_share} of the total"
        ),
        marketing_title=_(
            "{tier} holds more of the predicted value than any other group: {share}, from"
            " {customers} customers"
        ),
        treemap_title=_("Of {total} in all, {part} lie with: {tiers}"),
        histogram_title=_(
            "Half of the customers are predicted below {median} each; the mean is {mean}"
        ),
        histogram_hover=_("{customers} customers at {low} to {high} each, {value} together"),
        importance_title=_("{feature} moves predictions most: by {money} on average, up or down"),
        swarm_title=_(
            "{feature} shifts single predictions by anything from {low} to {high}; each point is"
            " one customer"
        ),
        metric_labels=VALUE_METRIC_LABELS,
        metric_words=VALUE_METRIC_WORDS,
    )
