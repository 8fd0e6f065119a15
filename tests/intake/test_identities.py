"""Who is who: placeholders are nobody, one mail is one person, a name alone is no proof."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.intake.identities import Person, Who, match
from csm_xl.intake.names import contradict
from csm_xl.intake.phones import Phones
from csm_xl.vocabulary.placeholders import is_nobody

ANN = Person("K1", email="ann@soaps.example", phone="+1 555 010 0001", name="Ann Ash")
BEN = Person("K2", email="ben@soaps.example", phone="+1 555 010 0002", name="Ben Birch")


def of(*whos, people=(ANN, BEN)):
    found = match(whos, people)
    return [found.of[who] for who in whos]


@pytest.mark.parametrize(
    "who",
    [
        Who(account="K1"),
        Who(account="k1"),
        Who(email="ANN@Soaps.example"),
        Who(email="Ann <ann@soaps.example>"),
        Who(phone="(555) 010-0001"),
        Who(phone="001 555 010 0001"),
        Who(name="ash, ann"),
        Who(account="gid-77", email="ann@soaps.example"),
        Who(email="new@mail.example", phone="+1-555-010-0001"),
    ],
)
def test_every_identity_finds_its_customer(who):
    assert of(who) == [0]


@pytest.mark.parametrize(
    "mark", ["-", "无", "null", "0", "n/a", "00000000000", "1**********", "guest", "匿名"]
)
def test_placeholders_are_nobody(mark):
    assert is_nobody(mark)
    assert of(Who(account=mark, phone=mark, name=mark)) == [-1]


def test_identities_of_two_customers_are_nobodys():
    who = Who(account="K1", email="ben@soaps.example")
    found = match([who], [ANN, BEN])
    assert found.of[who] == -1 and found.contradictory == {who}


def test_a_number_that_another_platform_counts_too_does_not_make_two_people_one():
    assert of(Who(account="K1", email="cleo@soaps.example", name="Cleo Dorn")) == [-1]


def test_a_shared_phone_is_one_person_unless_two_whole_names_contradict_it():
    same = of(
        Who(phone="13800000001", name="赵一"), Who(phone="13800000001", name="小茶友"), people=()
    )
    assert same[0] == same[1]
    two = of(
        Who(phone="13800000001", name="赵一"), Who(phone="13800000001", name="钱二"), people=()
    )
    assert two[0] != two[1]


def test_what_one_row_joins_holds_for_all_rows():
    a, b, c = Who(account="u1"), Who(account="u1", email="x@y.example"), Who(email="x@y.example")
    assert len(set(of(a, b, c))) == 1


def test_a_name_alone_merges_nobody_who_differs_in_anything():
    assert of(Who(account="other", name="Ann Ash")) == [2]
    twice = [ANN, Person("K3", email="ann2@soaps.example", name="Ann Ash")]
    who = Who(name="Ann Ash")
    found = match([who], twice)
    assert found.of[who] == -1 and found.shared_names == {who}


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("ann ash", "ben birch", True),
        ("ann ash", "ash, ann", False),
        ("ann ash", "ann b ash", False),
        ("a ash", "ann ash", False),
        ("赵一", "钱二", True),
        ("赵一", "小茶友", False),
        ("ann ash", "annie", False),
    ],
)
def test_only_whole_names_contradict(one, other, differ):
    assert contradict(one, other) is differ and contradict(other, one) is differ


@given(
    st.integers(13000000000, 13999999999),
    st.sampled_from(["+86 {}", "86-{}", "0086{}", "'{}", '="{}"', "{:,}", " {} "]),
)
def test_a_phone_is_the_same_however_it_is_written(number, form):
    written = form.format(number).replace(",", " ")
    phones = Phones([str(number), written])
    assert phones.one(written) == phones.one(str(number))


def test_one_mail_of_several_people_is_one_customer_and_their_names_are_told():
    mail = "family@shop.example"
    whos = [
        Who(email=mail, name="Anna Schmidt"),
        Who(email=mail, name="Bernd Schmidt"),
        Who(email=mail, name="A. Schmidt"),
        Who(email="dora@shop.example", name="Dora Klein"),
        Who(email="dora@shop.example", name="Dora"),
        Who(account="17", name="王小明"),
        Who(account="17", name="李婷"),
    ]
    found = match(whos, [])
    assert len(set(found.of.values())) == 3
    assert found.several_names == [
        ("Anna Schmidt", "Bernd Schmidt", "A. Schmidt"),
        ("王小明", "李婷"),
    ]


def test_a_mobile_number_with_a_digit_typed_twice_is_the_only_known_one_and_told():
    people = [Person("K1", phone="13800000003"), Person("K2", phone="13911112222")]
    found = match([Who(phone="１３８００００００００３"), Who(phone="139111122222")], people)
    assert [found.of[who] for who in found.of] == [0, 1]
    assert found.corrected_phones == {"138000000003": "13800000003", "139111122222": "13911112222"}
    # Two numbers are known that it may be, or none: nobody's is taken for it.
    people = [Person("K1", phone="13811223344"), Person("K2", phone="13811233444")]
    found = match([Who(phone="138112233444"), Who(phone="137000000001")], people)
    assert set(found.of.values()) == {2, 3} and not found.corrected_phones
