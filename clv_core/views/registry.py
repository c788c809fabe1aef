"""All views by name, and working one out.

A view is what a page shows of a run where that takes more than a moment: for a shop of a
thousand customers it is made while the page opens, for a million by a worker, which says
how far it is. Either way it is made once (:mod:`clv_core.storage.kept_views`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from clv_core.models.forecaster import Report, ignore_report
from clv_core.storage.atomic import discard_folder
from clv_core.storage.kept_views import KeptView, begin_view, find_view, publish_view
from clv_core.storage.workspace import Workspace
from clv_core.views.cohorts import lay_out_cohorts
from clv_core.views.contacts import lay_out_draw, lay_out_suppressed, lay_out_survey
from clv_core.views.groups import lay_out_personas
from clv_core.views.likeness import lay_out_likeness
from clv_core.views.lists import lay_out_lists
from clv_core.views.movement import lay_out_movement
from clv_core.views.newer_data import lay_out_newer_data
from clv_core.views.products import lay_out_peoples, lay_out_segment_products
from clv_core.views.reasons import lay_out_reason_means, lay_out_reasons
from clv_core.views.source import Source

__all__ = ["VIEWS", "find", "work_out"]

Layout = Callable[[Source, Mapping[str, Any], Path, Report], dict[str, Any]]

VIEWS: Final[dict[str, Layout]] = {
    "cohorts": lay_out_cohorts,
    "draw": lay_out_draw,
    "likeness": lay_out_likeness,
    "lists": lay_out_lists,
    "movement": lay_out_movement,
    "newer_data": lay_out_newer_data,
    "peoples": lay_out_peoples,
    "personas": lay_out_personas,
    "reason_means": lay_out_reason_means,
    "reasons": lay_out_reasons,
    "segment_products": lay_out_segment_products,
    "suppressed": lay_out_suppressed,
    "survey": lay_out_survey,
}


def find(workspace: Workspace, run_id: str, name: str, asked: Mapping[str, Any]) -> KeptView:
    """Return where a view of a run lies, or would."""
    return find_view(workspace.run(run_id).folder, name, asked)


def work_out(
    workspace: Workspace,
    run_id: str,
    name: str,
    asked: Mapping[str, Any],
    report: Report = ignore_report,
) -> KeptView:
    """Return a view of a run, made now unless it is there already.

    Parameters
    ----------
    workspace : Workspace
    run_id : str
    name : str
        In ``VIEWS``.
    asked : mapping
        What the view depends on besides the run, as its function says.
    report : Report
    """
    view = find(workspace, run_id, name, asked)
    if view.is_there:
        return view
    prepared = begin_view(view)
    try:
        facts = VIEWS[name](Source(workspace, run_id), asked, prepared, report)
        publish_view(view, prepared, facts)
    finally:
        discard_folder(prepared)
    return view
