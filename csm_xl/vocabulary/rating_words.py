"""The words of a rating: one list, for functions, import and training alike.

Each word stands for a level from 1 to 5. Traditional characters are read as their simplified ones
(:func:`simplified`), so they are not listed.
"""

from __future__ import annotations

#: The texts that people type where there is no answer.
NO_ANSWER = frozenset(
    {
        *("n/a", "na", "n.a.", "n.a", "#n/a", "none", "nil", "null", "no answer", "not answered"),
        *("no response", "not applicable", "unknown", "skipped", "-", "--", "---", "–", "—", "——"),
        *(
            "/",
            "\\",
            ".",
            "...",
            "…",
            "无",
            "暂无",
            "未填",
            "未填写",
            "未评价",
            "未作答",
        ),
        *("不适用", "空", "缺失", "未知", "跳过"),
    }
)

_WORDS = {
    5: (
        "very satisfied|extremely satisfied|completely satisfied|totally satisfied|"
        "highly satisfied|fully satisfied|very good|extremely good|excellent|outstanding|perfect|"
        "great|superb|amazing|fantastic|wonderful|awesome|exceptional|very happy|extremely happy|"
        "completely happy|delighted|very pleased|love it|loved it|strongly agree|very high|"
        "非常满意|很满意|十分满意|极其满意|极满意|特别满意|相当满意|超级满意|超满意|完全满意|大满意|"
        "好评|非常好|很好|特别好|极好|超好|太好了|优秀|优|极佳|完美|很棒|太棒了|非常棒|非常喜欢|"
        "非常开心|非常同意|强烈推荐|五星好评"
    ),
    4: (
        "satisfied|somewhat satisfied|fairly satisfied|quite satisfied|mostly satisfied|"
        "rather satisfied|moderately satisfied|good|happy|quite happy|fairly happy|somewhat happy|"
        "pleased|above average|agree|somewhat agree|like it|liked it|high|"
        "满意|比较满意|较满意|较为满意|基本满意|还算满意|挺满意|蛮满意|大致满意|比较好|较好|好|不错|"
        "挺好|蛮好|良好|良|喜欢|开心|同意|比较同意"
    ),
    3: (
        "neutral|neither satisfied nor dissatisfied|neither happy nor unhappy|neither|average|fair|"
        "ok|okay|o.k.|so so|so|fine|acceptable|adequate|mediocre|moderate|meh|passable|undecided|"
        "neither agree nor disagree|mixed|"
        "一般|一般般|中立|普通|尚可|还行|还可以|可以|马马虎虎|中等|中评|中|及格|合格|凑合|过得去|"
        "无所谓|说不清|一般满意"
    ),
    2: (
        "dissatisfied|unsatisfied|not satisfied|somewhat dissatisfied|fairly dissatisfied|"
        "quite dissatisfied|mostly dissatisfied|rather dissatisfied|slightly dissatisfied|poor|"
        "bad|not good|unhappy|somewhat unhappy|quite unhappy|not happy|disappointed|displeased|"
        "below average|disagree|somewhat disagree|low|"
        "不满意|不太满意|不大满意|不怎么满意|比较不满意|较不满意|有点不满意|有些不满意|较差|比较差|差|"
        "不好|不太好|不喜欢|不开心|失望|不同意|比较不同意"
    ),
    1: (
        "very dissatisfied|very unsatisfied|extremely dissatisfied|completely dissatisfied|"
        "totally dissatisfied|highly dissatisfied|not at all satisfied|very poor|extremely poor|"
        "very bad|extremely bad|terrible|awful|horrible|very unhappy|extremely unhappy|"
        "very disappointed|worst|unacceptable|hate it|strongly disagree|very low|"
        "非常不满意|很不满意|十分不满意|极不满意|极其不满意|特别不满意|完全不满意|相当不满意|差评|"
        "非常差|很差|极差|特别差|太差了|太差|差劲|糟糕|很糟糕|非常糟糕|非常不好|很不好|非常失望|很失望|"
        "非常不同意|非常不喜欢|一星差评"
    ),
}

#: Words in small letters, each with its level.
RATING_WORDS: dict[str, float] = {
    word: float(level) for level, words in _WORDS.items() for word in words.split("|")
}

#: Chinese numerals of a number of stars or points.
CHINESE_NUMERALS = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "零": 0,
}

_SIMPLIFIED = str.maketrans(
    "滿極較還壞無暫沒評價顆級個兩優錯歡開對論當總謝愛點務態質強薦說裡嗎話樣處數應會來時絕為過謂",
    "满极较还坏无暂没评价颗级个两优错欢开对论当总谢爱点务态质强荐说里吗话样处数应会来时绝为过谓",
)


def simplified(text: str) -> str:
    """Traditional characters that words of ratings and answers hold, as simplified ones."""
    return text.translate(_SIMPLIFIED)


def words_of(level: int) -> str:
    """The words of one level, apart by ``|``."""
    return _WORDS[level]
