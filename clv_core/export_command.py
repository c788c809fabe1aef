"""What the verb ``export`` of the command line does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from clv_core.activation.contacts import read_contacts, survey_contacts
from clv_core.activation.control_group import measure_power, tell_power
from clv_core.activation.export_plan import Barred, ExportPlan, plan_export, warn_of_limits
from clv_core.activation.export_settings import ExportSettings
from clv_core.activation.exports import write_controls, write_export
from clv_core.activation.handover import (
    Taken,
    find_earlier_controls,
    hand_over,
    hand_over_controls,
    local_account,
)
from clv_core.activation.marketing_tiers import MARKETING_TIERS
from clv_core.activation.suppression import customer_forms, decode_entries, read_entries
from clv_core.call_inputs import find_run, write_out
from clv_core.errors import InvalidSetting, NothingStored, UnreadableFile
from clv_core.pipeline import open_tables
from clv_core.runs.folder import RunFolder
from clv_core.segments.value_tiers import VALUE_TIERS
from clv_core.sentences import Sentence
from clv_core.storage.suppression import SuppressionList
from clv_core.storage.workspace import Stored, Workspace


def export(options: argparse.Namespace) -> dict[str, Any]:
    """Write the customers of some tiers as another tool reads them."""
    found = find_run(options.run)
    settings = _settle(options)
    _say([] if (objection := found.objection()) is None else [objection])
    workspace, dataset = _find_dataset(found)
    customers = _read_customers(found, dataset)
    contacts = read_contacts(customers, settings.default_country)
    barred = Barred(
        _find_suppressed(options.suppress, workspace, customers, contacts),
        find_earlier_controls(workspace, dataset.id) if dataset and workspace else pd.Index([]),
    )
    forecast = found.forecast()
    named = forecast[_is_named(forecast, options.tier)]
    plan = plan_export(named, customers, survey_contacts(customers, contacts), settings, barred)
    limits = warn_of_limits(plan)
    _say(limits)
    bundle = write_export(plan, customers)
    write_out(options.out, bundle.content)
    controls = None if options.controls_out is None else write_controls(plan, customers)
    if controls is not None:
        write_out(options.controls_out, controls.content)
    if dataset is not None and workspace is not None:
        taken = Taken(workspace, found.folder.name, dataset.id, local_account())
        hand_over(taken, plan, bundle)
        if controls is not None:
            hand_over_controls(taken, plan, controls)
    return {
        "out": str(options.out),
        "format": settings.target,
        "customers": len(plan.written),
        "chosen": plan.chosen,
        "dropped": dict(plan.dropped),
        "controls": int(plan.is_control.sum()),
        "controls_left_out": plan.left_out_controls,
        "without_consent": plan.without_consent,
        "spoilt_controls": plan.spoilt_controls,
        "unread": {"emails": plan.unread_emails, "phones": plan.unread_phones},
        "is_hashed": settings.wishes.is_hashed,
        "seed": settings.seed,
        "notes": [str(sentence) for sentence in (*limits, *_tell_power(plan, found))],
    }


def _settle(options: argparse.Namespace) -> ExportSettings:
    return ExportSettings.check(
        {
            "target": options.format,
            "consented_only": options.consented_only,
            "control_share": options.control_share,
            "seed": options.seed,
            "is_hashed": options.hash,
            "default_country": options.default_country.upper(),
            "value": options.value,
            "leaves_controls_out": options.leave_controls_out,
            "spares_earlier_controls": options.spare_earlier_controls,
        }
    )


def _is_named(forecast: pd.DataFrame, named: Sequence[str]) -> pd.Series:
    """Say who is in one of the named tiers, whichever kind it is of; everyone by default."""
    known = (*VALUE_TIERS, *MARKETING_TIERS)
    for name in named:
        if name not in known:
            raise InvalidSetting(
                Sentence("There is no tier named {name}.", name=name),
                Sentence("Choose one of: {names}.", names=", ".join(known)),
            )
    chosen = list(named) or list(VALUE_TIERS)
    return forecast["value_tier"].isin(chosen) | forecast["marketing_tier"].isin(chosen)


def _find_dataset(found: RunFolder) -> tuple[Workspace | None, Stored | None]:
    """Return the workspace that a run lies in, and its data set; a lone folder has neither."""
    if not Workspace.default_root().is_dir():
        return None, None
    workspace = Workspace.default()
    if found.folder.resolve().parent != workspace.root / "runs":
        return workspace, None
    return workspace, workspace.dataset_of_run(found.folder.name)


def _read_customers(found: RunFolder, dataset: Stored | None) -> pd.DataFrame:
    kept = found.customers()
    if kept is not None:
        return kept
    if dataset is None:
        raise NothingStored(
            Sentence("This run does not hold its customers, nor is it of the workspace."),
            Sentence("Name a run of the workspace by its id, or a folder that run wrote."),
        )
    stored = open_tables(dataset.folder).scan("customers").collect("pandas").to_native()
    return pd.DataFrame(stored).set_index("customer_key")


def _find_suppressed(
    listed: Path | None,
    workspace: Workspace | None,
    customers: pd.DataFrame,
    contacts: pd.DataFrame,
) -> pd.Index:
    """Return who is on the workspace's list or in the file that the call names."""
    people = list(customer_forms(customers, contacts))
    entries = [] if listed is None else read_entries(_read_text(listed))
    named = {form for forms in entries for form in forms}
    kept = SuppressionList(workspace).find(people) if workspace else [False] * len(people)
    hit = [is_kept or bool(forms & named) for is_kept, forms in zip(kept, people, strict=True)]
    return customers.index[hit]


def _read_text(path: Path) -> str:
    try:
        return decode_entries(path.read_bytes())
    except OSError:
        raise UnreadableFile(
            Sentence("{name} cannot be read.", name=path.name),
            Sentence("Give ids, e-mail addresses or telephone numbers in UTF-8, one per line."),
        ) from None


def _tell_power(plan: ExportPlan, found: RunFolder) -> tuple[Sentence, ...]:
    share = float(found.manifest()["settings"]["evaluation"]["interval_share"])
    return tell_power(measure_power(plan.audience, plan.is_control, share))


def _say(notes: Iterable[Sentence]) -> None:
    for note in notes:
        print(f"Warning: {note}", file=sys.stderr)
