"""Pictures of what csm-xl adds to four workbooks of owners, and of the sample company.

``python docs/make_pictures.py`` makes them all, ``python docs/make_pictures.py gym.zh formula.en`` some.
Needs LibreOffice, pdftotext and pdftoppm (poppler), and Pillow. Every customer is invented.
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
TODAY = dt.date.today()
_RESOLUTION, _WIDTH, _MARGIN = 110, 1000, 12

FIRST = [
    "Anna",
    "Ben",
    "Carla",
    "Dmitri",
    "Elena",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Katya",
    "Liam",
    "Mona",
    "Nils",
    "Olga",
    "Pavel",
    "Rosa",
    "Sven",
]
LAST = [
    "Abbott",
    "Baker",
    "Castle",
    "Dunmore",
    "Ekdahl",
    "Farrow",
    "Gibbs",
    "Hale",
    "Irving",
    "Jansen",
    "Keller",
    "Lund",
    "Moss",
    "Novak",
    "Orr",
    "Pratt",
]
FAMILY, GIVEN = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗",
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英",
)
FIRMS = {
    "en": "Harbour Dental|Brightwater Yoga|Cobb & Sons|Delphi Translations|Eastgate Vets|Finch Bakery|Grange Farm"
    "|Hollis Architects|Ivy Lane Florist|Juniper Physio|Kestrel Couriers|Larkspur Books|Marlow Opticians|North Quay",
    "zh": "海港牙科|清水瑜伽馆|木匠张|德信翻译社|东门宠物医院|雀巢烘焙|田庄农品|贺氏建筑|常春藤花店|松柏理疗|红隼快递"
    "|云雀书店|明视眼镜|北码头酒坊",
}


def person(i: int, lang: str) -> str:
    """An invented name."""
    if lang == "en":
        return f"{FIRST[i % 18]} {LAST[(i * 7 + i // 18) % 16]}"
    return FAMILY[i % 20] + GIVEN[i * 3 % 23] + GIVEN[(i * 7 + i // 20) % 23]


def ago(days: float) -> dt.date:
    """So many days before today."""
    return TODAY - dt.timedelta(days=days)


def clients(path: Path, lang: str) -> None:
    """Fourteen clients of a freelancer, with a status: too few for a model."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = {"en": "Clients", "zh": "客户"}[lang]
    page.append(
        {
            "en": [
                "Client",
                "Status",
                "Since",
                "Monthly fee",
                "Last meeting",
                "Renewal",
                "How are they?",
            ],
            "zh": ["客户", "状态", "合作日期", "月服务费", "上次沟通", "续约日", "满意度"],
        }[lang]
    )
    status = {
        "en": ["active", "lost", "on hold", "prospect"],
        "zh": ["合作中", "已流失", "暂停", "意向"],
    }[lang]
    mood = {"en": ["happy", "neutral", "unhappy"], "zh": ["满意", "一般", "不满意"]}[lang]
    for i, name in enumerate(FIRMS[lang].split("|")):
        of = status[{3: 1, 5: 2, 11: 3}.get(i, 0)]
        seen = ago([12, 95, 30, 220, 20, 150, 41, 8, 70, 33, 16, 5, 140, 27][i])
        due = TODAY + dt.timedelta(
            days=[200, 25, 310, 400, 90, 120, 40, 250, 55, 150, 70, 300, 33, 180][i]
        )
        page.append(
            [
                name,
                of,
                ago(200 + 90 * i),
                100 + 90 * (i % 5),
                seen,
                due,
                mood[[0, 2, 0, 2, 0, 1, 0, 0, 1, 0, 0, 1, 2, 0][i]],
            ]
        )
    book.save(path)


def subscribers(path: Path, lang: str) -> None:
    """180 subscribers with what they pay and when they cancelled."""
    chance = random.Random(5)
    book = openpyxl.Workbook()
    page = book.active
    page.title = {"en": "Subscribers", "zh": "订阅用户"}[lang]
    page.append(
        {
            "en": [
                "Customer",
                "Plan",
                "MRR",
                "Signed up",
                "Cancelled on",
                "Logins",
                "Tickets",
                "Referred by",
                "Renewal date",
            ],
            "zh": [
                "客户",
                "套餐",
                "月费",
                "开通日期",
                "退订日期",
                "登录次数",
                "工单",
                "推荐人",
                "续费日",
            ],
        }[lang]
    )
    prices = {"Basic": 19, "Pro": 49, "Team": 129}
    names = [
        f"{person(i, lang)}{'' if i < 140 else {'en': ' II', 'zh': '二'}[lang]}" for i in range(180)
    ]
    for name in names:
        start, bad = ago(chance.randint(40, 900)), chance.random() < 0.28
        left = start + dt.timedelta(days=chance.randint(20, 880)) if bad else None
        left = left if left is None or left < TODAY else None
        low = left is not None or chance.random() < 0.12
        plan = chance.choice(list(prices))
        logins, tickets = (
            chance.randint(0, 6) if low else chance.randint(5, 30),
            chance.randint(2, 7) if low else chance.randint(0, 3),
        )
        by = names[chance.randint(0, 9)] if chance.random() < 0.2 else None
        due = TODAY + dt.timedelta(days=chance.randint(3, 300))
        page.append([name, plan, prices[plan], start, left, logins, tickets, by, due])
    book.save(path)


def gym(path: Path, lang: str) -> None:
    """A gym with a sheet for each month and a list of members."""
    chance = random.Random(7)
    book = openpyxl.Workbook()
    page = book.active
    page.title = {"en": "Members", "zh": "会员"}[lang]
    page.append(
        {"en": ["Member", "Joined", "Fee", "Quit"], "zh": ["会员", "入会日期", "月费", "退会日期"]}[
            lang
        ]
    )
    members = [
        (
            person(i, lang),
            chance.choice({"en": [49, 69, 89], "zh": [299, 399, 599]}[lang]),
            chance.randint(4, 14),
        )
        for i in range(90)
    ]
    gone = {i: chance.randint(2, 6) for i in range(90) if chance.random() < 0.3}
    first = TODAY.replace(day=1)
    for i, (name, fee, _) in enumerate(members):
        left = first - dt.timedelta(days=30 * (6 - gone[i])) if gone.get(i, 6) < 6 else None
        page.append([name, ago(chance.randint(250, 1500)), fee, left])
    for month in range(6):
        day = first - dt.timedelta(days=30 * (6 - month) - 10)
        sheet = book.create_sheet(f"{day:%B %Y}" if lang == "en" else f"{day.year}年{day.month}月")
        sheet.append({"en": ["Member", "Visits"], "zh": ["会员", "到店次数"]}[lang])
        for i, (name, _, visits) in enumerate(members):
            if month < gone.get(i, 9):
                fallen = 5 if month >= gone.get(i, 9) - 2 else 0
                sheet.append([name, max(0, visits - fallen + chance.randint(-2, 2))])
    book.save(path)


def studio(path: Path, lang: str) -> None:
    """A dance studio: a heading above, a row of totals and a remark below, points and who brought whom."""
    chance = random.Random(11)
    book = openpyxl.Workbook()
    page = book.active
    page.title = {"en": "Students", "zh": "学员"}[lang]
    page.append([{"en": "Starlight Dance Studio", "zh": "星光舞蹈工作室学员表"}[lang]])
    page.append([])
    page.append(
        {
            "en": [
                "Student",
                "Class",
                "Enrolled",
                "Fee",
                "Lessons last month",
                "Lessons this month",
                "Rating",
                "Status",
                "Points",
                "Referred by",
            ],
            "zh": [
                "姓名",
                "课程",
                "报名日期",
                "月费",
                "上月上课次数",
                "本月上课次数",
                "满意度",
                "状态",
                "积分",
                "推荐人",
            ],
        }[lang]
    )
    there, left, rest, lead = {
        "en": ("enrolled", "left", "paused", "prospect"),
        "zh": ("在读", "已退课", "休学", "意向"),
    }[lang]
    for i in range(110):
        bad, lessons = chance.random() < 0.27, chance.randint(3, 9)
        now = (
            max(0, lessons - chance.randint(2, 6))
            if bad or chance.random() < 0.15
            else lessons + chance.randint(-1, 2)
        )
        kind = left if bad else chance.choice([there] * 12 + [rest, lead])
        rating = chance.choice([1, 2, 3]) if bad else chance.choice([3, 4, 4, 5, 5])
        dance = chance.choice(
            {"en": ["Ballet", "Street", "Folk"], "zh": ["芭蕾", "街舞", "民族舞"]}[lang]
        )
        by = person(chance.randint(0, 9), lang) if chance.random() < 0.2 else None
        fee = chance.choice([299, 399, 599])
        page.append(
            [
                person(i, lang),
                dance,
                ago(chance.randint(60, 900)),
                fee,
                lessons,
                now,
                rating,
                kind,
                chance.randint(0, 1200),
                by,
            ]
        )
    page.append([{"en": "Total", "zh": "合计"}[lang], None, None, "=SUM(D4:D113)"])
    page.append([])
    page.append(
        [
            {
                "en": "Note: ratings are from our calls each quarter.",
                "zh": "注：满意度为每季度电话回访结果。",
            }[lang]
        ]
    )
    book.save(path)


#: What is made, by which commands, and a text on the page that is shown.
BOOKS: dict[str, tuple[Callable[[Path, str], None], list[str], dict[str, str]]] = {
    "clients": (clients, ["refresh"], {"en": "Whom to contact first", "zh": "先联系谁"}),
    "subscribers": (subscribers, ["retrain", "dashboard"], {"en": "at a glance", "zh": "客户一览"}),
    "gym": (gym, ["retrain", "actions"], {"en": "Whom to contact first", "zh": "先联系谁"}),
    "studio": (studio, ["refresh", "dashboard"], {"en": "at a glance", "zh": "客户一览"}),
}


def run(*words: Any) -> None:
    """A csm-xl command."""
    subprocess.run(
        [sys.executable, "-m", "csm_xl", *map(str, words)], check=True, capture_output=True
    )


def picture(book: Path, text: str, out: Path, whole: bool = False) -> None:
    """The page of a workbook that holds a text, as LibreOffice prints it, its margins cut.

    Of a page that is higher than wide only the upper part is shown, unless it is wanted as a `whole`.
    """
    folder = book.parent
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, book],
        check=True,
        capture_output=True,
    )
    pdf = book.with_suffix(".pdf")
    told = subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True
    ).stdout
    page = next(i for i, one in enumerate(told.split("\f"), 1) if text in one)
    drawn = folder / "page"
    subprocess.run(
        [
            "pdftoppm",
            "-r",
            str(_RESOLUTION * 2),
            "-f",
            str(page),
            "-l",
            str(page),
            "-png",
            "-singlefile",
            pdf,
            drawn,
        ],
        check=True,
    )
    image = Image.open(drawn.with_suffix(".png")).convert("RGB")
    left, top, right, bottom = (
        ImageChops.invert(image).crop((0, 0, image.width, int(image.height * 0.93))).getbbox()
    )
    bottom = bottom if whole else min(bottom, top + right - left)
    image = image.crop((left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN))
    height = round(image.height * _WIDTH / image.width)
    image = image.resize((_WIDTH, height), Image.Resampling.LANCZOS)
    image.quantize(128).save(out, optimize=True)


#: Pictures of the sample company: a text on the page, and whether it is one of the accountant's copy.
SAMPLE: dict[str, tuple[dict[str, str], bool]] = {
    "formula": ({"en": "Every customer begins with", "zh": "每位客户的起始值"}, True),
    "dashboard": ({"en": "Key figure", "zh": "关键指标"}, False),
    "actions": ({"en": "Value if kept", "zh": "留住的价值"}, False),
    "model": ({"en": "they are wide", "zh": "可信程度"}, False),
}


def sample(kind: str, lang: str, out: Path, folder: Path) -> None:
    """A page of the sample company's workbook, or of its accountant's copy."""
    text, of_copy = SAMPLE[kind]
    if lang == "en":
        # share keeps its secret in the workbook, so it gets one of its own.
        book, copy = folder / "CSM.xlsm", folder / "copy.xlsx"
        shutil.copy(ROOT / "workbook" / "CSM.xlsm", book)
        if of_copy:
            run("--lang", lang, "share", book, "-o", copy)
    else:
        run("--lang", lang, "demo", "--dir", folder / "demo")
        (book,) = folder.glob("demo/*.xlsm")
        (copy,) = folder.glob("demo/*.xlsx")
    picture(copy if of_copy else book, text[lang], out, whole=kind == "dashboard")


def main(wanted: list[str]) -> None:
    """Make the pictures of these names, such as ``gym.zh``; all where none is given."""
    names = wanted or [f"{name}.{lang}" for name in (*BOOKS, *SAMPLE) for lang in ("en", "zh")]
    for name in names:
        kind, _, lang = name.rpartition(".")
        with tempfile.TemporaryDirectory() as made:
            folder, out = Path(made), PICTURES / f"{name}.png"
            if kind in SAMPLE:
                sample(kind, lang, out, folder)
            else:
                build, commands, text = BOOKS[kind]
                book = folder / f"{kind}.xlsx"
                build(book, lang)
                for command in commands:
                    more = (
                        ["--sheet", openpyxl.load_workbook(book).sheetnames[0]]
                        if command == "retrain"
                        else []
                    )
                    run("--lang", lang, command, book, *more)
                picture(book, text[lang], out)
        print(f"written: {out.relative_to(ROOT)}")


if __name__ == "__main__":
    main(sys.argv[1:])
