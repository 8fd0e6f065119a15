"""Files as damage, other programs and attackers leave them: one change or a few to a good file."""

from __future__ import annotations

import io
import random
import re
import zipfile

#: What is put where something else stood: the ends of ranges, marks of syntax, what is obeyed.
TOKENS = [
    b"",
    b"0",
    b"-1",
    b"1e309",
    b"NaN",
    b"99999999999999999999",
    b"2147483648",
    b"\x00",
    b"\xff",
    b"\x1b[2J",
    b"<!--",
    b"]]>",
    b"<![CDATA[",
    b"&#0;",
    b"&#x1b;",
    b"&lt;",
    b"&bomb;",
    b"#REF!",
    b"A1:XFD1048576",
    b"XFE1",
    b"R1C1",
    b"'",
    b'"',
    b"=",
    b"(" * 300,
    b"{1,2;3}",
    b"..\\..\\x",
    "\uff11\uff12".encode(),
    "客户".encode(),
    "\u202e".encode(),
    b"true",
    b"inlineStr",
    b"x" * 40_000,
]
_ATTRIBUTE = re.compile(rb'"[^"<>]*"')
_TEXT = re.compile(rb">[^<>]+<")
_ELEMENT = re.compile(rb"<[^<>]+>")


def mutated_bytes(draw: random.Random, content: bytes) -> bytes:
    """A text with some bytes changed, doubled, left out or replaced by a token."""
    for _ in range(draw.choice([1, 1, 1, 2, 5, 20])):
        if not content:
            return content
        at = draw.randrange(len(content))
        length = draw.choice([0, 1, 1, 4, 30])
        match draw.randrange(5):
            case 0:
                content = content[:at] + bytes([draw.randrange(256)]) + content[at + 1 :]
            case 1:
                content = content[:at] + content[at + length :]
            case 2:
                content = content[:at] + content[at : at + length] * 2 + content[at + length :]
            case 3:
                content = content[:at] + draw.choice(TOKENS) + content[at + length :]
            case _:
                content = content[:at]
    return content


def mutated_xml(draw: random.Random, content: bytes) -> bytes:
    """XML with values, texts or elements changed, most of it still well-formed."""
    for _ in range(draw.choice([1, 1, 2, 4])):
        pattern = draw.choice([_ATTRIBUTE, _ATTRIBUTE, _TEXT, _TEXT, _ELEMENT])
        places = [m.span() for m in pattern.finditer(content)]
        if not places:
            return mutated_bytes(draw, content)
        first, last = draw.choice(places)
        if pattern is _ELEMENT:
            other = draw.choice(places)
            with_ = draw.choice([b"", content[other[0] : other[1]], content[first:last] * 2])
            content = content[:first] + with_ + content[last:]
            continue
        token = draw.choice(TOKENS)
        if draw.random() < 0.3:
            other = draw.choice(places)
            token = content[other[0] + 1 : other[1] - 1]
        content = content[: first + 1] + token + content[last - 1 :]
    return content


def mutated_workbook(draw: random.Random, content: bytes) -> bytes:
    """A workbook with one of its parts changed, left out or doubled, or its zip file damaged."""
    if draw.random() < 0.1:
        return mutated_bytes(draw, content)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    names = [n for n in parts if n.endswith((".xml", ".rels", ".vml"))]
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        name = draw.choice(names)
        if name not in parts:
            continue
        match draw.randrange(12):
            case 0:
                del parts[name]
            case 1:
                parts[name] = parts[draw.choice([n for n in names if n in parts])]
            case 2 | 3:
                parts[name] = mutated_bytes(draw, parts[name])
            case _:
                parts[name] = mutated_xml(draw, parts[name])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


def mutated_csv(draw: random.Random, content: bytes) -> bytes:
    """An export with fields, delimiters, line ends or encoding changed."""
    match draw.randrange(6):
        case 0:
            return mutated_bytes(draw, content)
        case 1:
            return content.decode("utf-8").encode(
                draw.choice(["utf-16", "gb18030", "big5", "utf-8-sig", "latin-1"]), "replace"
            )
        case 2:
            return content.replace(b"\n", draw.choice([b"\r", b"\r\n", b"\n\n", b"\x00", b"\x85"]))
        case 3:
            return content.replace(b",", draw.choice([b";", b"\t", b"|", b'","', b",,"]))
        case _:
            lines = content.split(b"\n")
            for _ in range(draw.choice([1, 3, 10])):
                at = draw.randrange(len(lines))
                fields = lines[at].split(b",")
                fields[draw.randrange(len(fields))] = draw.choice(TOKENS)
                lines[at] = b",".join(fields)
            return b"\n".join(lines)


def mutated_record(draw: random.Random, content: bytes) -> bytes:
    """A workbook whose hidden store says something else, its checksums made to fit."""
    from csm_xl.functions.records import record_id

    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name, text = next(
        (n, t)
        for n, part in parts.items()
        if n.startswith("xl/worksheets/")
        for t in [part.decode("utf-8")]
        if "{&quot;" in t or '{"' in t
    )
    stored = re.findall(r"<t[^>]*>(\{[^<]*)</t>", text)
    old = draw.choice(stored)
    plain = (
        old.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    )
    numbers = [m.span() for m in re.finditer(r"-?\d[\d.eE+\-]*|true|false|null|\"[^\"]*\"", plain)]
    new = plain
    if numbers:
        first, last = draw.choice(numbers)
        value = draw.choice(
            [
                "null",
                "[]",
                "{}",
                "-1",
                "1e308",
                "1e999",
                "0",
                '""',
                '"x"',
                "true",
                "1e20",
                "NaN",
                "[[1]]",
            ]
        )
        new = plain[:first] + value + plain[last:]
    escaped = (
        new.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
    text = text.replace(old, escaped if "&quot;" in old else escaped.replace("&quot;", '"'))
    text = text.replace(record_id(plain), record_id(new))
    parts[name] = text.encode("utf-8")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for part, data in parts.items():
            package.writestr(part, data)
    return out.getvalue()
