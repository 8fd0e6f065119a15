"""Cell styles: what a style shows, and new styles made from old ones.

Styles are only ever added at the end, so the numbers that cells carry keep their meaning.
Source: ISO/IEC 29500-1, 18.8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from functools import cache

from csm_xl.ooxml import file_errors, xml_parts
from csm_xl.ooxml.package import Package
from csm_xl.ooxml.xml_numbers import whole, whole_of
from csm_xl.ooxml.xml_parts import Element

#: The formats that have a number but no entry in the file, as Excel in English names them.
BUILT_IN_FORMATS: dict[int, str] = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "m/d/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "m/d/yyyy h:mm",
    37: "#,##0_);(#,##0)",
    38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
}
#: Built-in date formats, those of East Asian languages (27 to 36, 50 to 58) too.
_DATE_IDS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_FIRST_OWN_FORMAT = 164
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ARGB = re.compile(r"(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})\Z")
_DATE_LETTER = re.compile(r"[ymdhs]", re.IGNORECASE)

_MINIMAL = (
    '<styleSheet xmlns="{ns}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font>'
    '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
    '<patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/>'
    '<top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" '
    'fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" '
    'fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs><cellStyles count="1"><cellStyle '
    'name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


#: The parts of a font that can be changed, each with the element and the attribute that say it.
_FONT = {
    "bold": ("b", "val"),
    "italic": ("i", "val"),
    "size": ("sz", "val"),
    "color": ("color", "rgb"),
}
_FONT_ORDER = (
    "b",
    "i",
    "strike",
    "condense",
    "extend",
    "outline",
    "shadow",
    "u",
    "vertAlign",
    "sz",
    "color",
    "name",
    "family",
    "charset",
    "scheme",
)
#: What stands after ``<dxfs>``.
_AFTER_DXFS = ("tableStyles", "colors", "extLst")


def _argb(color: tuple[int, int, int]) -> str:
    return "FF{:02X}{:02X}{:02X}".format(*color)


def rgb_of(argb: str) -> tuple[int, int, int] | None:
    """Red, green and blue of a colour as a file spells it; None where it is none."""
    found = _ARGB.match(argb)
    return None if found is None else (int(found[1], 16), int(found[2], 16), int(found[3], 16))


@cache
def shows_date(number_format: str) -> bool:
    """Whether a number format shows a number as a date or a time."""
    first = number_format.split(";")[0]
    if first.casefold() == "general":
        return False
    return _DATE_LETTER.search(_NOT_SHOWN.sub("", first)) is not None


class Styles:
    """The styles part of a workbook.

    Parameters
    ----------
    package : Package
    name : str
        The part.
    namespace : str
        The spreadsheet namespace of the workbook.
    """

    def __init__(self, package: Package, name: str, namespace: str) -> None:
        self._package, self._name = package, name
        self._ns = f"{{{namespace}}}"
        self._made: dict[tuple[int, str, object], int] = {}

    @staticmethod
    def minimal(namespace: str) -> bytes:
        """A styles part with nothing but the default style."""
        return _MINIMAL.format(ns=namespace).encode()

    @property
    def _root(self) -> Element:
        return self._package.tree(self._name)

    def _section(self, tag: str) -> Element | None:
        return self._root.find(self._ns + tag)

    def _items(self, section: str) -> list[Element]:
        found = self._section(section)
        return [] if found is None else [e for e in found if isinstance(e.tag, str)]

    def _format_codes(self) -> dict[int, str]:
        codes = dict(BUILT_IN_FORMATS)
        for item in self._items("numFmts"):
            codes[whole_of(item, "numFmtId")] = item.get("formatCode", "")
        return codes

    def date_styles(self) -> frozenset[int]:
        """The styles that show a number as a date.

        Raises
        ------
        ValueError
            The number of a format is none: what is a date would be a plain number.
        """
        own = {
            whole(item.get("numFmtId", "0")): shows_date(item.get("formatCode", ""))
            for item in self._items("numFmts")
        }
        return frozenset(
            index
            for index, style in enumerate(self._items("cellXfs"))
            if own.get(number := whole(style.get("numFmtId", "0")), number in _DATE_IDS)
        )

    def wrapping(self) -> dict[int, int]:
        """The styles that break a text into lines, each with its indent."""
        return {
            index: whole_of(alignment, "indent")
            for index, style in enumerate(self._items("cellXfs"))
            for alignment in style.iterfind(f"{self._ns}alignment")
            if alignment.get("wrapText") in ("1", "true")
        }

    def bold(self) -> frozenset[int]:
        """The styles whose font is bold."""
        fonts = {
            str(i)
            for i, font in enumerate(self._items("fonts"))
            if any(b.get("val", "1") in ("1", "true") for b in font.iterfind(f"{self._ns}b"))
        }
        return frozenset(
            i for i, style in enumerate(self._items("cellXfs")) if style.get("fontId") in fonts
        )

    def number_format(self, style: int) -> str:
        """The number format of a style."""
        styles = self._items("cellXfs")
        if style >= len(styles):
            return "General"
        return self._format_codes().get(whole_of(styles[style], "numFmtId"), "General")

    def color(self, style: int) -> tuple[int, int, int] | None:
        """The fill colour of a style; None where cells are not filled.

        Raises
        ------
        NotImplementedError
            The colour comes from the theme or from the old palette.
        """
        styles = self._items("cellXfs")
        fills = self._items("fills")
        fill_id = whole_of(styles[style], "fillId") if style < len(styles) else 0
        if fill_id >= len(fills):
            return None
        pattern = fills[fill_id].find(self._ns + "patternFill")
        if pattern is None or pattern.get("patternType", "none") == "none":
            return None
        foreground = pattern.find(self._ns + "fgColor")
        if foreground is None:
            return None
        rgb = foreground.get("rgb")
        if rgb is None:
            raise NotImplementedError("Range.color of a theme colour")
        return rgb_of(rgb)

    def with_number_format(self, style: int, number_format: str) -> int:
        """A style like `style` with another number format."""
        return self._variant(style, "number_format", number_format)

    def with_color(self, style: int, color: tuple[int, int, int] | None) -> int:
        """A style like `style` filled with a colour (red, green, blue), or not filled."""
        return self._variant(style, "color", color)

    def with_font(self, style: int, changes: Mapping[str, object]) -> int:
        """A style like `style` whose font differs in ``bold``, ``italic``, ``size`` or ``color``."""
        return self._variant(style, "font", tuple(changes.items()))

    def with_alignment(self, style: int, changes: Mapping[str, str]) -> int:
        """A style like `style` with attributes of ``<alignment>`` changed, such as ``wrapText``."""
        return self._variant(style, "alignment", tuple(changes.items()))

    def alignment(self, style: int, attribute: str) -> str:
        """An attribute of a style's alignment; empty where it has none."""
        styles = self._items("cellXfs")
        found = styles[style].find(f"{self._ns}alignment") if style < len(styles) else None
        return "" if found is None else found.get(attribute, "")

    def font(self, style: int, what: str) -> str | None:
        """``bold``, ``italic``, ``size`` or ``color`` of a style's font as the file has it; None without."""
        styles, fonts = self._items("cellXfs"), self._items("fonts")
        at = whole_of(styles[style], "fontId") if style < len(styles) else 0
        tag, attribute = _FONT[what]
        found = fonts[at].find(self._ns + tag) if at < len(fonts) else None
        return None if found is None else found.get(attribute, "1")

    def differential(
        self, fill: tuple[int, int, int] | None, ink: tuple[int, int, int] | None, bold: bool
    ) -> int:
        """The number of a look that a conditional format lays over a cell's own."""
        section = self._section("dxfs")
        if section is None:
            section = self._root.makeelement(self._ns + "dxfs")
            after = [e for e in self._root if xml_parts.local(e) in _AFTER_DXFS]
            self._root.insert(self._root.index(after[0]) if after else len(self._root), section)
        look = section.makeelement(self._ns + "dxf")
        if ink is not None or bold:
            font = look.makeelement(self._ns + "font")
            if bold:
                font.append(font.makeelement(self._ns + "b"))
            if ink is not None:
                font.append(font.makeelement(self._ns + "color", {"rgb": _argb(ink)}))
            look.append(font)
        if fill is not None:
            holder = look.makeelement(self._ns + "fill")
            pattern = holder.makeelement(self._ns + "patternFill")
            pattern.append(pattern.makeelement(self._ns + "bgColor", {"rgb": _argb(fill)}))
            holder.append(pattern)
            look.append(holder)
        said = xml_parts.serialise(look)
        for index, other in enumerate(section):
            if xml_parts.serialise(deepcopy(other)) == said:
                return index
        section.append(look)
        section.set("count", str(len(section)))
        self._package.touch(self._name)
        return len(section) - 1

    def with_quote_prefix(self, style: int) -> int:
        """A style like `style` that keeps a text a text when the cell is edited again."""
        return self._variant(style, "quote_prefix", True)

    def _variant(self, style: int, what: str, value: object) -> int:
        key = (style, what, value)
        if key not in self._made:
            self._made[key] = self._make(style, what, value)
        return self._made[key]

    def _make(self, style: int, what: str, value: object) -> int:
        section = self._section("cellXfs")
        styles = self._items("cellXfs")
        if section is None or not styles:
            raise file_errors.damaged(self._package.path, self._name)
        old = styles[style] if style < len(styles) else styles[0]
        if what == "number_format":
            change = {"numFmtId": str(self._format_id(str(value))), "applyNumberFormat": "1"}
        elif what == "color":
            change = {"fillId": str(self._fill_id(value)), "applyFill": "1"}
        elif what == "font":
            change = {"fontId": str(self._font_id(old, value)), "applyFont": "1"}
        elif what == "alignment":
            return self._aligned(style, old, value)
        else:
            change = {"quotePrefix": "1"}
        if all(old.get(k) == v for k, v in list(change.items())[:1]):
            return style
        wanted = xml_parts.attributes(old) | change
        children = [child.tag for child in old]
        for index, other in enumerate(styles):
            if xml_parts.attributes(other) == wanted and not children and not len(other):
                return index
        new = section.makeelement(old.tag, wanted)
        for child in old:
            new.append(deepcopy(child))
        return self._added_style(section, new)

    def _aligned(self, style: int, old: Element, value: object) -> int:
        section = self._section("cellXfs")
        assert section is not None
        assert isinstance(value, tuple)
        there = old.find(self._ns + "alignment")
        before = {} if there is None else xml_parts.attributes(there)
        if before | dict(value) == before:
            return style
        new = deepcopy(old)
        new.set("applyAlignment", "1")
        for child in new.findall(self._ns + "alignment"):
            new.remove(child)
        new.insert(0, new.makeelement(self._ns + "alignment", before | dict(value)))
        return self._added_style(section, new)

    def _added_style(self, section: Element, new: Element) -> int:
        section.append(new)
        styles = self._items("cellXfs")[:-1]
        section.set("count", str(len(styles) + 1))
        self._package.touch(self._name)
        return len(styles)

    def _format_id(self, code: str) -> int:
        codes = self._format_codes()
        for number, known in codes.items():
            if known == code:
                return number
        section = self._section("numFmts")
        if section is None:
            section = self._root.makeelement(self._ns + "numFmts")
            self._root.insert(0, section)
        number = max(_FIRST_OWN_FORMAT, *(n + 1 for n in codes))
        section.append(
            section.makeelement(self._ns + "numFmt", {"numFmtId": str(number), "formatCode": code})
        )
        section.set("count", str(len(section)))
        return number

    def _font_id(self, style: Element, value: object) -> int:
        section, fonts = self._section("fonts"), self._items("fonts")
        at = whole_of(style, "fontId")
        if section is None or at >= len(fonts):
            return at
        assert isinstance(value, tuple)
        new = deepcopy(fonts[at])
        for what, given in value:
            tag, attribute = _FONT[what]
            for former in new.findall(self._ns + tag):
                new.remove(former)
            if given is False:
                continue
            said = _argb(given) if isinstance(given, tuple) else f"{given:g}"
            attributes = {} if given is True else {attribute: said}
            # The schema's order is a recommendation; Excel itself reads them in any.
            place = _FONT_ORDER.index(tag)
            before = [e for e in new if xml_parts.local(e) in _FONT_ORDER[:place]]
            element = new.makeelement(self._ns + tag, attributes)
            new.insert(new.index(before[-1]) + 1 if before else 0, element)
        written = xml_parts.serialise(new)
        for index, other in enumerate(fonts):
            if xml_parts.serialise(deepcopy(other)) == written:
                return index
        section.append(new)
        section.set("count", str(len(fonts) + 1))
        return len(fonts)

    def _fill_id(self, color: object) -> int:
        section = self._section("fills")
        if color is None or section is None:
            return 0
        assert isinstance(color, tuple)
        rgb = _argb(color)
        fills = self._items("fills")
        for index, fill in enumerate(fills):
            pattern = fill.find(self._ns + "patternFill")
            if pattern is not None and pattern.get("patternType") == "solid":
                foreground = pattern.find(self._ns + "fgColor")
                if foreground is not None and foreground.get("rgb") == rgb:
                    return index
        fill = section.makeelement(self._ns + "fill")
        pattern = fill.makeelement(self._ns + "patternFill", {"patternType": "solid"})
        pattern.append(pattern.makeelement(self._ns + "fgColor", {"rgb": rgb}))
        pattern.append(pattern.makeelement(self._ns + "bgColor", {"indexed": "64"}))
        fill.append(pattern)
        section.append(fill)
        section.set("count", str(len(fills) + 1))
        return len(fills)
