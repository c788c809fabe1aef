"""What settings of a run are called, and their values, where two runs differ."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pages.parts.cleaning_controls import rule_groups, rule_options
from pages.parts.family_inputs import ensemble_labels, family_labels, purchase_labels
from pages.parts.inputs import boosted_labels, network_labels
from pages.parts.matrix_inputs import matrix_labels
from pages.parts.text import _
from pages.parts.words import model_name


def setting_name(path: str) -> str:
    """Return what a setting is called, by its group and name with points between.

    A setting that no page asks for is called as it is written in settings files.
    """
    own = _own_names()
    if path in own:
        return own[path]
    group, _point, name = path.partition(".")
    titles, labels = _group_titles(), _labels()
    if group in titles and name in labels[group]:
        return f"{titles[group]}: {labels[group][name].name}"
    return path


def settings_table(differences: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
    """Return the settings that differ as text, under the names of two results."""
    return pd.DataFrame(
        {
            _("Setting"): [setting_name(path) for path in differences["setting"]],
            **{
                head: [
                    write_setting(path, value)
                    for path, value in zip(differences["setting"], differences[side], strict=True)
                ]
                for head, side in ((one, "one"), (other, "other"))
            },
        }
    )


def write_setting(path: str, value: Any) -> str:
    """Return a setting's value in words, where a page has words for it."""
    group, _point, name = path.partition(".")
    if group == "cleaning" and isinstance(value, str):
        options = rule_options().get(name, {"drop": _("yes"), "keep": _("no")})
        return options.get(value, value)
    return _write(value)


def _own_names() -> dict[str, str]:
    return {
        "window.cutoff": _("Last day that the models may see in the test"),
        "window.horizon_days": _("How far to look ahead"),
        "window.cutoff_jitter_days": _("Days moved at random, at most"),
        "families": _("More models"),
        "model": _("Model in use"),
        "seed": _("Seed"),
        "network_seeds": _("Networks averaged"),
        "automatic_minutes": _("Time for the whole training"),
        "segments.cut_by": _("Cut customers by"),
    }


def _group_titles() -> dict[str, str]:
    families = {name: model_name(name) for name in family_labels()}
    return families | {
        "cleaning": _("Cleaning rules"),
        "network": _("Network"),
        "boosted": _("Boosted trees"),
        "matrix": _("How columns become numbers"),
        "purchases": _("Purchase models (BG/NBD and its kin)"),
        "ensemble": model_name("ensemble"),
    }


def _labels() -> dict[str, Any]:
    rules = [rule for group in rule_groups().values() for rule in group.items()]
    return family_labels() | {
        "cleaning": dict(rules),
        "network": network_labels(True),
        "boosted": boosted_labels(),
        "matrix": matrix_labels(True),
        "purchases": purchase_labels(),
        "ensemble": ensemble_labels(),
    }


def _write(value: Any) -> str:
    if value is None:
        return _("chosen for the data")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_write, value)) or _("none")
    return model_name(value) if isinstance(value, str) else str(value)
