"""A small bounded XML reader for what platforms push: no DTD, no entities, limited depth and size (INV-21)."""

from collections.abc import Iterator
from xml.parsers import expat

from bot.channels.refusal import MALFORMED_XML, Refusal

MAX_DEPTH = 8
MAX_ELEMENTS = 200


class Element:
    """One element: its name, its own text without the white space around it, and its children."""

    __slots__ = ("_pieces", "children", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.children: list[Element] = []
        self._pieces: list[str] = []

    def add_text(self, piece: str) -> None:
        """Take one piece of character data."""
        self._pieces.append(piece)

    @property
    def text(self) -> str:
        """The element's own text; the platform puts line breaks around CDATA, so it is trimmed."""
        return "".join(self._pieces).strip()

    def walk(self, name: str) -> Iterator["Element"]:
        """Every descendant called `name`, in document order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.walk(name)


class _ForbiddenError(Exception):
    """The document goes beyond a limit or holds a DTD."""


class _Builder:
    """Collects elements while expat reads."""

    __slots__ = ("_count", "_open", "root")

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def start(self, name: str, _: object) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) >= MAX_DEPTH:
            raise _ForbiddenError
        element = Element(name)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _: str) -> None:
        self._open.pop()

    def text(self, piece: str) -> None:
        self._open[-1].add_text(piece)

    def doctype(self, *_: object) -> None:
        raise _ForbiddenError


def parse(document: bytes) -> Element | Refusal:
    """Read a document whose root is `<xml>`; always as UTF-8, whatever it declares.

    Returns:
        The root, or a refusal for anything malformed, too deep (8), too large (200 elements) or with a DTD.
    """
    builder = _Builder()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, _ForbiddenError):
        return MALFORMED_XML
    root = builder.root
    return root if root is not None and root.name == "xml" else MALFORMED_XML
