"""A blank place that is loaded never hides the value of the formula that stands there."""

import pytest
from hosts.memory_workbook import MemoryWorkbook

from csm_xl.engine.calculate import calculate


@pytest.mark.parametrize("rows", [3, 50, 102, 300])
def test_a_formula_beside_and_above_taller_columns_keeps_its_value(rows):
    cells = {f"B{row}": "a" for row in range(2, rows + 2)}
    cells |= {
        "G3": "=IF(ISNUMBER(A1),A1,5)",
        "A1": 46203.0,
        f"H{rows}": "=G3+1",
        f"I{rows}": f'=COUNTIF(B2:B{rows + 1},"a")+G4',
        "J1": f"=SUM(G1:G{rows})",
    }
    model = MemoryWorkbook(cells)
    calculate(model, functions={})
    assert model.cached("Sheet1", 3, 7) == 46203
    assert model.cached("Sheet1", rows, 8) == 46204
    assert model.cached("Sheet1", rows, 9) == rows
    assert model.cached("Sheet1", 1, 10) == 46203
