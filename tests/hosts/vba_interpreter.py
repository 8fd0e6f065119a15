"""pyOpenVBA's interpreter with what the shipped VBA needs beyond it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pyopenvba.apps.excel._bridge import ExcelBridge
from pyopenvba.interpreter import _ast as A
from pyopenvba.interpreter._objects import VBAObject, method
from pyopenvba.interpreter._parse import parse_module
from pyopenvba.interpreter._preprocess import strip_directives
from pyopenvba.interpreter._runtime import (
    Frame,
    Interpreter,
    ModuleRuntime,
    vba_constant,
)
from pyopenvba.interpreter._values import (
    EMPTY,
    MISSING,
    compare,
    to_bool,
    to_text,
)


class Bridge(ExcelBridge):
    """Names that a project sees: its own modules too, as in ``xlwings.XLPy()``."""

    host: Any

    def global_object(self, name: str) -> object:
        if name == "vba":
            return _VbaLibrary(self.host.interpreter)
        runtime = self.host.interpreter.modules.get(name)
        if runtime is not None and not runtime.is_class:
            return ModuleObject(self.host.interpreter, name)
        return super().global_object(name)

    def create(self, type_name: str) -> object:
        if type_name.lower() == "wscript.shell":
            return _Shell(self.host)
        return super().create(type_name)


class _VbaLibrary(VBAObject):
    """The name ``VBA``, as in ``VBA.vbTextCompare`` and ``VBA.IsObject(x)``."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter

    def vba_get(self, name: str, args: Any = (), named: Any = None) -> object:
        if name.lower() in self.interpreter._intrinsics:
            return self.interpreter.call_intrinsic(name.lower(), list(args), named or {})
        return vba_constant(name.lower())


class ModuleObject(VBAObject):
    def __init__(self, interpreter: VbaInterpreter, name: str) -> None:
        self.interpreter = interpreter
        self.name = name

    def vba_get(self, name: str, args: Any = (), named: Any = None) -> object:
        if self.interpreter.host_.mac and name == "RunPython":
            self.interpreter.host_.ran_on_mac.append(to_text(args[0]))
            return EMPTY
        runtime = self.interpreter.module(self.name)
        procedure = runtime.procedure(name)
        assert procedure is not None and procedure.scope != "private", f"{self.name}.{name}"
        return self.interpreter.call(procedure, runtime, list(args), dict(named or {}))


class _Shell(VBAObject):
    def __init__(self, host: Any) -> None:
        self.host = host

    @method
    def ExpandEnvironmentStrings(self, Source: object = MISSING) -> object:
        return re.sub(
            "%([^%]+)%",
            lambda found: self.host.environment.get(found[1].upper(), found[0]),
            to_text(Source),
        )


@cache
def _parsed(source: str, name: str, kind: str) -> A.Module:
    return parse_module(source, name=name, kind=kind)


class VbaInterpreter(Interpreter):
    """pyOpenVBA's interpreter, able to call what a module declares from a DLL."""

    host_: Any

    def add_module(self, source: str, *, name: str = "", kind: str = "standard") -> Any:
        # pyOpenVBA cannot read a comment behind a directive, an attribute inside a procedure, nor
        # the word WithEvents.
        source = re.sub(r"(?m)^Attribute \w+\.VB_.*$", "", source)
        source = re.sub(r"(?m)^([ \t]*#\w+ [^'\r\n]*)'.*$", r"\1", source)
        source = re.sub(r"(?m)^(Private|Public|Dim) WithEvents ", r"\1 ", source)
        if self.host_.mac:
            constants = {"Mac": True, "Win32": False, "Win64": False, "MAC_OFFICE_VERSION": 16}
            source = strip_directives(source, module=name, constants=constants)
        runtime = ModuleRuntime(_parsed(source, name, kind), self)
        self.modules[name.lower()] = runtime
        return runtime

    def create(self, type_name: str) -> object:
        # VBA-Dictionary, which xlwings ships for the Mac, is more VBA than pyOpenVBA runs.
        return (
            super().create_com("Scripting.Dictionary")
            if type_name == "Dictionary"
            else (super().create(type_name))
        )

    def _binary(self, expression: Any, frame: Frame | None) -> object:
        # VBA reads the text "False" as a Boolean beside one: GetConfig(...) = True in xlwings.
        if expression.op == "=":
            left = _plain(self.evaluate(expression.left, frame))
            right = _plain(self.evaluate(expression.right, frame))
            if isinstance(right, bool) and isinstance(left, str):
                return to_bool(left) == right
            return compare("=", left, right, text_compare=self.option_compare_text)
        return super()._binary(expression, frame)

    def _call_name(
        self, callee: Any, args: Any, frame: Frame | None, *, statement_context: bool = False
    ) -> object:
        key = callee.name.lower()
        if any(key in runtime.declares for runtime in self.modules.values()):
            given = [
                self.lookup(a.value.name, frame, want_slot=True)
                if isinstance(a.value, A.Name)
                else self.evaluate(a.value, frame, want_object=True)
                for a in args
            ]
            return self.host_.windows_api[key](*given)
        return super()._call_name(callee, args, frame, statement_context=statement_context)


def _plain(value: Any) -> Any:
    return value.vba_value() if isinstance(value, VBAObject) else value
