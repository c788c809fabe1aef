"""What is done for a tier, and the form that changes it. The user's words are never markup."""

from __future__ import annotations

import math
from typing import Final

import streamlit as st

from clv_core.activation.playbook import (
    CHANNELS,
    Play,
    PlaybookSettings,
    TierName,
    limit_offer,
)
from clv_core.errors import InvalidSetting, UserDataError
from clv_core.sentences import Sentence
from clv_core.storage.kept_settings import forget_kept, keep, read_kept
from pages.parts.state import workspace
from pages.parts.terms import Terms
from pages.parts.text import _, language, percent, safe, say, show_error

CHANNEL_TITLES: Final = {
    "email": Sentence("E-mail"),
    "phone": Sentence("Telephone"),
    "message": Sentence("Text message or messenger"),
    "post": Sentence("Letter or parcel"),
    "ads": Sentence("Advertising"),
    "service": Sentence("Personal service"),
    "newsletter": Sentence("Newsletter only"),
    "none": Sentence("No contact"),
}
_FIELDS: Final = ("action", "channel", "share", "notes")
_BEGINNINGS: Final = "playbook_beginnings"  # how often fields had to begin anew


def read_playbook(dataset_id: str) -> PlaybookSettings:
    """Return the playbook of a data set; the one to begin with where none can be read."""
    try:
        return read_kept(workspace(), dataset_id, PlaybookSettings)
    except InvalidSetting as error:
        show_error(error)
        return PlaybookSettings()


def show_play(play: Play, action: Sentence) -> None:
    """Show what is done for a tier; ``action`` is what to do where the user said nothing else."""
    if play.action is None:
        st.markdown(f"**{safe(say(action))}**")
    else:
        st.text(play.action)
    st.caption(safe(_("By: {channel}").format(channel=say(CHANNEL_TITLES[play.channel]))))
    if play.notes:
        st.text(play.notes)


def tell_ceiling(
    play: Play, lower: float | None, from_total: bool, margin_rate: float | None, terms: Terms
) -> str:
    """Say what an offer to one customer of a tier may cost at most, and why."""
    if not play.offer_share:
        return _("No offer: none of the margin is to be given away.")
    if margin_rate is None:
        return _("Say your margin below, and the most that an offer may cost appears here.")
    if lower is None or math.isnan(lower):
        return _("What these customers bring at least is not known: no ceiling can be told.")
    told = (
        _(
            "An offer may cost at most {ceiling} a customer: {share} of the {margin} margin on"
            " {lower}, what one of them brings on average at the lower end of the group's range."
        )
        if from_total
        else _(
            "An offer may cost at most {ceiling} a customer: {share} of the {margin} margin on"
            " {lower}, the mean of what each of them brings at least."
        )
    )
    return told.format(
        ceiling=terms.money(limit_offer(play, lower, margin_rate), 2),
        share=percent(play.offer_share),
        margin=percent(margin_rate),
        lower=terms.money(lower),
    )


def edit_play(dataset_id: str, tier: TierName, play: Play, action: str) -> None:
    """Let the user change what is done for a tier; ``action`` as it is shown by default."""
    began = st.session_state.get(_BEGINNINGS, 0)  # a browser keeps what a field of one key holds
    keys = {name: f"play_{name}:{dataset_id}:{tier}:{language()}:{began}" for name in _FIELDS}
    with (
        st.popover(_("Edit"), icon=":material/edit:"),
        st.form(f"play:{dataset_id}:{tier}", border=False),
    ):
        st.text_area(
            _("What to do"), play.action or action, max_chars=2000, key=keys["action"], height=110
        )
        st.selectbox(
            _("Channel"),
            CHANNELS,
            index=CHANNELS.index(play.channel),
            format_func=lambda name: say(CHANNEL_TITLES[name]),
            key=keys["channel"],
        )
        st.number_input(
            _("Of the margin, an offer may cost at most (%)"),
            min_value=0.0,
            max_value=100.0,
            value=play.offer_share * 100,
            step=1.0,
            format="%.0f",
            key=keys["share"],
            help=_("Of the margin on what a customer brings at least. Yours to choose."),
        )
        st.text_area(_("Notes"), play.notes, max_chars=4000, key=keys["notes"], height=80)
        with st.container(horizontal=True):
            st.form_submit_button(
                _("Keep for these data"),
                type="primary",
                on_click=_keep_play,
                args=(dataset_id, tier, keys, action),
            )
            st.form_submit_button(
                _("As it was at first"), on_click=_reset_play, args=(dataset_id, tier)
            )


def _keep_play(dataset_id: str, tier: TierName, keys: dict[str, str], action: str) -> None:
    said = {name: st.session_state[key] for name, key in keys.items()}
    own = said["action"].strip()
    try:
        play = Play.check(
            {
                "action": None if own in ("", action) else own,
                "channel": said["channel"],
                "offer_share": said["share"] / 100,
                "notes": said["notes"].strip(),
            }
        )
        keep(workspace(), dataset_id, read_playbook(dataset_id).change(tier, play))
        st.toast(_("Kept for these data."), icon=":material/check:")
    except UserDataError as error:
        show_error(error)


def _begin_anew() -> None:
    st.session_state[_BEGINNINGS] = st.session_state.get(_BEGINNINGS, 0) + 1


def _reset_play(dataset_id: str, tier: TierName) -> None:
    _begin_anew()
    try:
        keep(workspace(), dataset_id, read_playbook(dataset_id).change(tier, None))
    except UserDataError as error:
        show_error(error)


def offer_reset(dataset_id: str, book: PlaybookSettings) -> None:
    """Let the user go back to the playbook that it began with, where it was changed."""
    if book.plays:
        st.button(
            _("Put the whole playbook back as it was at first"),
            icon=":material/restart_alt:",
            on_click=_reset_all,
            args=(dataset_id,),
            key="playbook_reset",
        )


def _reset_all(dataset_id: str) -> None:
    _begin_anew()
    try:
        forget_kept(workspace(), dataset_id, PlaybookSettings)
    except UserDataError as error:
        show_error(error)
