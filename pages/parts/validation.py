"""The window before the test: it chose the model, and shows whether the order of models holds."""

from __future__ import annotations

import streamlit as st

from clv_core.evaluation.proof_words import tell_both
from clv_core.evaluation.scoreboard import Scoreboard
from pages.parts import cached
from pages.parts.tables import scoreboard_table
from pages.parts.text import _, day, number, safe, say


def show_validation(run_id: str, board: Scoreboard, metric: str, currency: str) -> None:
    """Show the scoreboard of the window that chose the model; nothing where there is none."""
    earlier = cached.validation_scoreboard(run_id)
    agreement = None if earlier is None else tell_both(board, earlier, metric)
    if earlier is None or agreement is None:
        return
    title = _("The {days} days before the test, from {cutoff} on: {agreement}").format(
        days=number(earlier.horizon_days), cutoff=day(earlier.cutoff), agreement=say(agreement)
    )
    st.markdown(f"**{safe(title)}**")
    st.dataframe(
        scoreboard_table(earlier, metric, currency),
        hide_index=True,
        alt=_("Every model's value of the chosen measure in the window that chose the model"),
    )
    st.caption(
        safe(
            _(
                "This window chose the model in use, so it is no fair test of that model. It is"
                " here to see whether the order of the models holds from one window to the next."
            )
        )
    )
