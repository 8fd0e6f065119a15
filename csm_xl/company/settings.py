"""What the owner set, with the declared default where nothing was set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csm_xl.errors import SheetError
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import is_blank


class Settings:
    """The settings of a company.

    Parameters
    ----------
    given : mapping of str to value, optional
        Keys of the layout's settings to what the owner typed; blank ones count as not set.

    Examples
    --------
    >>> Settings({"margin": 0.4}).number("margin")
    0.4
    >>> Settings().number("save_rate")
    0.2
    """

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        self._given = {key: value for key, value in (given or {}).items() if not is_blank(value)}

    def get(self, key: str, default: Any = None) -> Any:
        """What the owner typed, or the default."""
        return self._given.get(key, default)

    def number(self, key: str) -> float:
        """A number within the limits of its declaration.

        Raises
        ------
        SheetError
            Names the setting and what it should be.
        """
        declared = layout.setting(key)
        value = self.get(key, declared.value("en"))
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = float("nan")
        low = -float("inf") if declared.low is None else declared.low
        high = float("inf") if declared.high is None else declared.high
        if not low <= number <= high:
            raise SheetError(
                f"The setting “{declared.label.en}” is {value!s}; it should be a number"
                f"{_between(declared.low, declared.high, ' from ', ' to ', ' of at least ')}.",
                f"设置项“{declared.label.zh}”的值是 {value!s}，应为数字"
                f"{_between(declared.low, declared.high, '，', ' 到 ', '，不小于 ')}。",
            )
        return number

    def number_or_none(self, key: str) -> float | None:
        """The same, None where the owner set nothing."""
        return None if self.get(key) is None else self.number(key)


def _between(low: float | None, high: float | None, start: str, to: str, least: str) -> str:
    if low is not None and high is not None:
        return f"{start}{low:g}{to}{high:g}"
    return f"{least}{low:g}" if low is not None else ""
