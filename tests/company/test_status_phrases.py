"""What owners write about who is still there, in the words and languages of many trades."""

import pytest

from csm_xl.company.leaving import find_leaving
from csm_xl.company.status_phrases import status_of

TODAY = 46000.0


def standings(title, cells, **more):
    """What one column says, beside a column of names."""
    names = [f"Client {i}" for i in range(len(cells))]
    return find_leaving(["Client", title], [names, cells], TODAY, **more)


@pytest.mark.parametrize(
    ("status", "texts"),
    [
        ("left", ["退费走了", "3月停了", "不做了", "已转走", "已停止合作", "搬走了", "到期未续", "已退卡", "不再续费", "解約済み", "退会"]),
        ("kept", ["正常使用", "续费了", "还在用", "服務中", "契約中", "未退", "快到期", "在讀", "欠费", "没有流失"]),
        ("paused", ["暂停中", "停卡", "休會中", "请假一个月"]),
        ("trial", ["试听", "試用中", "体验课"]),
        ("lead", ["跟进中", "待签约", "意向强"]),
        ("notice", ["预约退课", "准备搬离", "申请解约"]),
        ("left", ["left in May", "stopped 03/2025", "cancelled: too expensive", "Discharged", "moved to Spain", "no longer active"]),
        ("kept", ["still coming", "active since 2022", "In force", "Under care", "past_due", "not cancelled"]),
        ("notice", ["gave notice", "leaving in June", "cancels at period end"]),
        ("left", ["转校", "已拿证", "已转出"]),
        ("kept", ["待约考", "培训中", "在租"]),
        ("paused", ["beitragsfrei"]),
        ("left", ["résilié", "gekündigt", "baja", "opgezegd", "disdetto"]),
        ("kept", ["actif", "aktiv", "vigente", "lopend"]),
    ],
)  # fmt: skip
def test_phrases_in_a_column_of_statuses(status, texts):
    assert {text: status_of(text, loosely=True) for text in texts} == dict.fromkeys(texts, status)


@pytest.mark.parametrize(
    "text",
    ["退款", "转介绍", "called twice, wants an offer", "May", "9点到校的学生家长都要提前联系"],
)
def test_other_texts_are_no_status(text):
    assert status_of(text, loosely=True) is None


def test_two_languages_in_one_cell_say_one_thing():
    assert status_of("Churned 流失") == "left"
    assert status_of("active / 在用") == "kept"
    assert status_of("active 流失") is None


def test_phrases_count_only_where_the_title_speaks_of_a_status():
    cells = ["left in May", "still coming", "still coming", "stopped in June"] * 5
    assert standings("Where we stand", cells).places == (1,)
    assert standings("Notes", cells).places == ()


def test_of_two_statuses_of_which_one_means_left_the_other_means_kept():
    found = standings("Policy status", ["Lapsed", "At risk cover", "At risk cover"] * 6)
    assert found.status.tolist() == ["left", "kept", "kept"] * 6
    assert standings("Status", ["active", "Z", "active"] * 6).places == ()


def test_under_a_title_of_leaving_a_word_for_kept_tells_the_other():
    found = standings("Finished?", ["done", "ongoing", "ongoing"] * 4)
    assert found.status.tolist() == ["left", "kept", "kept"] * 4


def test_a_letter_beside_blanks_under_a_title_of_leaving_is_a_mark():
    found = standings("Dropped", ["D", None, None, "D", None])
    assert found.status.tolist() == ["left", "kept", "kept", "left", "kept"]


class TestNotice:
    def test_who_gave_notice_is_a_customer_until_then_whatever_the_day(self):
        contract = ["terminated", "running", "running", "terminated", "running", "running"]
        notice = [TODAY - 90, TODAY - 10, None, None, TODAY + 20, None]
        names = [f"Client {i}" for i in range(6)]
        titles = ["Client", "Contract", "Notice given"]
        found = find_leaving(titles, [names, contract, notice], TODAY)
        assert found.status.tolist() == ["left", "notice", "kept", "left", "notice", "kept"]

    def test_where_nothing_else_says_who_left_its_days_do(self):
        found = standings("Notice date", [TODAY - 90, None, None, TODAY + 20, None, None, None])
        assert found.status.tolist() == ["left", "kept", "kept", "notice", *["kept"] * 3]


#: One term is over, nine run on.
ENDS = [TODAY - 40, *(TODAY + 10 * i for i in range(1, 10))]


class TestTermsThatEverybodyHas:
    def test_they_are_asked_about(self):
        found = standings("Contract end", ENDS)
        assert found.places == ()
        assert found.nearest == (1,)

    def test_when_chosen_those_that_are_over_mean_left_and_the_others_kept(self):
        found = standings("Contract end", ENDS, chosen={1: ""})
        assert found.status.tolist() == ["left", *["kept"] * 9]


def test_a_column_whose_title_speaks_of_a_status_is_named_first():
    columns = [["a", "b", "c", "d"] * 3, ["x", "y"] * 6, ["A", "C"] * 6]
    found = find_leaving(["Client", "Region", "Customer status"], columns, TODAY)
    assert found.nearest[0] == 2
