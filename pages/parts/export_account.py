"""Who is on a list and who is not, in numbers; what was taken before."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from clv_core.activation.control_group import measure_power, tell_power
from clv_core.activation.export_plan import REASONS, ExportPlan, warn_of_limits
from clv_core.activation.platforms.registry import TARGETS
from clv_core.storage.exports import ExportRecord
from pages.parts import cached
from pages.parts.text import _, moment, number, percent, safe, say


def show_account(plan: ExportPlan) -> None:
    """Show how the chosen customers become those in the file; the parts add up."""
    st.subheader(
        _("{rows} customers").format(rows=number(len(plan.written))),
        anchor=False,
    )
    lines = [_("{count} are in the chosen tiers").format(count=number(plan.chosen))]
    lines += [
        _("less {count}: {reason}").format(count=number(count), reason=say(REASONS[name]))
        for name, count in plan.dropped.items()
    ]
    if plan.left_out_controls:
        lines.append(
            _("less {count}: the control group").format(count=number(plan.left_out_controls))
        )
    lines.append(_("{count} are in the file").format(count=number(len(plan.written))))
    st.markdown("\n".join(f"- {safe(line)}" for line in lines))
    if plan.unread_emails or plan.unread_phones:
        st.caption(
            _(
                "Of those on the list, {emails} e-mail addresses and {phones} telephone numbers"
                " could not be read (masked, incomplete, or without a country)."
            ).format(emails=number(plan.unread_emails), phones=number(plan.unread_phones))
        )
    if plan.spoilt_controls:
        st.warning(
            _(
                "{count} of them are in the control group of an earlier export: contacting them"
                " spoils that comparison. You can leave them out above."
            ).format(count=number(plan.spoilt_controls))
        )
    if plan.without_consent:
        st.warning(
            _(
                "{count} of them did not agree to be contacted, or are not known to. Whether you"
                " may contact them is for you to know."
            ).format(count=number(plan.without_consent))
        )


def show_power(plan: ExportPlan, run_id: str) -> None:
    """Say what the control group could show."""
    share = cached.settings(run_id).evaluation.interval_share
    told = [
        safe(say(sentence))
        for sentence in tell_power(measure_power(plan.audience, plan.is_control, share))
    ]
    if plan.is_control.any():
        st.caption(" ".join(told))
    else:
        st.warning(" ".join(told))


def show_limits(plan: ExportPlan) -> None:
    """Warn where the list is too short or too long for its place."""
    for sentence in warn_of_limits(plan):
        st.warning(safe(say(sentence)))


def show_taken(records: list[ExportRecord]) -> None:
    """List what was taken from these data before."""
    st.dataframe(
        pd.DataFrame(
            {
                _("When"): [moment(dt.datetime.fromtimestamp(one.made_at)) for one in records],
                _("Where to"): [
                    say(TARGETS[one.target].title) if one.target in TARGETS else one.target
                    for one in records
                ],
                _("Customers in the file"): [number(one.rows) for one in records],
                _("Control group"): [percent(one.control_share) for one in records],
                _("SHA-256 of the file"): [one.sha256 for one in records],
            }
        ),
        hide_index=True,
        alt=_("Lists taken from these data before"),
    )
