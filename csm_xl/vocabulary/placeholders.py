"""What people and programs write where there is nothing: it is blank, and nobody's identity."""

from __future__ import annotations

import re

from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.traditional import simplified

#: Marks for nothing, compared after :func:`~csm_xl.vocabulary.cell_readers.folded`, brackets and
#: signs taken off. A dash becomes a blank there.
NOTHING = frozenset(
    [
        "",
        "n/a",
        "na",
        "#n/a",
        "n.a.",
        "nil",
        "null",
        "none",
        "nan",
        "undefined",
        "not provided",
        "not available",
        "not applicable",
        "no answer",
        "skipped",
        "unknown",
        "无",
        "暂无",
        "没有",
        "空",
        "未填",
        "未填写",
        "未提供",
        "未知",
        "跳过",
        "未答",
        "未回答",
        "不详",
        "暂缺",
        "缺失",
    ]
)
#: Further names of nobody, in columns that say who somebody is.
NOBODY = frozenset(
    [
        "guest",
        "anonymous",
        "anon",
        "walk in",
        "walk in customer",
        "cash customer",
        "cash sale",
        "no name",
        "test",
        "x",
        "xx",
        "xxx",
        "none@none.com",
        "no@no.com",
        "na@na.com",
        "no@email.com",
        "none@email.com",
        "noemail@noemail.com",
        "noreply@noreply.com",
        "test@test.com",
        "email@example.com",
        "example@example.com",
        "匿名",
        "匿名用户",
        "匿名买家",
        "匿名顾客",
        "游客",
        "散客",
        "路人",
        "测试",
        "未登录用户",
        "普通顾客",
        "微信用户",
    ]
)
_AROUND = re.compile(r"^[\s\-–—_.·/\\(（【\[<'\"]+|[\s\-–—_.·/\\)）】\]>'\"]+$")


def is_nothing(text: str) -> bool:
    """Whether a text stands for a blank cell: ``-``, ``--``, ``无``, ``(空)``, ``n/a``, ``null``."""
    if len(text) > 24:
        return False
    bare = _AROUND.sub("", _AROUND.sub("", text))
    return not bare or simplified(folded(bare)) in NOTHING or folded(text) in NOTHING


def is_nobody(text: str) -> bool:
    """Whether a text in an identity's column names nobody: a mark for nothing, zeros, a mask.

    A number of which nothing but one digit is written (``00000000000``) is typed to get past a
    form; a name or number with a part hidden (``1**********``, ``冯**``) is shared by many.
    """
    plain = folded(text)
    if is_nothing(text) or simplified(plain) in NOBODY or "*" in text:
        return True
    signs = set(re.sub(r"[\s+().]", "", plain))
    return (
        signs <= {"0"}
        or (len(signs) == 1 and len(plain) > 3)
        or plain in ("1234567890", "123456789")
    )
