"""Mailing tools: Klaviyo, Mailchimp, HubSpot. They take any column beside their own."""

from __future__ import annotations

from typing import Final

import pandas as pd

from clv_core.activation.platforms.own_fields import own_fields
from clv_core.activation.platforms.target import (
    Target,
    Wishes,
    bracket_phone,
    has_email,
)
from clv_core.sentences import Sentence

_MAILCHIMP_TEXT_BYTES: Final = 255
_KLAVIYO_BYTES: Final = 50 * 1024 * 1024
_CONSENT: Final = {True: "Subscribe", False: "Never subscribed"}
_CONTROLS_LISTED = Sentence(
    "Customers of the control group are in the file, marked control in the column holdout_group:"
    " send only to those marked treated, or leave the controls out of the file."
)


class KlaviyoProfiles(Target):
    """Profiles by e-mail address or telephone number."""

    name = "klaviyo"
    title = Sentence("Klaviyo profiles")
    purpose = Sentence("Write to these customers from Klaviyo; every field becomes a property.")
    rules = (
        Sentence(
            "Telephone numbers are written (+44) 7700900123, which Klaviyo accepts: with a leading"
            " + a spreadsheet would take them for a formula."
        ),
        Sentence(
            "Email Marketing Consent is filled in where your data tell of consent. Nothing is said"
            " of SMS: your data do not tell it."
        ),
        _CONTROLS_LISTED,
    )
    most_bytes = _KLAVIYO_BYTES

    def find_problems(self, survey: pd.DataFrame, wishes: Wishes) -> dict[str, pd.Series]:
        reachable = has_email(survey, wishes) | (survey["phone_group"] >= 0)
        return {"no_contact": ~reachable}

    def lay_out(self, rows: pd.DataFrame, wishes: Wishes) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "Email": rows["email"],
                "Phone Number": rows["phone"].map(bracket_phone),
                "First Name": rows["first_name"],
                "Last Name": rows["last_name"],
                "City": rows["city"],
                "State / Region": rows["region"],
                "Country": rows["country"],
                "Zip Code": rows["postal_code"],
                "Email Marketing Consent": rows["consent"].map(_CONSENT),
            }
        ).join(own_fields(rows))


class MailchimpAudience(Target):
    """Contacts by e-mail address."""

    name = "mailchimp"
    title = Sentence("Mailchimp audience")
    purpose = Sentence("Write to these customers from Mailchimp.")
    rules = (
        Sentence(
            "Telephone numbers are E.164 digits with their country code, without the + that a"
            " spreadsheet would take for a formula. Text is cut at 255 bytes."
        ),
        Sentence(
            "Mailchimp takes no address with letters like é before the @; those are left out."
        ),
        _CONTROLS_LISTED,
    )

    def find_problems(self, survey: pd.DataFrame, wishes: Wishes) -> dict[str, pd.Series]:
        writable = has_email(survey, wishes) & survey["is_ascii_email"]
        return {"no_email": ~writable}

    def lay_out(self, rows: pd.DataFrame, wishes: Wishes) -> pd.DataFrame:
        contacts = pd.DataFrame(
            {
                "Email Address": rows["email"],
                "First Name": rows["first_name"],
                "Last Name": rows["last_name"],
                "Phone": rows["phone"].str.removeprefix("+"),
                "City": rows["city"],
                "State": rows["region"],
                "Zip": rows["postal_code"],
                "Country": rows["country"],
            }
        )
        return contacts.map(_cut).join(own_fields(rows))


class HubSpotContacts(Target):
    """Contacts by e-mail address."""

    name = "hubspot"
    title = Sentence("HubSpot contacts")
    purpose = Sentence("Bring these customers into HubSpot, with what is expected of them.")
    rules = (
        Sentence(
            "Telephone numbers are written (+44) 7700900123: with a leading + a spreadsheet would"
            " take them for a formula."
        ),
        _CONTROLS_LISTED,
    )

    def find_problems(self, survey: pd.DataFrame, wishes: Wishes) -> dict[str, pd.Series]:
        return {"no_email": ~has_email(survey, wishes)}

    def lay_out(self, rows: pd.DataFrame, wishes: Wishes) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "email": rows["email"],
                "firstname": rows["first_name"],
                "lastname": rows["last_name"],
                "phone": rows["phone"].map(bracket_phone),
                "city": rows["city"],
                "state": rows["region"],
                "zip": rows["postal_code"],
                "country": rows["country"],
            }
        ).join(own_fields(rows))


def _cut(text: str) -> str:
    return text.encode("utf-8")[:_MAILCHIMP_TEXT_BYTES].decode("utf-8", "ignore")
