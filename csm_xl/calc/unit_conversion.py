"""``CONVERT``: Excel's units, of which the calculator knows some.

Units and factors are those of Microsoft's documentation of the function; small and capital letters
matter. A prefix may stand before metric units only, and is squared or cubed with ``m2`` and ``m3``.
"""

from __future__ import annotations

from typing import Any

from csm_xl.calc.elementwise import NA, VALUE, as_number

_LENGTHS = {
    "m": 1.0,
    "mi": 1609.344,
    "Nmi": 1852.0,
    "in": 0.0254,
    "ft": 0.3048,
    "yd": 0.9144,
    "ang": 1e-10,
    "ly": 9.46073047258e15,
    "Picapt": 0.0254 / 72,
}
_POWERS = ("2", "^2"), ("3", "^3")
#: Units by kind, each with what it is in the first one.
_KINDS: tuple[dict[str, float], ...] = (
    {
        "g": 1.0,
        "sg": 14593.9029372064,
        "lbm": 453.59237,
        "u": 1.66053878283e-24,
        "ozm": 28.349523125,
        "grain": 0.06479891,
        **dict.fromkeys(("cwt", "shweight"), 45359.237),
        **dict.fromkeys(("uk_cwt", "lcwt", "hweight"), 50802.34544),
        "stone": 6350.29318,
        "ton": 907184.74,
        **dict.fromkeys(("uk_ton", "LTON", "brton"), 1016046.9088),
    },
    {
        **_LENGTHS,
        "ell": 1.143,
        **dict.fromkeys(("parsec", "pc"), 3.08567758128155e16),
        "Pica": 0.0254 / 72,
        "pica": 0.0254 / 6,
        "survey_mi": 1609.347218694,
    },
    {
        **dict.fromkeys(("sec", "s"), 1.0),
        **dict.fromkeys(("mn", "min"), 60.0),
        "hr": 3600.0,
        **dict.fromkeys(("day", "d"), 86400.0),
        "yr": 31557600.0,
    },
    {
        **dict.fromkeys(("Pa", "p"), 1.0),
        **dict.fromkeys(("atm", "at"), 101325.0),
        "mmHg": 133.322,
        "psi": 6894.75729316836,
        "Torr": 133.322368421053,
    },
    {
        "N": 1.0,
        **dict.fromkeys(("dyn", "dy"), 1e-5),
        "lbf": 4.4482216152605,
        "pond": 0.00980665,
    },
    {
        "J": 1.0,
        "e": 1e-7,
        "c": 4.184,
        "cal": 4.1868,
        **dict.fromkeys(("eV", "ev"), 1.602176487e-19),
        **dict.fromkeys(("HPh", "hh"), 2684519.53769617),
        **dict.fromkeys(("Wh", "wh"), 3600.0),
        "flb": 1.3558179483314,
        **dict.fromkeys(("BTU", "btu"), 1055.05585262),
    },
    {
        **dict.fromkeys(("W", "w"), 1.0),
        **dict.fromkeys(("HP", "h"), 745.69987158227),
        "PS": 735.49875,
    },
    {"T": 1.0, "ga": 1e-4},
    {
        **dict.fromkeys(("l", "L", "lt"), 1.0),
        "tsp": 0.00492892159375,
        "tspm": 0.005,
        "tbs": 0.01478676478125,
        "oz": 0.0295735295625,
        "cup": 0.2365882365,
        **dict.fromkeys(("pt", "us_pt"), 0.473176473),
        "uk_pt": 0.56826125,
        "qt": 0.946352946,
        "uk_qt": 1.1365225,
        "gal": 3.785411784,
        "uk_gal": 4.54609,
        "barrel": 158.987294928,
        "bushel": 35.23907016688,
        **dict.fromkeys(("GRT", "regton"), 2831.6846592),
        "MTON": 1132.67386368,
        **{f"{u}{p}": f**3 * 1000 for u, f in _LENGTHS.items() for p in _POWERS[1]},
    },
    {
        **{f"{u}{p}": f**2 for u, f in _LENGTHS.items() for p in _POWERS[0]},
        "ar": 100.0,
        "ha": 10000.0,
        "Morgen": 2500.0,
        "uk_acre": 4046.8564224,
        "us_acre": 4046.87260987425,
    },
    {"bit": 1.0, "byte": 8.0},
    {
        **dict.fromkeys(("m/s", "m/sec"), 1.0),
        **dict.fromkeys(("m/h", "m/hr"), 1 / 3600),
        "kn": 1852 / 3600,
        "admkn": 1853.184 / 3600,
        "mph": 0.44704,
    },
)
#: What a metric unit's prefix is raised to; other units take none.
_METRIC_UNITS = (
    "g u m ang ly parsec pc sec s Pa p atm at mmHg N dyn dy pond J e c cal eV ev Wh wh W w T ga "
    "l L lt tspm ar bit byte m/s m/sec m/h m/hr"
)
_METRIC = dict.fromkeys(_METRIC_UNITS.split(), 1) | {
    "m2": 2,
    "m^2": 2,
    "ang2": 2,
    "ang^2": 2,
    "m3": 3,
    "m^3": 3,
    "ang3": 3,
    "ang^3": 3,
}
_STEPS = (24, 21, 18, 15, 12, 9, 6, 3, 2, 1, -1, -2, -3, -6, -9, -12, -15, -18, -21, -24)
_PREFIXES = dict(zip("YZEPTGMkhedcmunpfazy", _STEPS, strict=True)) | {"da": 1}
_BINARY = {f"{letter}i": 1024.0**power for power, letter in enumerate("kMGTPEZY", 1)}
#: Temperatures: kelvins are (degrees + the first) times the second.
_TEMPERATURES = {
    **dict.fromkeys(("K", "kel"), (0.0, 1.0)),
    **dict.fromkeys(("C", "cel"), (273.15, 1.0)),
    **dict.fromkeys(("F", "fah"), (459.67, 5 / 9)),
    "Rank": (0.0, 5 / 9),
    "Reau": (218.52, 1.25),
}


def converted(value: Any, source: Any, target: Any) -> Any:
    """``CONVERT``: a number in another unit of the same kind, ``#N/A`` where there is none."""
    if isinstance(value, bool) or not isinstance(source, str) or not isinstance(target, str):
        return VALUE if isinstance(value, bool) else NA
    number = as_number(value)
    if source in _TEMPERATURES and target in _TEMPERATURES:
        (shift, scale), (back, size) = _TEMPERATURES[source], _TEMPERATURES[target]
        return number if source == target else (number + shift) * scale / size - back
    one, other = _meant(source), _meant(target)
    if one is None or other is None or one[0] != other[0]:
        return NA
    return number * one[1] / other[1]


def _meant(unit: str) -> tuple[int, float] | None:
    """The kind of a unit and what it is in the first of its kind."""
    for kind, units in enumerate(_KINDS):
        if unit in units:
            return kind, units[unit]
    for length in (2, 1):
        prefix, bare = unit[:length], unit[length:]
        power = _METRIC.get(bare)
        if power is None:
            continue
        kind = next(k for k, units in enumerate(_KINDS) if bare in units)
        if prefix in _BINARY and bare in ("bit", "byte"):
            return kind, _KINDS[kind][bare] * _BINARY[prefix]
        if prefix in _PREFIXES:
            return kind, _KINDS[kind][bare] * 10.0 ** (_PREFIXES[prefix] * power)
    return None
