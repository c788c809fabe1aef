"""All places that a list can go to, by name."""

from __future__ import annotations

from typing import Final

from clv_core.activation.platforms.google import GoogleCustomerMatch
from clv_core.activation.platforms.mailing import (
    HubSpotContacts,
    KlaviyoProfiles,
    MailchimpAudience,
)
from clv_core.activation.platforms.meta import MetaValueList
from clv_core.activation.platforms.plain import PlainCsv, PlainXlsx
from clv_core.activation.platforms.target import Target
from clv_core.activation.platforms.tiktok import TikTokCustomerFile

TARGETS: Final[dict[str, Target]] = {
    target.name: target
    for target in (
        *(PlainCsv(), PlainXlsx(), KlaviyoProfiles(), MailchimpAudience(), HubSpotContacts()),
        *(MetaValueList(), GoogleCustomerMatch(), TikTokCustomerFile()),
    )
}
