"""Contact lists of advertising and e-mail tools: people, but no purchases."""

from __future__ import annotations

from typing import Final

from clv_core.ingest.presets.preset import PlatformPreset
from clv_core.sentences import Sentence

__all__ = ["AUDIENCES"]

AUDIENCES: Final = (
    PlatformPreset(
        name="klaviyo",
        title=Sentence("Klaviyo profile export"),
        kind="customers",
        mapping={
            "customer_id": ("Email", "Klaviyo ID"),
            "email": ("Email",),
            "phone": ("Phone Number",),
            "country": ("Country",),
            "first_name": ("First Name",),
            "last_name": ("Last Name",),
            "postal_code": ("Zip Code",),
            "city": ("City",),
            "region": ("State / Region",),
            "consent": ("Email Marketing Consent", "Accepts Marketing", "Consent"),
        },
        needed=("Email", "Klaviyo ID", "First Name", "Last Name"),
        advice=Sentence(
            "Klaviyo's own predictions are not used; people are matched to orders by e-mail."
        ),
    ),
    PlatformPreset(
        name="meta_audience",
        title=Sentence("Meta value-based audience list"),
        kind="customers",
        mapping={
            "customer_id": ("email",),
            "email": ("email",),
            "phone": ("phone",),
            "country": ("country",),
        },
        needed=("email", "phone", "madid", "fn", "ln"),
        advice=Sentence(
            "This is an audience list for advertising: contacts without a date or an order, so "
            "nothing can be forecast from it. It can only add contacts to orders."
        ),
    ),
    PlatformPreset(
        name="google_audience",
        title=Sentence("Google Customer Match list"),
        kind="customers",
        mapping={
            "customer_id": ("Email",),
            "email": ("Email",),
            "phone": ("Phone",),
            "country": ("Country",),
        },
        needed=("Email", "Phone", "First Name", "Last Name", "Country", "Zip"),
        absent=("Klaviyo ID", "Total Spent"),
        advice=Sentence(
            "This is an audience list for advertising: contacts without a date or an order, so "
            "nothing can be forecast from it. It can only add contacts to orders."
        ),
    ),
)
