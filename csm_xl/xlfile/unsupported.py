"""Members of xlwings' object model that a workbook file does not have, refused by name."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

_C = TypeVar("_C", bound=type)


def refuse(owner: str, member: str) -> NoReturn:
    """Raise NotImplementedError that names the member."""
    raise NotImplementedError(f"{owner}.{member} is not supported on a workbook file")


class FileObject:
    """Base of the objects on a file: abstract and unknown members are refused by name."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for base in cls.__mro__:
            if not base.__module__.startswith("xlwings"):
                continue
            for member, found in vars(base).items():
                if _is_abstract(found) and not _is_given(cls, member):
                    setattr(cls, member, _refusal(cls.__name__, member, found))
                elif isinstance(found, property):
                    _refuse_setter(cls, member, found)

    def __getattr__(self, member: str) -> Any:
        if member.startswith("_"):
            raise AttributeError(member)
        refuse(type(self).__name__, member)


def _is_abstract(found: object) -> bool:
    """Whether a member of a base class only raises NotImplementedError."""
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, staticmethod):
        found = found.__func__
    code = getattr(found, "__code__", None)
    return code is not None and "NotImplementedError" in code.co_names


def _is_given(cls: type, member: str) -> bool:
    """Whether one of our own classes defines the member."""
    return any(
        member in vars(base) for base in cls.__mro__ if not base.__module__.startswith("xlwings")
    )


def _refusal(owner: str, member: str, found: object) -> Any:
    def refused(*_: object, **__: object) -> NoReturn:
        refuse(owner, member)

    if isinstance(found, property):
        return property(refused, refused, refused)
    return refused


def _refuse_setter(cls: type, member: str, found: property) -> None:
    """A property that we can only read is refused by name when it is set."""
    for base in cls.__mro__:
        own = vars(base).get(member)
        if own is not None and not base.__module__.startswith("xlwings"):
            if isinstance(own, property) and own.fset is None and found.fset is not None:

                def refused(*_: object) -> NoReturn:
                    refuse(cls.__name__, member)

                setattr(cls, member, own.setter(refused))
            return
