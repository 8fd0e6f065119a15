"""Cells and calls on which csm-xl and its native forms must agree."""

from __future__ import annotations

from hosts.memory_workbook import Formula

from csm_xl.formulas.workbook_model import ErrorValue

#: Columns of the sheet 数据 1, from row 1 down.
COLUMNS: dict[str, list] = {
    "A": ["Rating", 5, 4, "满意", "Very satisfied", None, "5", 3, " ", "非常满意", "★★★★☆"],
    "B": ["Churned", 1, 0, True, False, "yes", "no", None, "是", "否"],
    "C": ["Positive", 1, 2, 3, 4, None, 6, "7", 0],
    "D": ["Total", 2, 2, "x", 5, None, 8, 9, 0],
    "E": ["NPS", 10, 9, 8, 0, "7", None, 6],
    "F": [5, 4, 3, 2],
    "G": ["Start", 45000, 45010, 45020, 45030, None],
    "H": ["Left", None, 45100, 45200, None, None],
    "I": ["Days", 3, 40, 200, 3, None],
    "J": ["Orders", 12, 5, 1, 12, None],
    "K": ["Spend", 900, 300.5, -40, 900, None],
    "L": ["p", 0.2, 0.7, None, 0.45, 1.2, "x"],
    "M": ["S", 0.5, None, 0.7, 0.9, None],
    "N": ["L", 0.5, None, None, 0.1, None],
    "O": ["U", 0.25, 0.1, None, 1, None],
    "Y": ["Before", 40, 0, 25, None, 10, 30.5],
    "AA": ["Now", 50, 7, 20, 9, None, 30.5],
    "AB": [40, -1, 3],
    "P": [5, ErrorValue("#N/A"), 3],
    "Q": [1, 2, "oops", 4],
    "R": ["Only a title"],
    "S": ["F1", 0.5, -1, None, 2],
    "T": ["F2", 2, 3, None, None],
    "U": ["Tenure", 0, 10, 400, 400, 200, None, 100],
    "V": ["Silent", None, 1, 200, 3, 4, None, None],
    "W": ["Now", 0, 0, 5, 10, 20, None, 6],
    "X": ["Before", 0, 0, 5, 10, 10, None, 0],
}

DATA = {
    f"{column}{row}": value
    for column, values in COLUMNS.items()
    for row, value in enumerate(values, 1)
    if value is not None
}


def _calls() -> list[str]:
    d = "'数据 1'!"
    found = []
    ranges = ["A1:A11", "A2:A5", "A:A", "$A:$A", "F1:F4", "P1:P3", "Q1:Q4", "R1:R5", "Z1:Z9", "A2"]
    for r in ranges:
        found += [f"CSAT({d}{r})", f'CSAT({d}{r},"positive")']
    found += [f"CSAT({d}E2:F4)", "CSAT({5,4,3,2,1})", 'CSAT({5,4,3,2,1},"positive")']
    found += ['CSAT({"满意";"x"})', "NPS({10,9,8,6})"]
    found += [f"NPS({d}{r})" for r in ("E1:E8", "E:E", "E2:E4", "Q1:Q4")]
    found += [f"CHURN_RATE({d}{r})" for r in ("B1:B10", "B2:B3", "B:B", "B4:B5", "Q1:Q4", "R1:R4")]
    found += ["CHURN_RATE(5,200)", f"CHURN_RATE({d}C2,{d}D2)", "SATISFACTION(3,0)"]
    found += [f"SATISFACTION({d}C{i},{d}D{i})" for i in range(1, 10)]
    found += [f"LOYALTY({d}C{i},10)" for i in range(1, 10)]
    found += [
        f"SATISFACTION(SUM({d}F1:F4),COUNT({d}F1:F4)*5)",
        f"SATISFACTION({d}C1:C9,{d}D1:D9)",
        f'ROUND(CSAT({d}A1:A11)*2,1)&" CSAT(x) ""NPS("',
        f'IF(CSAT({d}A1:A11)>4,"good",TEXT(NPS({d}E1:E8),"0.0"))',
        f"SUMPRODUCT({d}F1:F4*CSAT({d}F1:F4))",
        f"SUM(SATISFACTION({d}C2:C3,{d}D2:D3))",
        f"SUMPRODUCT(SATISFACTION({d}C2:C3,{d}D2:D3),{d}F2:F3)",
        f"IFERROR(CSAT({d}Q1:Q4),-1)",
        f"CHURN_RATE_PERIOD({d}G1:G6,{d}H1:H6,45050,45150)",
        *(
            f"{name}({pair})"
            for name in ("NRR", "GRR")
            for pair in (
                f"{d}Y1:Y7,{d}AA1:AA7",
                f"{d}Y:Y,{d}AA:AA",
                f"{d}Y2:Y7,{d}AA2:AA7",
                f"{d}Y3:Y3,{d}AA3:AA3",
                f"{d}AB1:AB3,{d}F1:F3",
                f"{d}F1:F4,{d}Q1:Q4",
                f"{d}F1:F4,{d}AA1:AA4",
                f"{d}Y1:Y4,{d}F1:F4",
                f"{d}P1:P3,{d}F1:F3",
                f"{d}Y1:Y7,{d}Z1:Z7",
            )
        ),
        f"RETENTION({d}G:G,{d}H:H,45050,45150)",
        f'RETENTION({d}G2:G6,{d}H2:H6,{d}G5,"2026-01-01")',
        f"RETENTION({d}G2:G6,{d}H2:H6,45150,45050)",
        f"RETENTION({d}G2:G6,{d}H2:H6,{d}Q1,45150)",
        f'RETENTION({d}G2:G6,{d}H2:H6,{d}Q1&"",45150)',
        f"RETENTION({d}G2:G6,{d}H2:H6,DATE(2023,5,1),{d}G2+200)",
    ]
    for i in range(1, 8):
        found += [
            f"CHURN_RISK({d}L{i})",
            f"CHURN_RISK({d}L{i},0.5,0.7)",
            f"CHURN_RISK({d}L{i},{d}M2,{d}M5)",
            f"HEALTH({d}M{i},{d}N{i},{d}O{i},{d}L{i})",
            f"HEALTH({d}M{i},{d}N{i},{d}O{i},{d}L{i},{{2,0,1,1}})",
            f"HEALTH({d}M{i},{d}N{i},{d}O{i},{d}L{i},{d}F1:F4)",
            f"HEALTH({d}M{i},{d}N{i},{d}O{i},{d}L{i},{d}Z1:Z4)",
            f"EXPERIENCE({d}M{i},{d}N{i},{d}O{i})",
            f"EXPERIENCE({d}M{i},{d}N{i},{d}O{i},{{1,2,3}})",
            f"EXPERIENCE({d}M{i},{d}N{i},{d}O{i},{d}F1:F3)",
            f"LIFECYCLE({d}U{i},{d}V{i},{d}W{i},{d}X{i})",
            f"CHURN_LOGIT(-1,{{0.5,-0.2}},{d}S{i}:T{i})",
            f"CHURN_LOGIT({d}F4,{d}F2:F3,{d}S{i}:T{i})",
        ]
    found += [
        f"CHURN_LOGIT(-1,{d}F2:F3,{d}S2:S3)",
        "CHURN_LOGIT(-1,{0.5,-0.2},{2,3})",
        f"CHURN_LOGIT(900,{{1,1}},{d}S2:T2)",
        f"CHURN_LOGIT(-9000,{{1,1}},{d}S2:T2)",
        "CHURN_RISK(0.7,0.3,0.6)",
        "HEALTH(0.8,0.5,0.6,0.1)",
        "LIFECYCLE(200,5,12,6)",
        "EXPERIENCE(0.5,0.5,0.5)",
        f"CHURN_RISK(CHURN_LOGIT(-1,{{0.5,-0.2}},{d}S2:T2))",
    ]
    return found


def calls_in_let() -> list[str]:
    """Calls of names of LET, which LibreOffice knows from 24.8 on."""
    d = "'数据 1'!"
    return [
        f'LET(p,{d}L4,IF(p>0.4,CHURN_RISK(p),"fine"))',
        f"LET(p,{d}L4*1.5,CHURN_RISK(p))",
        f"LET(p,CHURN_LOGIT(-1,{{0.5,-0.2}},{d}S2:T2),q,p*2,CHURN_RISK(q))",
        f"LET(all,{d}A1:A11,CSAT(all)-LET(all,{d}F1:F4,SUM(all)))",
        f"LET(all,{d}A1:A11,n,COUNTA(all),IF(n>3,ROUND(CSAT(all),2),0))",
        f"LET(a,{d}C2,b,{d}D2,SATISFACTION(a,b)+SATISFACTION(a,b+1))",
        f"LET(w,{{2,0,1,1}},HEALTH({d}M1,{d}N1,{d}O1,{d}L1,w))",
    ]


_ARRAYS = {
    "C1:C9": "SATISFACTION('数据 1'!C1:C9,'数据 1'!D1:D9)",
    "D1:F6": "RFM('数据 1'!I1:I6,'数据 1'!J1:J6,'数据 1'!K1:K6)",
    "G1:G7": "LIFECYCLE('数据 1'!U1:U7,'数据 1'!V1:V7,'数据 1'!W1:W7,'数据 1'!X1:X7)",
    "H1:H6": "HEALTH('数据 1'!M1:M6,'数据 1'!N1:N6,'数据 1'!O1:O6,'数据 1'!L1:L6)",
    "I1:I5": "CHURN_LOGIT(-1,{0.5,-0.2},'数据 1'!S1:T5)",
    "J1:J9": "ROUND(SATISFACTION('数据 1'!C2:C9,10),2)",
    "K1:L3": "CSAT('数据 1'!A1:A11)",
    "M1:M4": "CHURN_RISK('数据 1'!L2:L5)",
    "N1:P4": "RFM('数据 1'!I2:I5,'数据 1'!J2:J5,'数据 1'!K2:K5,3)",
    "Q1": "SUM(SATISFACTION('数据 1'!C2:C3,'数据 1'!D2:D3))",
}

FORMULAS: dict[str, str | Formula] = {
    **{f"A{i}": f"={call}" for i, call in enumerate(_calls(), 1)},
    **{block.partition(":")[0]: Formula(text, block=block) for block, text in _ARRAYS.items()},
}

SHEETS = {"数据 1": DATA, "Formulas": FORMULAS}
