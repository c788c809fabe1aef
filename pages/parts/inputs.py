"""Widgets that become settings; what they may hold comes from the settings themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, get_args

import annotated_types
import streamlit as st

from clv_core.model_settings import (
    Activation,
    Architecture,
    BoostedSettings,
    EnsembleSettings,
    Loss,
    MatrixSettings,
    NetworkSettings,
    Optimiser,
    RowWeights,
    Schedule,
    SvmSettings,
)
from clv_core.settings_base import Settings
from pages.parts.text import _

EXCLUSIVE_STEP: Final = 1e-6  # how near a widget may come to a bound that is itself excluded
TYPED_FORMAT: Final = {
    "learning_rate": "%.5f",
    "l1_penalty": "%.6f",
    "l2_penalty": "%.6f",
    "least_penalty": "%.6f",
}


@dataclass(frozen=True)
class Label:
    """What a setting is called and what it does."""

    name: str
    meaning: str
    step: float | None = None


def network_labels(has_months: bool) -> dict[str, Label]:
    """Return a label for every field of ``NetworkSettings`` that these data have a use for."""
    months = {
        "architecture": Label(
            _("Architecture"),
            _(
                "Dense reads features alone. The others read what happened month by month; wide and"
                " deep reads both."
            ),
        ),
        "sequence_units": Label(
            _("Units for months"),
            _("Numbers that a customer's months are summed up in, unless the network is dense."),
            8,
        ),
        "kernel_bins": Label(
            _("Months per filter"),
            _("For the convolutions: how many months in a row a filter sees."),
            1,
        ),
    }
    return (months if has_months else {}) | {
        "hidden_units": Label(
            _("Layers"), _("Neurons of each hidden layer, first to last, with commas between.")
        ),
        "activation": Label(_("Activation"), _("The bend that each neuron puts on its sum.")),
        "dropout_share": Label(
            _("Dropout"),
            _("Share of neurons left out at random; more of it learns less by heart."),
            0.05,
        ),
        "l1_penalty": Label(
            _("L1 penalty"), _("Pulls weak weights to zero, so that fewer inputs count."), 0.0001
        ),
        "l2_penalty": Label(_("L2 penalty"), _("Keeps all weights small."), 0.0001),
        "batch_normalisation": Label(
            _("Batch normalisation"), _("Rescales each layer's sums while learning.")
        ),
        "loss": Label(
            _("Loss"),
            _("What counts as an error. ZILN suits amounts that are often zero, seldom large."),
        ),
        "huber_delta": Label(
            _("Huber limit"),
            _("For the Huber loss: errors above it, in spreads of the label, count less."),
            0.1,
        ),
        "tweedie_power": Label(
            _("Tweedie power"),
            _("For the Tweedie loss: 1 is near counts, 2 near amounts."),
            0.05,
        ),
        "optimiser": Label(_("Optimiser"), _("The rule by which weights are corrected.")),
        "learning_rate": Label(
            _("Learning rate"), _("How far each correction goes; too far never settles."), 0.0005
        ),
        "schedule": Label(
            _("Learning rate over time"), _("How the corrections shrink towards the end.")
        ),
        "batch_size": Label(_("Batch size"), _("Rows looked at before each correction."), 64),
        "epochs": Label(_("Epochs"), _("How often all rows are gone through, at most."), 5),
        "early_stopping": Label(
            _("Stop early"), _("Ends learning when held-back rows no longer get better.")
        ),
        "patience_epochs": Label(
            _("Patience"), _("Epochs without improvement before it stops early."), 1
        ),
        "row_weights": Label(
            _("Weight of customers"),
            _("Which customers count more while learning; forecasts are set right afterwards."),
        ),
        "input_noise": Label(
            _("Noise on inputs"),
            _("Blurs what the network sees while learning, in spreads of an input."),
            0.05,
        ),
        "mixup_alpha": Label(
            _("Mixed customers"),
            _("Adds customers mixed from two, the more evenly the higher; 0 adds none."),
            0.1,
        ),
    }


def boosted_labels() -> dict[str, Label]:
    """Return a label for every field of ``BoostedSettings``."""
    return {
        "trees": Label(_("Trees"), _("How many trees correct one another."), 50),
        "learning_rate": Label(_("Learning rate"), _("How much of each tree is believed."), 0.005),
        "leaves": Label(_("Leaves"), _("Groups that one tree can tell apart."), 2),
        "min_rows_per_leaf": Label(
            _("Rows per leaf"), _("Fewest customers in a group; more of them is calmer."), 5
        ),
        "tweedie_power": Label(_("Tweedie power"), _("1 is near counts, 2 near amounts."), 0.05),
    }


def option_names() -> dict[str, str]:
    """Return plain names for the values that a setting can be chosen from."""
    return {
        "dense": _("Dense"),
        "gru": _("Recurrent (GRU)"),
        "lstm": _("Recurrent (LSTM)"),
        "conv1d": _("Convolutional"),
        "wide_and_deep": _("Wide and deep"),
        "ziln": _("ZILN (zero or not, and how much)"),
        "signed_ziln": _("ZILN on both sides of zero"),
        "hurdle": _("Hurdle (whether, and a gamma amount)"),
        "cross_entropy": _("Cross-entropy (whether they buy)"),
        "mse": _("Squared error"),
        "mae": _("Absolute error"),
        "huber": _("Huber"),
        "tweedie": _("Tweedie"),
        "even": _("All alike"),
        "by_buyers": _("By the number of buyers"),
        "stacked": _("Learnt before the test (stacking)"),
        "buyers": _("Buyers more"),
        "value": _("Those who spent more"),
        "constant": _("Constant"),
        "cosine": _("Cosine, down to zero"),
        "exponential": _("Exponential"),
        "plateau": _("Halved when learning stalls"),
        "standard": _("Mean 0, spread 1"),
        "min_max": _("From 0 to 1"),
        "one_hot": _("One column per category (one-hot)"),
        "embedding": _("Learned embedding"),
        "none": _("None"),
        "correlation": _("By correlation"),
        "importance": _("By importance"),
        "rfm": _("Recency, frequency, money"),
        "learnt": _("Found by trees"),
        "pca": _("Principal components (PCA)"),
        "autoencoder": _("Autoencoder"),
        "rbf": _("Radial"),
        "linear": _("Linear"),
    }


def preset_names() -> dict[str, str]:
    """Return what the network presets are called."""
    return {"quick": _("Quick"), "balanced": _("Balanced"), "wide": _("Wide")}


def ask_network(start: NetworkSettings, has_months: bool, key: str) -> dict[str, Any]:
    """Ask for every setting of the network, beginning from a preset; not yet checked."""
    return ask_group(start, network_labels(has_months), f"network_{key}")


def ask_boosted() -> dict[str, Any]:
    """Ask for every setting of the boosted trees; not yet checked."""
    return ask_group(BoostedSettings(), boosted_labels(), "boosted")


def ask_group(start: Settings, labels: dict[str, Label], key: str) -> dict[str, Any]:
    """Ask for every labelled field of a group, beginning from its values; not yet checked."""
    values = {}
    with st.grid("auto", min_column_width=230, vertical_alignment="bottom"):
        for name, label in labels.items():
            values[name] = _ask_one(start, name, label, f"{key}_{name}")
    return values


def _ask_one(start: Settings, name: str, label: Label, key: str) -> Any:
    value = getattr(start, name)
    if isinstance(value, bool):
        return st.toggle(label.name, value=value, help=label.meaning, key=key)
    if isinstance(value, tuple):
        typed = st.text_input(
            label.name, ", ".join(map(str, value)), help=label.meaning, key=key, max_chars=60
        )
        return [part.strip() for part in typed.replace("，", ",").split(",")]
    if isinstance(value, str):
        names, options = option_names(), CHOICES[name]
        return st.selectbox(
            label.name,
            options,
            index=options.index(value),
            format_func=lambda option: names.get(option, option),
            help=label.meaning,
            key=key,
        )
    lowest, highest = bounds(type(start), name)
    as_type = type(value)
    return st.number_input(
        label.name,
        min_value=as_type(lowest),
        max_value=as_type(highest),
        value=value,
        step=as_type(label.step or 1),
        format=TYPED_FORMAT.get(name),
        help=label.meaning,
        key=key,
    )


CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "architecture": get_args(Architecture),
    "row_weights": get_args(RowWeights),
    "activation": get_args(Activation),
    "loss": get_args(Loss),
    "optimiser": get_args(Optimiser),
    "schedule": get_args(Schedule),
    **{
        name: get_args(MatrixSettings.model_fields[name].annotation)
        for name in ("scaling", "categories", "selection", "crosses", "compression")
    },
    "kernel": get_args(SvmSettings.model_fields["kernel"].annotation),
    "weights": get_args(EnsembleSettings.model_fields["weights"].annotation),
}


def bounds(settings: type[Settings], name: str) -> tuple[float, float]:
    """Return the least and the greatest value that a number of the settings may have."""
    lowest, highest = float("-inf"), float("inf")
    for rule in settings.model_fields[name].metadata:
        if isinstance(rule, annotated_types.Ge):
            lowest = float(rule.ge)  # type: ignore[arg-type]
        elif isinstance(rule, annotated_types.Gt):
            lowest = float(rule.gt) + EXCLUSIVE_STEP  # type: ignore[arg-type]
        elif isinstance(rule, annotated_types.Le):
            highest = float(rule.le)  # type: ignore[arg-type]
        elif isinstance(rule, annotated_types.Lt):
            highest = float(rule.lt) - EXCLUSIVE_STEP  # type: ignore[arg-type]
    return lowest, highest
