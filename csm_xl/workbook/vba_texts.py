"""Module ``CsmTexts``: everything that the VBA itself says, in both languages."""

from __future__ import annotations

from csm_xl import __version__
from csm_xl.language import Language, Text
from csm_xl.vocabulary import layout
from csm_xl.workbook import ribbon
from csm_xl.workbook.vba_literals import quoted, two

#: ``{0}`` stands for what the VBA fills in.
MESSAGES: dict[str, Text] = {
    "title": Text("Customer Success", "客户成功"),
    "start_sheet": layout.sheet("start").title,
    "working": Text("csm-xl is working...", "csm-xl 正在处理…"),
    "mac": Text(
        "csm-xl functions need Excel on Windows; the numbers you see were calculated there.",
        "csm-xl 函数需要 Windows 版 Excel；您看到的数字是在 Windows 上算出的。",
    ),
    "mac_restart": Text(
        "On a Mac, Python is started anew by every button. There is nothing to restart.",
        "在 Mac 上，每次点击按钮都会重新启动 Python，无需重启。",
    ),
    "import_on_mac": Text(
        "On a Mac, import in the Terminal: csm-xl import WORKBOOK FILE --table orders",
        "在 Mac 上请在“终端”中导入：csm-xl import 工作簿 文件 --table 订单",
    ),
    "undo_on_mac": Text(
        "On a Mac, close the workbook and type in the Terminal: csm-xl undo WORKBOOK",
        "在 Mac 上请先关闭工作簿，然后在“终端”中输入：csm-xl undo 工作簿",
    ),
    "areas": Text(
        "{0} has several areas. Choose one rectangle of cells.",
        "{0} 包含多个区域，请只选择一个矩形区域。",
    ),
    "failed": Text(
        "csm-xl could not calculate {0}. Click Restart Python; if it comes back, click Check setup.",
        "csm-xl 无法计算 {0}。请点击“重启 Python”；如仍出现，请点击“检查安装”。",
    ),
    "no_python": Text(
        "Python for csm-xl could not be started ({0}). Run install.cmd, or csm-xl setup, then click "
        "Restart Python. If the message names an xlwings DLL, run csm-xl upgrade on this workbook.",
        "无法启动 csm-xl 所需的 Python（{0}）。请运行 install.cmd 或 csm-xl setup，然后点击"
        "“重启 Python”。如果提示中提到 xlwings 的 DLL，请对本工作簿运行 csm-xl upgrade。",
    ),
    "conf_beside": Text(
        "The file {0} lies beside this workbook and could make it start another program, so csm-xl "
        "does not start. Move or delete that file, then click Restart Python.",
        "本工作簿旁边有文件 {0}，它可能让工作簿启动别的程序，因此 csm-xl 不会启动。"
        "请移走或删除该文件，然后点击“重启 Python”。",
    ),
    "conf_sheet": Text(
        "The hidden sheet xlwings.conf is missing or was changed, so files beside this workbook "
        "could run as programs. Run csm-xl upgrade on this workbook.",
        "隐藏工作表 xlwings.conf 缺失或被改动，工作簿旁边的文件可能会被当作程序运行。"
        "请对本工作簿运行 csm-xl upgrade。",
    ),
    "setup_facts": Text("What Excel knows: {0}", "Excel 提供的信息：{0}"),
    "restarted": Text(
        "Python was restarted and the workbook calculated again.",
        "Python 已重启，工作簿已重新计算。",
    ),
    "guide": Text(
        "Type a function such as =CSAT(C2:C40) in a cell; Formulas, Insert Function lists them all "
        "under csm-xl. Retrain learns who is likely to leave; Actions says whom to contact first.",
        "在单元格中输入函数，例如 =CSAT(C2:C40)；“公式”>“插入函数”的 csm-xl 类别中列有全部函数。"
        "“重新训练”会学习哪些客户可能流失，“行动”会列出应优先联系的客户。",
    ),
    "already_training": Text(
        "The model is already being trained. Click Cancel to stop it.",
        "模型正在训练中。如需停止，请点击“取消”。",
    ),
    "nothing_to_cancel": Text("No training is running.", "当前没有正在进行的训练。"),
    "import_title": Text("File to import", "选择要导入的文件"),
    "import_filter": Text(
        "CSV or Excel (*.csv;*.txt;*.xlsx;*.xlsm),*.csv;*.txt;*.xlsx;*.xlsm",
        "CSV 或 Excel (*.csv;*.txt;*.xlsx;*.xlsm),*.csv;*.txt;*.xlsx;*.xlsm",
    ),
    "share_title": Text("Where to save the copy", "副本保存位置"),
    "share_filter": Text("Excel workbook (*.xlsx),*.xlsx", "Excel 工作簿 (*.xlsx),*.xlsx"),
    "share_name": Text("For the accountant.xlsx", "给会计的副本.xlsx"),
}


def texts_module(lang: Language, *, watch: bool = False) -> str:
    """The source of the module.

    Parameters
    ----------
    lang : {"en", "zh"}
        What the workbook speaks.
    watch : bool
        Whether the workbook's events are watched by ``CsmEvents``, because its own
        ``ThisWorkbook`` module is not csm-xl's.
    """
    lines = [
        'Attribute VB_Name = "CsmTexts"',
        "Option Explicit",
        "Option Private Module",
        "",
        "' Everything that the VBA says, in English and Chinese. Made by csm_xl.workbook.vba_texts.",
        "",
        "Public Function CsmVersion() As String",
        f"    CsmVersion = {quoted(__version__)}",
        "End Function",
        "",
        '\' What this workbook speaks: "en" or "zh".',
        "Public Function CsmLanguage() As String",
        f"    CsmLanguage = {quoted(lang)}",
        "End Function",
        "",
        "' Whether CsmEvents watches this workbook, since its ThisWorkbook module is its owner's.",
        "Public Function CsmWatches() As Boolean",
        f"    CsmWatches = {watch}",
        "End Function",
        "",
        'Public Function CsmText(ByVal key As String, Optional ByVal value As String = "") As String',
        "    Select Case key",
    ]
    for key, text in {**ribbon.texts(), **MESSAGES}.items():
        lines += [f"        Case {quoted(key)}", f"            CsmText = {two(text, ' ' * 16)}"]
    lines += [
        "    End Select",
        '    CsmText = Replace(CsmText, "{0}", value)',
        "End Function",
        "",
        "' One of two texts, by the workbook's language, with \\uXXXX in place of other characters.",
        "Public Function CsmTwo(ByVal english As String, ByVal chinese As String) As String",
        "    Dim pieces() As String",
        "    Dim i As Long",
        '    If CsmLanguage() = "zh" Then',
        '        pieces = Split(chinese, "\\u")',
        "    Else",
        '        pieces = Split(english, "\\u")',
        "    End If",
        "    CsmTwo = pieces(0)",
        "    For i = 1 To UBound(pieces)",
        '        CsmTwo = CsmTwo & ChrW$(CLng("&H" & Left$(pieces(i), 2)) * 256 + '
        'CLng("&H" & Mid$(pieces(i), 3, 2))) & Mid$(pieces(i), 5)',
        "    Next i",
        "End Function",
    ]
    return "\n".join(lines) + "\n"
