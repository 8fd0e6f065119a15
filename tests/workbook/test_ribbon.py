"""The ribbon part: valid, in both languages, and joined to a ribbon that an owner has."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from lxml import etree
from public_data import SCHEMAS

from csm_xl.workbook import ribbon
from csm_xl.workbook.ribbon_part import _join

VBA = resources.files("csm_xl.workbook").joinpath("vba", "CsmRibbon.bas").read_text("ascii")


@pytest.fixture(scope="module")
def schema():
    return etree.XMLSchema(etree.parse(SCHEMAS / "customui14.xsd"))


def test_the_ribbon_is_valid(schema):
    schema.assertValid(etree.fromstring(ribbon.custom_ui()))


def test_every_callback_that_the_ribbon_names_is_in_the_vba():
    named = set(re.findall(r'(?:onAction|onLoad|get\w+)="(\w+)"', ribbon.custom_ui().decode()))
    written = set(re.findall(r"(?m)^Public Sub (\w+)\(", VBA))
    assert named <= written
    assert named >= {"CsmClick", "CsmLabel", "CsmScreentip", "CsmSupertip", "CsmRibbonLoaded"}


def test_every_button_has_its_case_and_every_case_its_button():
    cases = set(re.findall(r'Case "(\w+)"', VBA))
    assert cases == {button.id for button in ribbon.BUTTONS}


def test_texts_are_there_in_both_languages_and_fit_the_ribbon():
    for name, text in ribbon.texts().items():
        assert text.en.isascii(), name
        assert re.search(r"[\u4e00-\u9fff]", text.zh), name
        limit = 24 if name.endswith(".label") else 240
        assert max(len(text.en), len(text.zh)) <= limit, name


def test_groups_and_buttons_are_those_that_the_guide_names():
    named = {group.label.en: [b.label.en for b in group.buttons] for group in ribbon.GROUPS}
    assert named == {
        "Data": ["Import", "Columns", "Build features", "Undo"],
        "Scores": ["Retrain", "Cancel", "Refresh"],
        "Insight": ["Dashboard", "Explain customer", "Actions"],
        "Share": ["Accountant copy"],
        "Help": ["Why?", "Check setup", "Restart Python", "Guide"],
    }
    assert str(ribbon.TAB_LABEL.within("zh")) == "客户成功"


OWN_14 = (
    f'<customUI xmlns="{ribbon.NAMESPACE}" onLoad="Theirs"><commands><command idMso="Save" '
    'onAction="OnSave"/></commands><ribbon startFromScratch="false"><tabs><tab id="mine" '
    'label="Mine"><group id="g" label="G"><button id="b" label="B" onAction="DoIt"/></group></tab>'
    "</tabs></ribbon></customUI>"
)
NAMESPACE_12 = "http://schemas.microsoft.com/office/2006/01/customui"


def tabs(root) -> list[str]:
    return [tab.get("id") for tab in root.iter("{*}tab")]


def test_our_tab_joins_an_owners_ribbon_behind_the_owners_tabs(schema):
    root = etree.fromstring(OWN_14)
    _join(root)
    schema.assertValid(root)
    assert tabs(root) == ["mine", "csmTab"]
    assert etree.tostring(root.find(".//{*}tab")).count(b"DoIt") == 1


def test_joining_twice_renews_our_tab_and_does_not_double_it(schema):
    root = etree.fromstring(OWN_14)
    _join(root)
    root.findall(".//{*}tab")[1][0].set("getLabel", "Old")
    _join(root)
    schema.assertValid(root)
    assert tabs(root) == ["mine", "csmTab"]
    assert b'"Old"' not in etree.tostring(root)


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<ribbon/>",
        '<ribbon><qat><sharedControls><control idMso="Copy"/></sharedControls></qat></ribbon>',
        "<ribbon><contextualTabs><tabSet idMso='TabSetChartTools'/></contextualTabs></ribbon>",
        "<commands><command idMso='Save' enabled='false'/></commands>",
    ],
)
def test_our_tab_finds_its_place_in_any_ribbon(schema, inside):
    root = etree.fromstring(f'<customUI xmlns="{ribbon.NAMESPACE}">{inside}</customUI>')
    _join(root)
    schema.assertValid(root)
    assert tabs(root)[0] == "csmTab"


def test_a_ribbon_of_excel_2007_is_joined_in_its_own_namespace():
    root = etree.fromstring(OWN_14.replace(ribbon.NAMESPACE, NAMESPACE_12))
    _join(root)
    assert {etree.QName(e).namespace for e in root.iter("{*}*")} == {NAMESPACE_12}
    assert tabs(root) == ["mine", "csmTab"]
