"""The ribbon part of a workbook: ours put in, and an owner's kept with our tab added to it.

Sources: [MS-CUSTOMUI]; a package links its ribbon from its root, and Excel 2010 and later take the
part of the 2007 relationship, or else the one of 2006.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm_xl.workbook import ribbon

if TYPE_CHECKING:
    from csm_xl.ooxml.package import Package
    from csm_xl.ooxml.xml_parts import Element

_RELATIONSHIP_14 = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_RELATIONSHIP_12 = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
_PART = "customUI/customUI14.xml"
_LOADED = "CsmRibbonLoaded"


def put_ribbon(package: Package) -> None:
    """Give a package our tab, renewing it where it is there already.

    An owner's ribbon may ask to be told when it is loaded; then we are not told, and Cancel is left
    clickable all the time.
    """
    part = _existing(package)
    if part is None:
        package.add(_PART, ribbon.custom_ui())
        if not package.content_type(_PART).endswith("xml"):
            package.set_content_type(_PART, "application/xml")
        package.relate("", _RELATIONSHIP_14, _PART)
        return
    root = package.tree(part)
    changed = _join(root)
    if not root.get("onLoad"):
        root.set("onLoad", _LOADED)
        changed = True
    if changed:
        package.touch(part)


def callbacks(package: Package) -> str:
    """The text of the ribbon part, which names the owner's procedures; "" where there is none."""
    part = _existing(package)
    return "" if part is None else package.read(part).decode("utf-8", "replace")


def _existing(package: Package) -> str | None:
    links = {link.type: link.target for link in package.relationships("") if not link.external}
    for kind in (_RELATIONSHIP_14, _RELATIONSHIP_12):
        if kind in links and package.has(links[kind]):
            return package.name_of(links[kind])
    return None


def _join(root: Element) -> bool:
    """Put our tab behind the tabs that are there, in the namespace of this ribbon.

    Returns
    -------
    bool
        False where our tab, just as it is, was there already.
    """
    from lxml import etree

    namespace = str(root.tag).partition("}")[0][1:]
    name = f"{{{namespace}}}"
    bar = root.find(f"{name}ribbon")
    if bar is None:
        bar = root.makeelement(f"{name}ribbon", {})
        commands = root.find(f"{name}commands")
        root.insert(0 if commands is None else root.index(commands) + 1, bar)
    tabs = bar.find(f"{name}tabs")
    if tabs is None:
        tabs = bar.makeelement(f"{name}tabs", {})
        # The schema's order: qat, tabs, contextualTabs.
        qat = bar.find(f"{name}qat")
        bar.insert(0 if qat is None else bar.index(qat) + 1, tabs)
    ours = etree.fromstring(f'<tabs xmlns="{namespace}">{ribbon.tab_xml()}</tabs>')[0]
    for tab in tabs.findall(f"{name}tab"):
        if tab.get("id") == ribbon.TAB_ID:
            if _canonical(tab) == _canonical(ours):
                return False
            ours.tail = tab.tail
            tabs.replace(tab, ours)
            return True
    tabs.append(ours)
    return True


def _canonical(element: Element) -> bytes:
    from lxml import etree

    return etree.tostring(element, method="c14n", with_tail=False)
