"""The ECMA-376 schemas: is every part of a package what the standard says?"""

from __future__ import annotations

import zipfile
from functools import cache
from pathlib import Path

from lxml import etree
from public_data import SCHEMAS

_XML = "http://www.w3.org/XML/1998/namespace"
_SCHEMAS = (
    ("[Content_Types].xml", "opc-contentTypes.xsd"),
    ("xl/worksheets/_rels/", "opc-relationships.xsd"),
    ("xl/drawings/_rels/", "opc-relationships.xsd"),
    ("xl/_rels/", "opc-relationships.xsd"),
    ("_rels/", "opc-relationships.xsd"),
    ("xl/worksheets/", "sml.xsd"),
    ("xl/tables/", "sml.xsd"),
    ("xl/workbook.xml", "sml.xsd"),
    ("xl/styles.xml", "sml.xsd"),
    ("xl/charts/", "dml-chart.xsd"),
    ("xl/drawings/", "dml-spreadsheetDrawing.xsd"),
    ("xl/theme/", "dml-main.xsd"),
    ("docProps/app.xml", "shared-documentPropertiesExtended.xsd"),
)


@cache
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))


def assert_valid(path: Path) -> None:
    """Every part of a package is valid, and there is no part that has no schema."""
    where = SCHEMAS
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name == "docProps/core.xml":
                continue  # its schema fetches Dublin Core from the net
            schema = next(xsd for start, xsd in _SCHEMAS if name.startswith(start))
            root = etree.fromstring(package.read(name))
            for element in root.iter():
                # xml:space belongs to XML itself; Excel writes it, the schema does not name it.
                element.attrib.pop(f"{{{_XML}}}space", None)
            _schema(where / schema).assertValid(root)
