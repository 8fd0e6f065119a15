"""The ribbon tab: its buttons in both languages, and the customUI part made from them.

Sources: [MS-CUSTOMUI] 2.2 (the 2009/07 schema); the names of the built-in icons are those of
Office's own commands.
"""

from __future__ import annotations

from dataclasses import dataclass

from csm_xl.language import Text

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
#: The tab's id, by which an older version of it is found in a workbook.
TAB_ID = "csmTab"


@dataclass(frozen=True)
class Button:
    """One button.

    Parameters
    ----------
    id : str
        What the VBA callback is told.
    label, screentip, supertip : Text
        On the button; the bold line of its tip; the sentences below that line.
    image : str
        A built-in icon.
    large : bool
    items : tuple of Button
        What opens below, for a button that is a menu.
    """

    id: str
    label: Text
    screentip: Text
    supertip: Text
    image: str
    large: bool = False
    items: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Group:
    """Buttons that stand together."""

    id: str
    label: Text
    buttons: tuple[Button, ...]


TAB_LABEL = Text("Customer Success", "客户成功")

GROUPS: tuple[Group, ...] = (
    Group(
        "csmData",
        Text("Data", "数据"),
        (
            Button(
                "csmImport",
                Text("Import", "导入"),
                Text("Import a file", "导入文件"),
                Text(
                    "Adds customers, orders, feedback or contacts from a CSV or Excel file. Rows "
                    "that are already there are updated, never doubled.",
                    "从 CSV 或 Excel 文件导入客户、订单、反馈或联系记录。已有的行会更新，不会重复。",
                ),
                "ImportExcel",
                large=True,
                items=(
                    Button(
                        "csmImportCustomers",
                        Text("Customers...", "客户…"),
                        Text("Import customers", "导入客户"),
                        Text("One row for each customer.", "每位客户一行。"),
                        "ImportExcel",
                    ),
                    Button(
                        "csmImportOrders",
                        Text("Orders...", "订单…"),
                        Text("Import orders", "导入订单"),
                        Text("One row for each order or refund.", "每笔订单或退款一行。"),
                        "ImportExcel",
                    ),
                    Button(
                        "csmImportFeedback",
                        Text("Feedback...", "反馈…"),
                        Text("Import feedback", "导入反馈"),
                        Text(
                            "One row for each survey answer, review or complaint.",
                            "每份问卷、每条评价或每次投诉一行。",
                        ),
                        "ImportExcel",
                    ),
                    Button(
                        "csmImportContacts",
                        Text("Contacts...", "联系记录…"),
                        Text("Import contacts", "导入联系记录"),
                        Text(
                            "One row for each contact or day of use.", "每次联系或每天的使用一行。"
                        ),
                        "ImportExcel",
                    ),
                ),
            ),
            Button(
                "csmColumns",
                Text("Columns", "列"),
                Text("What each column is", "每一列是什么"),
                Text(
                    "Makes the sheet Columns, which shows what csm-xl takes each column of your "
                    "tables for. Choose another role there where one is wrong.",
                    "生成“列”工作表，显示 csm-xl 把您表格中的每一列当作什么。如果不对，可在那里改选角色。",
                ),
                "PropertySheet",
            ),
            Button(
                "csmFeatures",
                Text("Build features", "生成特征"),
                Text("Build features from orders", "由订单生成特征"),
                Text(
                    "Fills the computed columns of the Customers sheet from orders, feedback and "
                    "contacts.",
                    "根据订单、反馈和联系记录填写“客户”工作表中的计算列。",
                ),
                "PivotTableInsert",
            ),
            Button(
                "csmUndo",
                Text("Undo", "撤销"),
                Text("Undo the last command", "撤销上一次命令"),
                Text(
                    "Closes the workbook and opens it again as it was before the last command of this "
                    "tab. What is there now is kept; Undo once more brings it back.",
                    "关闭工作簿，并以本选项卡上一次命令之前的状态重新打开。当前内容会保留，再次点击即可恢复。",
                ),
                "Undo",
            ),
        ),
    ),
    Group(
        "csmScores",
        Text("Scores", "评分"),
        (
            Button(
                "csmRetrain",
                Text("Retrain", "重新训练"),
                Text("Retrain the churn model", "重新训练流失模型"),
                Text(
                    "Learns from the customers who left and those who stayed, then scores everyone. "
                    "You can keep working meanwhile.",
                    "从已流失和留下的客户中学习，然后为所有客户评分。训练时您可以继续使用 Excel。",
                ),
                "MacroPlay",
                large=True,
            ),
            Button(
                "csmCancel",
                Text("Cancel", "取消"),
                Text("Stop training", "停止训练"),
                Text(
                    "Stops the training that is running. Nothing in the workbook changes.",
                    "停止正在进行的训练，工作簿不作任何改动。",
                ),
                "Delete",
            ),
            Button(
                "csmRefresh",
                Text("Refresh", "刷新"),
                Text("Refresh the scores", "刷新评分"),
                Text(
                    "Scores every customer again with the model of this workbook.",
                    "用本工作簿的模型重新为每位客户评分。",
                ),
                "RefreshAll",
                large=True,
            ),
        ),
    ),
    Group(
        "csmInsight",
        Text("Insight", "洞察"),
        (
            Button(
                "csmDashboard",
                Text("Dashboard", "仪表盘"),
                Text("Show the dashboard", "显示仪表盘"),
                Text(
                    "Brings the key figures and charts up to date and shows them.",
                    "更新关键指标和图表并显示。",
                ),
                "ChartInsert",
                large=True,
            ),
            Button(
                "csmExplain",
                Text("Explain customer", "解读客户"),
                Text("Explain the selected customer", "解读所选客户"),
                Text(
                    "Says in words why the selected customer is likely to leave or to stay.",
                    "用文字说明所选客户为什么可能流失或留下。",
                ),
                "FindDialog",
            ),
            Button(
                "csmActions",
                Text("Actions", "行动"),
                Text("Suggest whom to contact", "建议联系哪些客户"),
                Text(
                    "Lists whom to contact first, why, and what to do.",
                    "列出应优先联系的客户、原因和建议做法。",
                ),
                "AcceptInvitation",
            ),
        ),
    ),
    Group(
        "csmSharing",
        Text("Share", "分享"),
        (
            Button(
                "csmShare",
                Text("Accountant copy", "会计副本"),
                Text("Make a copy for your accountant", "生成给会计的副本"),
                Text(
                    "Writes a new workbook without macros, in which every number can be checked. "
                    "Names are replaced.",
                    "生成一份不含宏的新工作簿，每个数字都可核对，客户姓名以代号替换。",
                ),
                "FileSendAsAttachment",
                large=True,
            ),
        ),
    ),
    Group(
        "csmHelp",
        Text("Help", "帮助"),
        (
            Button(
                "csmWhy",
                Text("Why?", "为什么？"),
                Text("Why is there an error here?", "这里为什么出错？"),
                Text(
                    "Explains the error in the selected cell and says what to do.",
                    "解释所选单元格中的错误，并说明该怎么办。",
                ),
                "ErrorChecking",
                large=True,
            ),
            Button(
                "csmCheck",
                Text("Check setup", "检查安装"),
                Text("Check the installation", "检查安装情况"),
                Text(
                    "Checks Excel, Python and this workbook, and says what to do.",
                    "检查 Excel、Python 和本工作簿，并说明该怎么办。",
                ),
                "FileDocumentInspect",
            ),
            Button(
                "csmRestart",
                Text("Restart Python", "重启 Python"),
                Text("Restart Python", "重启 Python"),
                Text(
                    "Starts the Python behind the formulas again, for example after an update.",
                    "重新启动公式背后的 Python，例如在更新之后。",
                ),
                "Refresh",
            ),
            Button(
                "csmGuide",
                Text("Guide", "使用指南"),
                Text("How to begin", "如何开始"),
                Text("Shows the first steps.", "显示入门步骤。"),
                "Help",
            ),
        ),
    ),
)

#: Everything that can be clicked.
BUTTONS: tuple[Button, ...] = tuple(
    item for group in GROUPS for button in group.buttons for item in (button.items or (button,))
)


def texts() -> dict[str, Text]:
    """What the ribbon's callbacks answer, by ``<id>.label``, ``.screentip`` and ``.supertip``."""
    found = {f"{TAB_ID}.label": TAB_LABEL}
    for group in GROUPS:
        found[f"{group.id}.label"] = group.label
        for button in group.buttons:
            for one in (button, *button.items):
                found[f"{one.id}.label"] = one.label
                found[f"{one.id}.screentip"] = one.screentip
                found[f"{one.id}.supertip"] = one.supertip
    return found


def tab_xml() -> str:
    """The tab as an element, in the namespace of its surroundings."""
    lines = [f'      <tab id="{TAB_ID}" getLabel="CsmLabel">']
    for group in GROUPS:
        lines.append(f'        <group id="{group.id}" getLabel="CsmLabel">')
        for button in group.buttons:
            lines += _control_xml(button)
        lines.append("        </group>")
    lines.append("      </tab>")
    return "\n".join(lines)


def _control_xml(button: Button) -> list[str]:
    size = f' size="{"large" if button.large else "normal"}"'
    if not button.items:
        return [f"          <button{_attributes(button)}{size}{_action(button)}/>"]
    return [
        f"          <menu{_attributes(button)}{size}>",
        *(f"            <button{_attributes(item)}{_action(item)}/>" for item in button.items),
        "          </menu>",
    ]


def _attributes(button: Button) -> str:
    return (
        f' id="{button.id}" imageMso="{button.image}" getLabel="CsmLabel" '
        'getScreentip="CsmScreentip" getSupertip="CsmSupertip"'
    )


def _action(button: Button) -> str:
    enabled = ' getEnabled="CsmEnabled"' if button.id == "csmCancel" else ""
    return f'{enabled} onAction="CsmClick"'


def custom_ui() -> bytes:
    """The customUI14 part of a workbook that has no ribbon of its own."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<customUI xmlns="{NAMESPACE}" onLoad="CsmRibbonLoaded">\n'
        "  <ribbon>\n    <tabs>\n"
        f"{tab_xml()}\n"
        "    </tabs>\n  </ribbon>\n</customUI>\n"
    ).encode()
