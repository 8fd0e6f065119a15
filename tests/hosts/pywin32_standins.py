"""xlwings' own dispatch code on a machine without Windows: stand-ins for the pywin32 it imports.

Nothing of xlwings is replaced. Its `udfs`, `com_server` and `_xlwindows` modules are imported as
they are installed, with modules called `pythoncom`, `win32com` and so on in place of pywin32, and
``csm_xl.functions`` is imported again so that xlwings' real decorators see it.

What pywin32 itself does is written out here, since it is what a value goes through on its way:
:func:`variant` is its conversion of a Python result (and refuses what it refuses), and the
constants are the ones VBA passes.
"""

from __future__ import annotations

import ctypes
import importlib
import math
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd  # noqa: F401  (xlwings imports it; it must meet the real ctypes)
import xlwings

#: VBA's "argument left out": VT_ERROR with DISP_E_PARAMNOTFOUND.
MISSING = -2147352572

_STOOD_IN = (
    "pythoncom",
    "pywintypes",
    "win32api",
    "win32con",
    "win32event",
    "win32gui",
    "win32process",
    "win32timezone",
    "win32com",
    "win32com.client",
    "win32com.client.gencache",
    "win32com.server",
    "win32com.server.dispatcher",
    "win32com.server.policy",
    "win32com.server.util",
    "win32com.server.exception",
)
_XLWINGS = ("xlwings._xlwindows", "xlwings.udfs", "xlwings.com_server", "xlwings._win32patch")


class com_error(Exception):
    """pywintypes.com_error: (hresult, text, excepinfo, argerror)."""


class TimeType:
    """pywintypes.TimeType, what a VT_DATE arrives as."""


class PyIDispatch:
    """The type of a COM object that is not wrapped yet."""


class Wrapped:
    """What ``win32com.server.util.wrap`` makes: a COM object around a Python one."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner


def _wrap(inner: Any, *_: Any, **__: Any) -> Wrapped:
    return Wrapped(inner)


def _unwrap(outer: Any) -> Any:
    if not isinstance(outer, Wrapped):
        raise TypeError("not a COM object made by this server")
    return outer._inner


class _AnyLibrary:
    """A DLL whose functions do nothing: xlwings looks some up while it is imported."""

    def __getattr__(self, name: str) -> Any:
        return _AnyLibrary()

    def __call__(self, *args: Any) -> Any:
        return _AnyLibrary()


def _module(name: str, **members: Any) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__dict__.update(members)
    return module


def _pywin32() -> dict[str, types.ModuleType]:
    interface = "{00020400-0000-0000-C000-000000000046}"
    pythoncom = _module(
        "pythoncom",
        __file__="pythoncom.dll",
        IID_IDispatch=interface,
        IID_IEnumVARIANT="{00020404-0000-0000-C000-000000000046}",
        TypeIIDs={interface: PyIDispatch},
        CoInitialize=lambda: None,
        ole_error=com_error,
    )
    client = _module(
        "win32com.client",
        **{
            name: type(name, (), {})
            for name in ("CDispatch", "CoClassBaseClass", "DispatchBaseClass")
        },
        Dispatch=lambda thing, *_, **__: thing,
        DispatchEx=lambda thing, *_, **__: thing,
    )
    gencache = _module("win32com.client.gencache")
    util = _module("win32com.server.util", wrap=_wrap, unwrap=_unwrap)
    server = _module(
        "win32com.server",
        util=util,
        dispatcher=_module("win32com.server.dispatcher"),
        policy=_module("win32com.server.policy", DefaultPolicy=object),
        exception=_module("win32com.server.exception", COMException=com_error),
    )
    found = {
        "pythoncom": pythoncom,
        "pywintypes": _module("pywintypes", com_error=com_error, TimeType=TimeType, IID=str),
        "win32com": _module("win32com", client=client, server=server),
        "win32com.client": client,
        "win32com.client.gencache": gencache,
        "win32com.server": server,
        "win32com.server.dispatcher": server.dispatcher,
        "win32com.server.policy": server.policy,
        "win32com.server.util": util,
        "win32com.server.exception": server.exception,
    }
    for name in _STOOD_IN:
        found.setdefault(name, _module(name))
    return found


@contextmanager
def xlwings_on_windows() -> Iterator[SimpleNamespace]:
    """xlwings' Windows side over stand-ins, and csm-xl's functions under its real decorators.

    Yields
    ------
    namespace
        ``udfs`` and ``com_server`` (xlwings' modules), ``functions`` (``csm_xl.functions``,
        imported anew) and ``python`` (an ``XLPython``, what VBA's ``XLPy`` is connected to).
        Everything is put back afterwards.
    """
    from csm_xl.functions.declaration import REGISTRY

    own = [n for n in sys.modules if n.partition(".functions")[0] == "csm_xl" and ".functions" in n]
    touched = (*_STOOD_IN, *_XLWINGS, "ctypes", *own)
    modules = {name: sys.modules.get(name) for name in touched}
    missing = object()
    attributes = {
        name: xlwings.__dict__.get(name, missing)
        for name in ("_xlwindows", "udfs", "com_server", "_win32patch", "func", "arg", "ret")
    }
    engines = (list(xlwings.engines.engines), dict(xlwings.engines.engines_by_name))
    registry = dict(REGISTRY)
    package = sys.modules["csm_xl"].__dict__.get("functions", missing)
    try:
        for name in (*_XLWINGS, *own):
            sys.modules.pop(name, None)
        sys.modules.update(_pywin32())
        windows = _module("ctypes", **ctypes.__dict__)
        windows.__dict__.update(oledll=_AnyLibrary(), windll=_AnyLibrary(), PyDLL=_AnyLibrary())
        sys.modules["ctypes"] = windows
        try:
            importlib.import_module("xlwings._xlwindows")
        finally:
            sys.modules["ctypes"] = ctypes
        xlwings.engines.add(xlwings.Engine(impl=sys.modules["xlwings._xlwindows"].engine))
        com_server = importlib.import_module("xlwings.com_server")
        udfs = sys.modules["xlwings.udfs"]
        xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
        functions = importlib.import_module("csm_xl.functions")
        yield SimpleNamespace(
            udfs=udfs, com_server=com_server, functions=functions, python=com_server.XLPython()
        )
    finally:
        for name in [n for n in sys.modules if n.startswith("csm_xl.functions")]:
            del sys.modules[name]
        for name, module in modules.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
        for name, value in attributes.items():
            if value is missing:
                xlwings.__dict__.pop(name, None)
            else:
                setattr(xlwings, name, value)
        if package is missing:
            sys.modules["csm_xl"].__dict__.pop("functions", None)
        else:
            sys.modules["csm_xl"].functions = package  # type: ignore[attr-defined]
        xlwings.engines.engines[:], xlwings.engines.engines_by_name = engines
        REGISTRY.clear()
        REGISTRY.update(registry)


def variant(value: Any) -> Any:
    """What VBA receives for a Python value that COM carries: scalars, and blocks as tuples.

    Raises
    ------
    com_error
        For what pywin32 cannot turn into a VARIANT, or what no cell can show: an exception in
        Excel, so no function may return it.
    """
    if isinstance(value, (tuple, list)):
        block = tuple(variant(element) for element in value)
        widths = {len(row) if isinstance(row, tuple) else -1 for row in block}
        if len(widths) > 1 or not block:
            raise com_error(-2147024809, "All elements must be sequences of one length")
        return block
    if isinstance(value, (np.generic, np.ndarray)) and not isinstance(value, float):
        raise com_error(
            -2147024809, f"Objects of type {type(value)} can not be converted to a COM VARIANT"
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise com_error(-2147024809, f"a cell cannot show {value}")
    if value is None or isinstance(value, (bool, int, float, str, Wrapped)):
        return value
    raise com_error(
        -2147024809, f"Objects of type {type(value)} can not be converted to a COM VARIANT"
    )
