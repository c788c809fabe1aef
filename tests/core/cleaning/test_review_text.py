"""What is read out of the texts of reviews."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from clv_core.cleaning.aspect_words import ASPECT_WORDS
from clv_core.cleaning.aspects import name_aspects
from clv_core.cleaning.opinion_words import CHINESE, PHRASES
from clv_core.cleaning.review_text import TEXT_COLUMNS, describe_text
from clv_core.cleaning.sentiment import score_clause, split_clauses
from clv_core.cleaning.terms import fold_text
from clv_core.columns import REVIEW_ASPECTS, aspect_column
from clv_core.samples.words import OPENINGS, REMARKS
from tests.core.cleaning import judged_texts
from tests.core.cleaning.uploads import DATA, clean_uploads, sell, write_upload

REAL = DATA / "clothing_reviews" / "Womens Clothing E-Commerce Reviews.csv"


def feel(text: str) -> float:
    """Return a text's sentiment, 0 where nothing judges."""
    return describe_text(text)["sentiment"] or 0.0


def share_right(judged: dict[str, int]) -> float:
    """Return the share of texts on whose side of 0 their readers stand."""
    return sum(feel(text) * sign > 0 for text, sign in judged.items()) / len(judged)


def test_clauses_end_at_marks_and_contrasts():
    """Sentences are cut in both languages, their emphasis stays with them."""
    assert split_clauses("Good product, slow delivery!") == ["Good product", "slow delivery!"]
    assert split_clauses("Nice but small") == ["Nice", "small"]
    assert split_clauses("质量好，但是物流慢！") == ["质量好", "物流慢！"]
    assert split_clauses("不过如此") == ["不过如此"]
    assert split_clauses(" … ") == []
    assert [len(clause) for clause in split_clauses("x" * 600)] == [250, 250, 100]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("很好", "好"),
        ("不错", "不好"),
        ("满意", "不满意"),
        ("very good", "good"),
        ("not bad", "bad"),
        ("好！！！", "好"),
        ("GOOD 👍", "good"),
    ],
)
def test_emphasis_and_negation(better, worse):
    """Adverbs, marks and emoji strengthen; a negation turns round, in both languages."""
    assert (score_clause(better) or 0.0) > (score_clause(worse) or 0.0)


def test_a_negation_reaches_only_so_far():
    """Chinese that no list covers takes room, so that a far word is not negated."""
    assert feel("不知道别家到底卖得怎么样反正这个很好") > 0


def test_traditional_characters_read_alike():
    """A text says the same in either script."""
    assert feel("質量很好，發貨太慢") == feel("质量很好，发货太慢")
    assert name_aspects("質量很好，發貨太慢") == {"quality", "delivery"}


@pytest.mark.parametrize("text", ["", "…", "12345", "Das Paket kam gestern.", "茶"])
def test_texts_that_do_not_judge(text):
    """Without a judging word a sentiment is missing, not nought."""
    assert describe_text(text)["sentiment"] is None


def test_sentiment_of_written_texts():
    """Most texts fall on the side where their reader stands, those kept back too."""
    assert share_right(judged_texts.CHINESE) >= 0.9
    assert share_right(judged_texts.CHINESE_KEPT_BACK) >= 0.7
    assert share_right(judged_texts.ENGLISH_KEPT_BACK) >= 0.7


def test_sentiment_of_the_sample_shop():
    """What the sample shop's happy and unhappy customers write tells them apart."""
    for language in ("en", "zh"):
        for texts in (OPENINGS[language], REMARKS[language]):
            bad, _, good = (list(filter(None, mood)) for mood in texts)
            feelings = [feel(text) for text in (*bad, *good)]
            assert roc_auc_score([0] * len(bad) + [1] * len(good), feelings) >= 0.8


def test_mixed_opinions_go_to_what_they_are_about():
    """Of each aspect a mixed text names, the clause that names it decides."""
    told = [
        (describe_text(text)[aspect_column(aspect)], sign)
        for text, signs in judged_texts.MIXED.items()
        for aspect, sign in signs.items()
    ]
    named = [(found, sign) for found, sign in told if found is not None]
    right = [found * sign > 0 if sign else found == 0 for found, sign in named]
    assert len(named) / len(told) >= 0.95
    assert sum(right) / len(right) >= 0.85


def test_word_lists_are_sound():
    """Terms are folded, none stands for two English words, all aspects have some."""
    opinions = [term for terms in PHRASES.values() for term in terms.split("|")]
    opinions += [term for terms in CHINESE.values() for term in terms.split()]
    assert not [term for term, count in Counter(opinions).items() if count > 1]
    aspects = [term for terms in ASPECT_WORDS.values() for term in terms.split("|")]
    assert all(term and term == fold_text(term).strip() for term in (*opinions, *aspects))
    assert tuple(ASPECT_WORDS) == REVIEW_ASPECTS


def test_texts_end_in_cleaning(tmp_path):
    """Reviews travel with what their texts say and with their product, without the text."""
    orders = write_upload(tmp_path, [sell("7", "2024-05-01", product_id="tea")])
    rows = [
        ("2024-05-03", "5", "Lovely tea, slow delivery.", "tea"),
        ("2024-05-04", "1", "物流太慢", "cake"),
        ("2024-05-05", "3", "", ""),
        ("2024-05-06", "", "Tuesday", "tea"),
    ]
    names = ("review_time", "rating", "review_text", "product_id")
    reviews = [{"customer_id": "7", **dict(zip(names, row, strict=True))} for row in rows]
    cleaned = clean_uploads(tmp_path, orders, write_upload(tmp_path, reviews, "reviews"))
    table = cleaned.open("reviews")
    assert "review_text" not in table
    assert table["text_length"].tolist() == [26, 4, 0, 7]
    assert table["product_key"].fillna(-1).tolist() == [0, 1, -1, 0]
    expected = pd.DataFrame([describe_text(row[2]) for row in rows], dtype="float64")
    pd.testing.assert_frame_equal(table[list(TEXT_COLUMNS)], expected)
    assert table["sentiment"].isna().tolist() == [False, False, True, True]


@pytest.mark.skipif(not REAL.is_file(), reason="the clothing reviews are not at ../shared/data")
def test_sentiment_of_real_reviews():
    """On one in five of the clothing reviews, what texts say goes with the stars given."""
    frame = pd.read_csv(REAL).dropna(subset=["Review Text"]).iloc[::5]
    feelings, stars = frame["Review Text"].map(feel), frame["Rating"]
    assert roc_auc_score(stars >= 4, feelings) > 0.8
    assert spearmanr(feelings, stars).statistic > 0.4
