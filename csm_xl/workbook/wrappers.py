"""VBA made from the declarations of the worksheet functions: their wrappers and their help.

A formula works as soon as the workbook is opened, because the wrappers are in it already.
"""

from __future__ import annotations

from csm_xl.functions.declaration import Declaration
from csm_xl.language import Text
from csm_xl.workbook.vba_literals import quoted, two

_RESERVED = (
    "and any as byref byval call case close const date declare default dim do double each else "
    "elseif empty end enum erase error event exit false for friend function get global gosub goto "
    "if imp implements in input integer is let like line lock long loop lset me mod new next not "
    "nothing null object on open option optional or paramarray preserve print private property "
    "public put raiseevent redim resume return rset select set single static step stop string "
    "sub then to true type unlock until variant wend while with write xor"
)
#: Words that VBA does not take as the name of an argument.
RESERVED = frozenset(_RESERVED.split())

_GROUP = Text("csm-xl: {group}", "csm-xl：{group}")


def functions_module() -> str:
    """Module ``CsmFunctions``: one VBA function for each declared function."""
    lines = [
        'Attribute VB_Name = "CsmFunctions"',
        "Option Explicit",
        "",
        "' Made from the declarations in csm_xl.functions. CsmCall reads the ranges, asks Python and",
        "' turns errors into error values.",
    ]
    for declaration in declarations():
        lines += ["", *_wrapper(declaration)]
    return "\n".join(lines) + "\n"


def _wrapper(declaration: Declaration) -> list[str]:
    hidden = [p.hidden for p in declaration.parameters if p.hidden is not None]
    if any(p.hidden is None for p in declaration.parameters[len(declaration.typed) :]):
        raise ValueError(f"{declaration.name}: hidden arguments must come last")
    for parameter in declaration.typed:
        if parameter.name.casefold() in RESERVED or not parameter.name.isascii():
            raise ValueError(f"{declaration.name}: VBA takes no argument called {parameter.name}")
    signature = ", ".join(
        f"{'Optional ' if p.optional else ''}{p.name} As Variant" for p in declaration.typed
    )
    given = ", ".join(p.name for p in declaration.typed)
    passed = f", {quoted('|'.join(hidden))}" if hidden else ""
    name = declaration.name
    return [
        f"Public Function {name}({signature}) As Variant",
        f"    {name} = CsmCall({quoted(name)}, Array({given}){passed})",
        "End Function",
    ]


def wizard_module() -> str:
    """Module ``CsmWizard``: the texts of Excel's Function Wizard."""
    lines = [
        'Attribute VB_Name = "CsmWizard"',
        "Option Explicit",
        "Option Private Module",
        "",
        "' Made from the declarations in csm_xl.functions. One procedure for each function, since a",
        "' VBA procedure cannot be larger than 64 KB.",
        "",
        "Public Sub CsmRegisterFunctions()",
        "    ' Excel takes no such texts while no window of the workbook is visible.",
        "    If ThisWorkbook.Windows.Count = 0 Then Exit Sub",
        "    If Not ThisWorkbook.Windows(1).Visible Then Exit Sub",
    ]
    declared = declarations()
    lines += [f"    Help{n}" for n in range(1, len(declared) + 1)]
    lines += ["End Sub", ""]
    lines += [
        "Private Sub Register(ByVal name As String, ByVal help As String, ByVal group As String, "
        "ByVal helps As Variant)",
        '    Application.MacroOptions Macro:="\'" & Replace(ThisWorkbook.Name, "\'", "\'\'") & '
        '"\'!" & name, Description:=help, Category:=group, ArgumentDescriptions:=helps',
        "End Sub",
    ]
    for n, declaration in enumerate(declared, 1):
        lines += ["", *_help(n, declaration)]
    return "\n".join(lines) + "\n"


def _help(number: int, declaration: Declaration) -> list[str]:
    for text in (declaration.help, *(p.told for p in declaration.typed)):
        if max(len(text.en), len(text.zh)) > 255:
            raise ValueError(f"{declaration.name}: Excel takes 255 characters of help: {text.en}")
    group = _GROUP.fill(group=declaration.category)
    blanks = ", ".join(['""'] * len(declaration.typed))
    return [
        f"Private Sub Help{number}()",
        "    Dim helps As Variant",
        f"    helps = Array({blanks})",
        *(f"    helps({n}) = {two(p.told)}" for n, p in enumerate(declaration.typed)),
        f"    Register {quoted(declaration.name)}, {two(declaration.help)}, {two(group)}, helps",
        "End Sub",
    ]


def declarations() -> list[Declaration]:
    """Every declared function, in the order of their names."""
    from csm_xl.functions import REGISTRY

    return [REGISTRY[name] for name in sorted(REGISTRY)]
