"""Whether Excel is there and runs macros."""

from __future__ import annotations

from collections.abc import Iterator

from csm_xl.doctor.check import GOOD, NOTE, WRONG, Check
from csm_xl.doctor.computer import Machine
from csm_xl.doctor.setup import apple_script, is_trusted, office_versions
from csm_xl.language import Text

_EXCEL = r"Software\Microsoft\Office\{version}\Excel"
_POLICY = r"Software\Policies\Microsoft\Office\{version}\Excel\Security"
_EXCEL_NAME = Text("Excel", "Excel")


def excel_for_windows(machine: Machine) -> Iterator[Check]:
    """Excel, its macro settings, and WPS beside it."""
    versions = office_versions(machine)
    if machine.registry.keys(r"Software\Kingsoft\Office"):
        yield Check(
            Text("WPS", "WPS"),
            NOTE,
            Text(
                "WPS Office is installed. It often comes without VBA, and csm-xl's functions and "
                "buttons need Microsoft Excel. Right-click the workbook, Open with, Excel; or use "
                "the csm-xl commands in a terminal.",
                "已安装 WPS。WPS 通常不带 VBA，而 csm-xl 的函数和按钮需要 Microsoft Excel。"
                "请右键工作簿选择“打开方式”>“Excel”，或在终端使用 csm-xl 命令。",
            ),
        )
    if not versions:
        yield Check(
            _EXCEL_NAME,
            WRONG,
            Text(
                "Microsoft Excel was not found for this user. Install it or start it once; without "
                "it, the csm-xl commands work in a terminal.",
                "没有找到本用户的 Microsoft Excel。请安装或先启动一次；没有 Excel 也可在终端使用 "
                "csm-xl 命令。",
            ),
        )
        return
    for version in versions:
        yield _macros(version, machine)
    bits = machine.registry.value(r"Software\Microsoft\Office\ClickToRun\Configuration", "Platform")
    if bits == "x86":
        yield Check(
            _EXCEL_NAME,
            GOOD,
            Text("Excel is a 32-bit one; it works.", "Excel 为 32 位，可以正常使用。"),
        )


def _macros(version: str, machine: Machine) -> Check:
    """Whether macros can run: the user's setting, the company's, and trusted folders."""
    security = _EXCEL.format(version=version) + r"\Security"
    policy = _POLICY.format(version=version)
    blocked = 4 in (
        machine.registry.value(security, "VBAWarnings"),
        machine.registry.value(policy, "VBAWarnings"),
    )
    no_locations = any(
        machine.registry.value(rf"{key}\Trusted Locations", "AllLocationsDisabled") == 1
        for key in (security, policy)
    )
    trusted = is_trusted(machine.workbook_folder, machine) and not no_locations
    if trusted:
        return Check(
            _EXCEL_NAME,
            GOOD,
            Text(
                f"Excel {version}: workbooks in {machine.workbook_folder} run their macros.",
                f"Excel {version}：{machine.workbook_folder} 中的工作簿可以运行宏。",
            ),
        )
    if no_locations or (blocked and machine.registry.value(policy, "VBAWarnings") == 4):
        return Check(
            _EXCEL_NAME,
            WRONG,
            Text(
                f"Excel {version}: macros are blocked on this computer, probably by a company's "
                "policy. Ask your administrator to trust the folder "
                f"{machine.workbook_folder}; the csm-xl commands work in a terminal meanwhile.",
                f"Excel {version}：本机禁止运行宏，可能是公司策略。请管理员信任文件夹 "
                f"{machine.workbook_folder}；在此之前可在终端使用 csm-xl 命令。",
            ),
        )
    return Check(
        _EXCEL_NAME,
        WRONG if blocked else NOTE,
        Text(
            f"Excel {version} asks before it runs macros, or blocks them. Run csm-xl setup, which "
            f"makes {machine.workbook_folder} a trusted folder, and keep your workbook there.",
            f"Excel {version} 运行宏前会询问或直接禁止。请运行 csm-xl setup，它会把 "
            f"{machine.workbook_folder} 设为受信任的文件夹，然后把工作簿放在那里。",
        ),
    )


def excel_for_mac(machine: Machine) -> Iterator[Check]:
    """Whether the ribbon's buttons can start Python."""
    there = apple_script(machine).exists()
    yield Check(
        _EXCEL_NAME,
        GOOD if there else WRONG,
        Text(
            "The buttons of the ribbon work on a Mac. csm-xl's functions in cells need Windows, or "
            "Excel 365 or 2024 and a copy made by csm-xl attach --native; other Excels show the "
            "numbers that stand in the cells.",
            "功能区按钮可在 Mac 上使用。单元格中的 csm-xl 函数需要 Windows；或使用 Excel 365 / 2024 打开由 "
            "csm-xl attach --native 生成的副本，其他版本只显示单元格中已有的数字。",
        )
        if there
        else Text(
            "The script that starts Python from Excel is missing. Run: csm-xl setup",
            "缺少从 Excel 启动 Python 的脚本。请运行：csm-xl setup",
        ),
    )
