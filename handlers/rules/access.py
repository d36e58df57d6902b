"""Who may see what: household accounts, phone tails, surnames. Rules: S-REC-07, S-FEE-01, INV-26, reliability.md 6."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from storage.model import Home, Person, Residency, Tenure

#: Two-character surnames; anything else is taken as one character.
_DOUBLE = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "司徒", "南宫")
_NAMED_TAIL = re.compile(r"(?:尾号|[后末](?:四|4)位)\D{0,3}(\d{4})(?!\d)")
_TAIL = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")

#: 我是3栋2单元501的业主: somebody we do not know says who he is.
_INTRODUCES = re.compile(
    r"^(?:我们?|这里|这边)?(?:家)?(?:是|住在?|在)?[A-Za-z\d一二三四五六七八九十]+(?:区|栋|幢|号楼|座|[-—#])[^，,。]{0,12}?\d{3,4}[室号房户]?的?"
    r"(?:业主|住户|租户|租客|家属|房东)$|^(?:我们?|这里|这边)(?:家)?(?:是|住在?)[A-Za-z\d一二三四五六七八九十]+(?:区|栋|幢|号楼|座|[-—#])"
    r"[^，,。]{0,12}?\d{3,4}[室号房户]?的?$"
)


@dataclass(frozen=True, slots=True)
class AccessRules:
    """Who is known well enough for money and personal data (design.md 10).

    Attributes:
        account_tenures: tenures that see the bills of their home; a tenant only as the payer the lease names.
        notice_version: version of the privacy notice that the resident agrees to by binding (PIPL art. 17).
        tail_tries: wrong phone tails until a person checks.
    """

    account_tenures: tuple[Tenure, ...] = (Tenure.OWNER, Tenure.FAMILY)
    notice_version: str = "2026-01"
    tail_tries: int = 2


def sees_account(residency: Residency, rules: AccessRules) -> bool:
    """Whether this hold on a home opens its bills (S-FEE-01; a tenant sees only what the owner allows)."""
    return residency.tenure in rules.account_tenures or residency.payer


def account_homes(homes: Iterable[Residency], rules: AccessRules) -> tuple[Home, ...]:
    """The homes whose bills a person may see, in the order of the roster."""
    return tuple(residency.home for residency in homes if sees_account(residency, rules))


def payers(residents: Iterable[tuple[Person, Residency]]) -> tuple[Person, ...]:
    """Who is reminded of a home's fees: the tenant whom the lease names, else the owners (design.md 10)."""
    everyone = tuple(residents)
    named = tuple(person for person, held in everyone if held.payer)
    return named or tuple(person for person, held in everyone if held.tenure is Tenure.OWNER)


def phone_tail(text: str) -> str | None:
    """Four digits named or standing alone, or the end of one full mobile number; None when there is no single one.

    The name goes first: in 12-1-1201 尾号3201 the room has four digits as well.
    """
    named = set(_NAMED_TAIL.findall(text))
    if len(named) == 1:
        return str(named.pop())
    tails = _TAIL.findall(text) + [number[-4:] for number in _PHONE.findall(text)]
    return tails[0] if len(set(tails)) == 1 else None


def has_tail(person: Person, tail: str) -> bool:
    """Whether the phone on the roster ends in these four digits."""
    return person.phone is not None and len(tail) == 4 and person.phone.endswith(tail)


def surname(name: str) -> str:
    """The family name, with the usual two-character ones."""
    return name[:2] if name.startswith(_DOUBLE) and len(name) > 2 else name[:1]


def introduces(text: str) -> bool:
    """Whether the words only say who speaks: a room, and that it is the speaker's."""
    return _INTRODUCES.match(text.strip(" 。，,！!~")) is not None
