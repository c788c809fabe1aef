"""The router: page config, language, navigation, what is open."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.parts import handing, receiving, serving

if __name__ == "__main__":  # what pages share must not be loaded before the server runs
    from pages.parts import sidebar
    from pages.parts.state import follow_url
    from pages.parts.text import _

HERE = Path(__file__).parent


def route() -> None:
    """Run the page that this session asks for."""
    # Pictures of our own: Streamlit fetches a Material icon for the browser's tab from outside.
    st.set_page_config(page_icon=HERE / "pages/parts/icon.svg", layout="wide")
    st.logo(HERE / "pages/parts/logo.svg", icon_image=HERE / "pages/parts/icon.svg", size="large")
    follow_url()

    sections = {
        _("Prepare"): (
            ("pages/prepare/upload.py", _("Bring data in"), ":material/upload_file:"),
            ("pages/prepare/review.py", _("Review"), ":material/fact_check:"),
        ),
        _("Model"): (
            ("pages/model/train.py", _("Train"), ":material/model_training:"),
            ("pages/model/search.py", _("Search settings"), ":material/manage_search:"),
            ("pages/model/trust.py", _("Trust"), ":material/verified:"),
            ("pages/model/compare.py", _("Compare"), ":material/compare_arrows:"),
        ),
        _("Value"): (
            ("pages/value/overview.py", _("Overview"), ":material/monitoring:"),
            ("pages/value/segments.py", _("Segments"), ":material/donut_small:"),
            ("pages/value/cohorts.py", _("Cohorts"), ":material/grid_on:"),
            ("pages/value/customers.py", _("Customers"), ":material/person_search:"),
            ("pages/value/explain.py", _("Reasons"), ":material/lightbulb:"),
        ),
        _("Act"): (
            ("pages/act/tiers.py", _("Tiers"), ":material/campaign:"),
            ("pages/act/lists.py", _("Lists"), ":material/checklist:"),
            ("pages/act/budget.py", _("Budget"), ":material/savings:"),
            ("pages/act/recommend.py", _("Products"), ":material/shopping_bag:"),
            ("pages/act/export.py", _("Export"), ":material/download:"),
            ("pages/act/look_back.py", _("Look back"), ":material/history:"),
            ("pages/act/report.py", _("Report"), ":material/summarize:"),
        ),
    }

    page = st.navigation(
        {
            section: [
                st.Page(path, title=title, icon=icon, default=path == "pages/prepare/upload.py")
                for path, title, icon in entries
            ]
            for section, entries in sections.items()
        },
        expanded=True,
    )
    sidebar.show()
    page.run()


if __name__ == "__main__":  # Streamlit runs this file anew for every session
    route()
else:  # and the server imports it once, before the first
    app = st.App(
        __file__,
        lifespan=serving.serving,
        routes=[*receiving.upload_routes(), *handing.handing_routes()],
    )
