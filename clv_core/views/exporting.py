"""A list planned and written from a run's kept views, by whoever has the time: a worker."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from clv_core.activation.export_plan import Barred, ExportPlan, plan_export
from clv_core.activation.export_settings import ExportSettings
from clv_core.activation.exports import name_file
from clv_core.activation.handover import (
    Taken,
    find_earlier_controls,
    put_controls_on_record,
    put_on_record,
)
from clv_core.models.forecaster import Report, ignore_report
from clv_core.runs.progress import Progress
from clv_core.sentences import Sentence
from clv_core.settings import SegmentSettings
from clv_core.storage.kept_views import KeptView, begin_view, find_view, publish_view
from clv_core.storage.suppression import SuppressionList
from clv_core.views.list_files import write_control_file, write_list_file
from clv_core.views.registry import work_out
from clv_core.views.source import Source, tier_forecast

__all__ = ["TOLD", "keep_named", "plan_list", "read_suppressed", "select_candidates", "write_asked"]

NAMED: Final = "named"
TOLD: Final = ("predicted", "low", "high", "p_buy", "known_value")  # what decides and is told
_TIERS: Final = ("value_tier", "marketing_tier")


def select_candidates(tiered: pd.DataFrame) -> pd.DataFrame:
    """Return what decides who is on a list, the highest forecast first."""
    told = tiered[[name for name in (*TOLD, *_TIERS) if name in tiered]]
    return told.sort_values("predicted", ascending=False, kind="stable")


def read_suppressed(source: Source, default_country: str) -> pd.Index:
    """Return who is on the suppression list.

    Raises
    ------
    NothingStored
        Where that is not known.
    """
    listed = SuppressionList(source.workspace)
    if not len(listed):
        return pd.Index([], dtype="int64")
    asked = {"default_country": default_country, "stamp": listed.stamp()}
    view = work_out(source.workspace, source.id, "suppressed", asked)
    return view.table("suppressed").set_index("customer_key").index


def keep_named(source: Source, keys: pd.Index) -> str:
    """Keep which customers a list is to have alone, for a worker to read; return their mark."""
    mark = str(pd.util.hash_pandas_object(keys.to_series(), index=False).sum())
    view = _find_named(source, mark)
    if not view.is_there:
        prepared = begin_view(view)
        table = pd.DataFrame({"customer_key": keys.to_numpy()})
        table.to_parquet(prepared / f"{NAMED}.parquet", index=False)
        publish_view(view, prepared, {})
    return mark


def _find_named(source: Source, mark: str) -> KeptView:
    return find_view(source.run.folder, NAMED, {"mark": mark})


def plan_list(
    source: Source,
    settings: ExportSettings,
    cutoffs: SegmentSettings,
    named: pd.Index | None,
) -> ExportPlan:
    """Decide who is on a list, as the export page does.

    Raises
    ------
    NothingStored
        Where it is not known who is on the suppression list.
    """
    country = {"default_country": settings.default_country}
    survey = work_out(source.workspace, source.id, "survey", country).table("survey")
    draw = work_out(source.workspace, source.id, "draw", {"seed": settings.seed}).table("draw")
    candidates = select_candidates(tier_forecast(source.run, cutoffs))
    known = survey.set_index("customer_key").loc[candidates.index]
    barred = Barred(
        read_suppressed(source, settings.default_country),
        find_earlier_controls(source.workspace, source.dataset),
        named,
    )
    numbers = draw.set_index("customer_key")["number"]
    return plan_export(candidates, known, known, settings, barred, numbers)


def write_asked(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report = ignore_report
) -> Path:
    """Write the file of a list into a folder, and put on record that it is taken.

    ``asked``: ``settings`` and ``cutoffs``; ``named``, the mark of customers kept by
    :func:`keep_named` or null; ``controls``, whether the control group alone is written;
    ``who`` and ``is_confirmed`` as in :class:`~clv_core.activation.handover.Taken`.

    Raises
    ------
    InvalidSetting, NothingStored
    """
    settings = ExportSettings.check(asked["settings"])
    progress = Progress(report, (1, 6))
    progress.step(Sentence("Choosing the customers of the list"))
    mark = asked["named"]
    named = None
    if mark is not None:
        named = pd.Index(_find_named(source, mark).table(NAMED)["customer_key"])
    plan = plan_list(source, settings, SegmentSettings.check(asked["cutoffs"]), named)
    taken = Taken(
        source.workspace,
        source.id,
        source.dataset,
        str(asked["who"]),
        bool(asked["is_confirmed"]),
        named is not None,
    )
    progress.step(Sentence("Writing the file"))
    if asked["controls"]:
        path = folder / name_file("control-group", "csv")
        written = write_control_file(source, plan, path)
        put_controls_on_record(taken, plan, written.rows, written.sha256)
    else:
        path = folder / name_file("customers", settings.place.file_format)
        written = write_list_file(source, plan, path, progress)
        put_on_record(taken, plan, written.rows, written.sha256)
    progress.finish(Sentence("Done"))
    return path
