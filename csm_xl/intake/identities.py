"""Who a row is of: numbers, accounts, mails, phones and names, cleaned and compared.

The same account or the same mail is one person. So is the same phone, unless two full names of
people contradict it. Identities that contradict each other are nobody's. A name alone never makes
one of two people who differ in anything else.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NamedTuple

from csm_xl.intake.cells import identifier
from csm_xl.intake.names import clean_name, contradict, is_full_name, name_key, name_parts
from csm_xl.intake.phones import Phones
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.placeholders import is_nobody

_MAIL = re.compile(r"[^\s<>\"'(),;:\[\]]+@[^\s<>\"'(),;:\[\]@]+\.[^\s<>\"'(),;:\[\]@]+")


class Who(NamedTuple):
    """What one row says of who it is of; None where it says nothing.

    Attributes
    ----------
    account : str or None
        A number of the owner's or of a platform.
    email, phone, name, company : str or None
    """

    account: str | None = None
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    company: str | None = None


def clean_mail(cell: Any) -> str | None:
    """A mail address as it is compared, out of ``Ann <Ann@X.example>`` too; None for none."""
    if cell is None:
        return None
    text = unicodedata.normalize("NFKC", str(cell)).strip().casefold().removeprefix("mailto:")
    found = _MAIL.search(text)
    if found is None or is_nobody(found[0]):
        return None
    return found[0].strip(".")


#: How many names of one person are compared: a mail of "guest" may have any number.
_COMPARED = 20


@dataclass(frozen=True, slots=True)
class Person:
    """A customer who is known already.

    Attributes
    ----------
    number : str
        As the workbook writes it.
    accounts : tuple of str
        Numbers that platforms know the customer by.
    email, phone, name, company : str or None
        As the workbook writes them.
    """

    number: str
    accounts: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    company: str | None = None


@dataclass
class Match:
    """Who the rows of a file are of.

    Attributes
    ----------
    of : dict of Who to int
        Each distinct identity to a person: below ``known`` one of those who are known, from there
        on a new one; -1 for nobody.
    known : int
    contradictory : set of Who
        Those whose identities belong to different people.
    shared_names : set of Who
        Those that are only a name, which several people have.
    shared_phones : int
        Phones that people of different names share.
    several_names : list of tuple of str
        Of each person whom an account or a mail makes one, and whose whole names in the file are
        different people's: these names.
    corrected_phones : dict of str to str
        See :attr:`csm_xl.intake.phones.Phones.corrected`.
    """

    of: dict[Who, int]
    known: int
    contradictory: set[Who] = field(default_factory=set)
    shared_names: set[Who] = field(default_factory=set)
    shared_phones: int = 0
    several_names: list[tuple[str, ...]] = field(default_factory=list)
    corrected_phones: dict[str, str] = field(default_factory=dict)


Node = tuple[str, str]


def match(whos: Iterable[Who], people: Sequence[Person]) -> Match:
    """Tell who is who: the distinct identities of a file among themselves and with who is known.

    Parameters
    ----------
    whos : iterable of Who
        Texts as the file has them.
    people : sequence of Person

    Returns
    -------
    Match
    """
    distinct = list(dict.fromkeys(whos))
    return _Matching(distinct, people).result()


class _Matching:
    def __init__(self, distinct: list[Who], people: Sequence[Person]) -> None:
        self.distinct, self.people = distinct, people
        self.phones = Phones(
            [
                *(p.phone for p in people),
                *(w.phone for w in distinct),
                *(w.account for w in distinct),
            ]
        )
        self.known = [
            (
                {folded(one) for one in (p.number, *p.accounts) if one},
                clean_mail(p.email),
                self.phones.one(p.phone),
                {n for n in (clean_name(p.name), clean_name(p.company)) if n},
            )
            for p in people
        ]
        self.cleaned = [self._clean(who) for who in distinct]
        self.parent: dict[Any, Any] = {}

    def _clean(self, who: Who) -> tuple[str | None, str | None, str | None, str | None]:
        account = identifier(who.account)
        account = None if account is None or is_nobody(account) else folded(account)
        mail = clean_mail(who.email) or (
            clean_mail(who.account) if who.account and "@" in who.account else None
        )
        phone = self.phones.one(who.phone)
        return account, mail, phone, clean_name(who.name) or clean_name(who.company)

    def _find(self, node: Any) -> Any:
        root = node
        while (above := self.parent.setdefault(root, root)) != root:
            root = above
        while self.parent[node] != root:
            self.parent[node], node = root, self.parent[node]
        return root

    def _join(self, nodes: Sequence[Any]) -> None:
        for other in nodes[1:]:
            a, b = self._find(nodes[0]), self._find(other)
            if a != b:
                self.parent[b] = a

    def _shared(self) -> set[str]:
        """Phones that people of different whole names have."""
        names: dict[str, list[str]] = defaultdict(list)
        for _, _, phone, name in self.cleaned:
            if phone and name and name not in names[phone]:
                names[phone].append(name)
        for _, _, phone, known_names in self.known:
            if phone:
                names[phone] += [name for name in known_names if name not in names[phone]]
        return {
            phone
            for phone, found in names.items()
            if len(found) > 1
            and any(contradict(a, b) for i, a in enumerate(found) for b in found[i + 1 :])
        }

    def _nodes(
        self,
        account: Iterable[str],
        mail: str | None,
        phone: str | None,
        names: Iterable[str],
        shared: set[str],
    ) -> list[Node]:
        nodes: list[Node] = [("account", one) for one in account]
        if mail:
            nodes.append(("mail", mail))
        if phone and phone not in shared:
            nodes.append(("phone", phone))
        elif phone:
            # Whose it is, only the whole name beside it tells.
            nodes += [
                ("phone", f"{phone} {' '.join(sorted(name_parts(n)))}")
                for n in names
                if is_full_name(n)
            ]
        return nodes

    def result(self) -> Match:
        shared = self._shared()
        of_node: dict[Node, set[int]] = defaultdict(set)
        for i, (accounts, mail, phone, names) in enumerate(self.known):
            for node in self._nodes(accounts, mail, phone, names, shared):
                of_node[node].add(i)
        rows = [
            self._nodes([a] if a else [], m, p, [n] if n else [], shared)
            for a, m, p, n in self.cleaned
        ]
        for nodes in rows:
            # A row whose identities belong to two who are known joins nothing.
            owners = [of_node[node] for node in nodes if node in of_node]
            if nodes and not (owners and not set.intersection(*owners)):
                self._join(nodes)
        found = Match({}, len(self.people), shared_phones=len(shared))
        groups = self._owners(of_node)
        new: dict[Any, int] = {}
        later: list[int] = []
        for i, (who, nodes) in enumerate(zip(self.distinct, rows, strict=True)):
            if not nodes:
                later.append(i)
                continue
            direct = [of_node[node] for node in nodes if node in of_node]
            known = (
                set.intersection(*direct) if direct else set(groups.get(self._find(nodes[0]), ()))
            )
            if (direct and not known) or len(known) > 1 or self._only_a_number(i, nodes, known):
                found.contradictory.add(who)
                found.of[who] = -1
            elif known:
                found.of[who] = next(iter(known))
            else:
                found.of[who] = new.setdefault(self._find(nodes[0]), len(self.people) + len(new))
        self._by_name(found, rows, new, later)
        found.several_names = self._several_names(found)
        found.corrected_phones = self.phones.corrected
        return found

    def _several_names(self, found: Match) -> list[tuple[str, ...]]:
        names: dict[int, dict[str, str]] = defaultdict(dict)
        for who, (_, _, _, name) in zip(self.distinct, self.cleaned, strict=True):
            if name and found.of[who] >= 0:
                names[found.of[who]].setdefault(name, (who.name or who.company or name).strip())
        return [
            tuple(said.values())
            for said in names.values()
            if any(contradict(a, b) for a, b in combinations(list(said)[:_COMPARED], 2))
        ]

    def _only_a_number(self, i: int, nodes: Sequence[Node], owners: set[int]) -> bool:
        """Whether only a number speaks for a customer whose name and mail or phone are others.

        Two platforms count from one, and an owner does too.
        """
        _, mail, phone, name = self.cleaned[i]
        if len(owners) != 1 or name is None:
            return False
        accounts, known_mail, known_phone, names = self.known[next(iter(owners))]
        if not any(kind == "account" and value in accounts for kind, value in nodes):
            return False
        differs = (mail and known_mail and mail != known_mail) or (
            phone and known_phone and phone != known_phone
        )
        same = (mail and mail == known_mail) or (phone and phone == known_phone)
        return bool(differs and not same and names and all(contradict(name, one) for one in names))

    def _owners(self, of_node: Mapping[Node, set[int]]) -> dict[Any, set[int]]:
        """Who is known in each group of identities; one node names one person, or nobody for sure."""
        groups: dict[Any, set[int]] = defaultdict(set)
        for node, owners in of_node.items():
            if node in self.parent:
                groups[self._find(node)] |= owners
        return groups

    def _by_name(
        self, found: Match, rows: list[list[Node]], new: dict[Any, int], later: list[int]
    ) -> None:
        known_names: dict[str, set[int]] = defaultdict(set)
        for i, (_, _, _, names) in enumerate(self.known):
            for name in names:
                known_names[name_key(name)].add(i)
        kinds: dict[int, set[str]] = defaultdict(set)
        new_names: dict[str, set[int]] = defaultdict(set)
        for i, nodes in enumerate(rows):
            person = found.of.get(self.distinct[i], -1)
            said = self.cleaned[i][3]
            if nodes and person >= found.known:
                kinds[person] |= {kind for kind, _ in nodes}
                if said:
                    new_names[name_key(said)].add(person)
        merged: dict[int, int] = {}
        for name, persons in new_names.items():
            owners = known_names.get(name, set())
            if len(owners) != 1 or len(persons) != 1 or not is_full_name(name):
                continue
            owner, person = next(iter(owners)), next(iter(persons))
            accounts, mail, phone, _ = self.known[owner]
            has = {
                k for k, there in (("account", accounts), ("mail", mail), ("phone", phone)) if there
            }
            if not has & kinds[person]:
                # Nothing of the one differs from anything of the other.
                merged[person] = owner
        if merged:
            for who, person in found.of.items():
                found.of[who] = merged.get(person, person)
        names_only: dict[str, int] = {}
        following = found.known + len(new)
        for i in later:
            who, said = self.distinct[i], self.cleaned[i][3]
            if said is None:
                found.of[who] = -1
                continue
            key = name_key(said)
            persons = known_names.get(key, set()) | {
                merged.get(p, p) for p in new_names.get(key, ())
            }
            if len(persons) == 1:
                found.of[who] = next(iter(persons))
            elif persons:
                found.of[who] = -1
                found.shared_names.add(who)
            else:
                if key not in names_only:
                    names_only[key] = following + len(names_only)
                found.of[who] = names_only[key]
