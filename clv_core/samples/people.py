"""The invented customers of the sample shop and the reviews they write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm, rankdata

from clv_core.samples.process import CHANNELS, BoolArray, FloatArray, IntArray, Population
from clv_core.samples.words import (
    AREA_CODES,
    CHINESE_GIVEN_NAMES,
    CHINESE_SURNAMES,
    COUNTRIES,
    FIRST_NAMES,
    LAST_NAMES,
    OPENINGS,
    REMARKS,
)

Texts = npt.NDArray[np.object_]

NO_EMAIL_SHARE: Final = 0.03
NO_PHONE_SHARE: Final = 0.22
CONSENT_SHARE: Final = {"yes": 0.62, "no": 0.32, "": 0.06}

REVIEW_SHARE: Final = 0.12  # of orders
REVIEW_DAYS: Final = (3, 5.0)  # after the order: at least, and the mean of what comes on top
NO_TEXT_SHARE: Final = 0.2  # of reviews, a rating alone
RATING: Final = (3.7, 0.6, 0.95)  # mean, slope on loyalty, noise; then rounded into 1 to 5


@dataclass(frozen=True)
class People:
    """The customers as the shop knows them, and the language they write in.

    Attributes
    ----------
    table : (customers,) rows in the columns of ``customers.csv``
    writes_chinese : (customers,)
    """

    table: pd.DataFrame
    writes_chinese: BoolArray


@dataclass(frozen=True)
class Ratings:
    """Reviews by position of the reviewed order; arrays of one length."""

    order: IntArray
    delay_days: IntArray
    rating: IntArray
    text: Texts  # "" for a rating alone


def draw_people(customer_id: Texts, channel: IntArray, rng: np.random.Generator) -> People:
    """Invent a name, an address, a telephone number and a consent for everyone."""
    customers = len(customer_id)
    shares = np.array(list(COUNTRIES.values()))
    country = rng.choice(len(COUNTRIES), customers, p=shares[:, 0])
    writes_chinese = rng.random(customers) < shares[country, 1]
    first, last = _draw_words(FIRST_NAMES, customers, rng), _draw_words(LAST_NAMES, customers, rng)
    chinese = _draw_words(CHINESE_SURNAMES, customers, rng) + _draw_words(
        CHINESE_GIVEN_NAMES, customers, rng
    )
    line = rng.integers(100, 200, customers).astype(str).astype(object)
    phone = "+1-" + _draw_words(AREA_CODES, customers, rng) + "-555-0" + line
    number = np.arange(1, customers + 1).astype(str).astype(object)
    email = first + "." + last + "." + number + "@example.com"
    consent = rng.choice(list(CONSENT_SHARE), customers, p=list(CONSENT_SHARE.values()))
    table = pd.DataFrame(
        {
            "customer_id": customer_id,
            "email": np.where(rng.random(customers) < NO_EMAIL_SHARE, "", email),
            "phone": np.where(rng.random(customers) < NO_PHONE_SHARE, "", phone),
            "customer_name": np.where(writes_chinese, chinese, first + " " + last),
            "country": np.array(list(COUNTRIES), dtype=object)[country],
            "consent": consent.astype(object),
            "acquisition_channel": np.array([c.name for c in CHANNELS], dtype=object)[channel],
        }
    )
    table["email"] = table["email"].str.lower()
    return People(table, writes_chinese)


def draw_ratings(
    owner: IntArray, population: Population, writes_chinese: BoolArray, rng: np.random.Generator
) -> Ratings:
    """Draw which orders are reviewed and how.

    Ratings rise with loyalty: the normal score of the customer's dropout rate, so
    that customers who will stay longer write better reviews.

    Parameters
    ----------
    owner : (orders,) position of each order's customer; guests do not review
    """
    known = owner < len(population.dropout_rate)
    order = np.flatnonzero(known & (rng.random(len(owner)) < REVIEW_SHARE))
    loyalty = _score_loyalty(population.dropout_rate)[owner[order]]
    mean, slope, noise = RATING
    drawn = np.rint(mean + slope * loyalty + noise * rng.standard_normal(len(order)))
    rating = np.clip(drawn, 1, 5).astype(np.int64)
    least, more = REVIEW_DAYS
    delay = least + np.floor(rng.exponential(more, len(order))).astype(np.int64)
    text = _write_reviews(rating, writes_chinese[owner[order]], rng)
    return Ratings(order, delay, rating, text)


def _score_loyalty(dropout_rate: FloatArray) -> FloatArray:
    rank = rankdata(-dropout_rate)
    return np.asarray(norm.ppf((rank - 0.5) / len(rank)), dtype=np.float64)


def _write_reviews(rating: IntArray, chinese: BoolArray, rng: np.random.Generator) -> Texts:
    mood = np.digitize(rating, [3, 4])
    text = np.full(len(rating), "", dtype=object)
    for language, is_chinese in (("en", False), ("zh", True)):
        for position, openings in enumerate(OPENINGS[language]):
            chosen = np.flatnonzero((mood == position) & (chinese == is_chinese))
            opening = _draw_words(openings, len(chosen), rng)
            remark = _draw_words(REMARKS[language][position], len(chosen), rng)
            gap = np.where(remark == "", "", "" if is_chinese else " ").astype(object)
            text[chosen] = opening + gap + remark
    silent = rng.random(len(rating)) < NO_TEXT_SHARE
    return np.where(silent, "", text)


def _draw_words(words: tuple[str, ...], count: int, rng: np.random.Generator) -> Texts:
    return np.array(words, dtype=object)[rng.integers(0, len(words), count)]
