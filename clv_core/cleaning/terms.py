"""Words and phrases of two languages, found in one pass over a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Generic, TypeVar

from ahocorasick_rs import AhoCorasick, MatchKind

__all__ = ["Terms", "fold_text", "is_inside_word"]

Meaning = TypeVar("Meaning")

# Traditional characters of our Chinese words; what is said is the same in either script.
_TRADITIONAL: Final = (
    "萬與醜專業東絲嚴個豐麼樂書買虧亞親僅從價優會傳體兒關興涼湊幾劃剛別勸務動勁區賣後發變員詢圍"
    "圓壞處復複覆夠頭寧寶實寬對導將盡極應開異強當態惡驚紮換數斷無舊時暢來樣檔歡氣沒滿漲漬溝靈點"
    "爛熱愛貓碼簽簡緊紅級紙紋線細結給絕縮髒藝蘇薦虛蠻裝規觀認評詐訴話語說諉談謝貨質購貼貴費賠賴"
    "贊讚趕車軟輕較輸達過運還這遠遲適遜遞郵釋鐘錢鏽錯長門問閒悶聞陽險隨難韻順顧頓預題飛馬罵騙魚"
    "鮮龜鬆緻損顏責負貝練舖產鎖間陸靜"
)
_SIMPLIFIED: Final = (
    "万与丑专业东丝严个丰么乐书买亏亚亲仅从价优会传体儿关兴凉凑几划刚别劝务动劲区卖后发变员询围"
    "圆坏处复复复够头宁宝实宽对导将尽极应开异强当态恶惊扎换数断无旧时畅来样档欢气没满涨渍沟灵点"
    "烂热爱猫码签简紧红级纸纹线细结给绝缩脏艺苏荐虚蛮装规观认评诈诉话语说诿谈谢货质购贴贵费赔赖"
    "赞赞赶车软轻较输达过运还这远迟适逊递邮释钟钱锈错长门问闲闷闻阳险随难韵顺顾顿预题飞马骂骗鱼"
    "鲜龟松致损颜责负贝练铺产锁间陆静"
)
_AS_SIMPLIFIED: Final = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def fold_text(text: str) -> str:
    """Return a text in small letters and simplified characters, every letter in its place."""
    low = text.lower()
    if len(low) != len(text):  # a letter such as İ becomes two
        low = "".join(one if len(one := letter.lower()) == 1 else letter for letter in text)
    return low.translate(_AS_SIMPLIFIED)


class Terms(Generic[Meaning]):
    """Terms, each with a meaning, found from the left, the longest first.

    Chinese is written without blanks: a longer term takes what a shorter one
    inside it would be mistaken for (``不错`` is good, though ``错`` is a
    mistake). Terms in Latin letters are whole words.

    Parameters
    ----------
    meanings : mapping of str to object
        Folded term -> what it stands for.
    """

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        self._meanings = tuple(meanings.values())
        self._automaton = AhoCorasick(list(meanings), matchkind=MatchKind.LeftmostLongest)

    def find(self, folded: str) -> Iterator[tuple[Meaning, int, int]]:
        """Yield each found term's meaning, its first letter and the one after its last."""
        for term, start, end in self._automaton.find_matches_as_indexes(folded):
            if not (is_inside_word(folded, start) or is_inside_word(folded, end)):
                yield self._meanings[term], start, end


def is_inside_word(text: str, place: int) -> bool:
    """Say whether two Latin letters or digits meet at a place."""
    return 0 < place < len(text) and _is_latin(text[place - 1]) and _is_latin(text[place])


def _is_latin(letter: str) -> bool:
    return letter.isalnum() and letter < "\u0250"
