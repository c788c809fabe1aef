"""Countries as files write them, as the two letters that platforms ask for.

The names come from the Unicode CLDR tables that Babel carries.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.core import get_global

_LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl", "pt", "tr", "pl", "sv", "ja", "zh")
_CODE_LENGTH: Final = 2
# Groupings and placeholders of CLDR that are no country.
_NOT_COUNTRIES: Final = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_ALSO_KNOWN_AS: Final = {  # what shops write and CLDR does not
    "Great Britain": "GB",
    "England": "GB",
    "Scotland": "GB",
    "Wales": "GB",
    "Northern Ireland": "GB",
    "Holland": "NL",
    "United States of America": "US",
    "Republic of Korea": "KR",
    "Russian Federation": "RU",
    "Viet Nam": "VN",
    "Turkey": "TR",
    "Czech Republic": "CZ",
    "Macedonia": "MK",
    "Ivory Coast": "CI",
    "Hong Kong": "HK",
    "Macau": "MO",
    "Eire": "IE",
    "Republic of Ireland": "IE",
    "Swaziland": "SZ",
    "Burma": "MM",
    "UAE": "AE",
    "中国大陆": "CN",
}


def read_country(text: str) -> str:
    """Return the ISO 3166-1 code of a country, or nothing where it cannot be told.

    Reads the two and three letter codes, ``UK``, and names in a dozen languages.
    """
    return _codes().get(_fold(text), "")


@lru_cache(maxsize=1)
def country_codes() -> tuple[str, ...]:
    """Return the two letter codes of all countries, in order."""
    named = (str(code) for code in Locale("en").territories)
    return tuple(
        sorted(
            code
            for code in named
            if len(code) == _CODE_LENGTH and code.isalpha() and code not in _NOT_COUNTRIES
        )
    )


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    known = set(country_codes())
    for language in reversed(_LANGUAGES):  # English last: it wins where two disagree
        for code, name in Locale(language).territories.items():
            if code in known:
                codes[_fold(name)] = code
    for alias, found in get_global("territory_aliases").items():
        if len(found) == 1 and found[0] in known:
            codes[_fold(alias)] = found[0]
    also = {_fold(name): code for name, code in _ALSO_KNOWN_AS.items()}
    return codes | also | {_fold(code): code for code in known}


def _fold(text: str) -> str:
    kept = unicodedata.normalize("NFKC", text).casefold().replace("&", "and")
    return "".join(sign for sign in kept if sign.isalnum())
