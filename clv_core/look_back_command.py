"""What the verb ``look-back`` of the command line does."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Final

import pandas as pd

from clv_core.call_inputs import find_run, prepared_logs, published
from clv_core.errors import NothingStored
from clv_core.monitoring.findings import LookBack
from clv_core.monitoring.in_workspace import Known, read_known
from clv_core.monitoring.list_words import tell_list
from clv_core.monitoring.look_back import look_back
from clv_core.monitoring.newer_orders import refuse_given_value
from clv_core.runs.folder import RunFolder
from clv_core.sentences import Sentence
from clv_core.storage.workspace import Workspace

LOOK_BACK_FILE: Final = "look_back.json"


def compare(options: argparse.Namespace) -> dict[str, Any]:
    """Hold a run against newer orders; with ``--out`` the account goes into a folder."""
    run = find_run(options.run)
    if run.shape() != "log":
        raise refuse_given_value()
    known = _find_known(run)
    with prepared_logs(options) as (tables, _):
        found = look_back(run, known.ids, tables, known.earlier, known.lists)
    if options.out is not None:
        with published(options.out) as folder:
            _write(found, folder)
    told = _tell(found)
    if not options.json:
        print("\n".join([*told["findings"], *told["lists"], *told["caveats"], told["advice"]]))
    return {"out": None if options.out is None else str(options.out), **told}


def _find_known(run: RunFolder) -> Known:
    """Return what is known of a run: all of it in a workspace, else what lies in its folder."""
    customers = run.customers()
    if run.folder.resolve().parent == Workspace.default_root().resolve() / "runs":
        return read_known(Workspace.default(), run)
    if customers is None:
        raise NothingStored(
            Sentence("This run does not keep the ids of its customers."),
            Sentence("Name it by its id in the workspace that it belongs to."),
        )
    return Known(customers["customer_id"])


def _write(found: LookBack, folder: Path) -> None:
    (folder / LOOK_BACK_FILE).write_text(found.to_json(), "utf-8")
    found.groups.to_csv(folder / "groups.csv", index=False)
    found.scoreboard.table.to_csv(folder / "metrics.csv", index=False)
    found.shop.to_csv(folder / "shop.csv", index=False)
    found.features.to_csv(folder / "features.csv", index=False)
    effects = [
        effect.table.assign(export=one.export, since=one.since, verdict=effect.verdict)
        for one in found.lists
        for effect in one.effects
    ]
    if effects:
        pd.concat(effects).to_csv(folder / "lists.csv", index=False)


def _tell(found: LookBack) -> dict[str, Any]:
    groups: list[dict[str, Any]] = json.loads(found.groups.to_json(orient="records"))
    return {
        "model": found.model,
        "cutoff": found.cutoff.isoformat(),
        "last_day": found.last_day.isoformat(),
        "days": found.days,
        "horizon_days": found.horizon_days,
        "customers": found.customers,
        "groups": groups,
        "findings": [str(told) for told in found.findings],
        "lists": [str(told) for one in found.lists for told in tell_list(one)],
        "caveats": [str(told) for told in found.caveats],
        "advice": str(found.advice),
    }
