"""Reading XML safely: documents into lxml trees, one ``D:prop`` into plain values (OX reference, section 3).

Document types, and with them entities, are refused; so is nesting beyond any that the interface has. The size
of a request is bounded by whoever reads it from the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import final

from lxml import etree
from msgspec import Struct

from passerelle.model.errors import Unreadable
from passerelle.wire.oxxml.markup import DAV, OURS, OX
from passerelle.wire.oxxml.values import boolean

DEEPEST = 64
"""Levels of nesting that a document may have; the interface itself needs nine."""

PROP = f"{{{DAV}}}prop"
_OX = f"{{{OX}}}"
_OURS = f"{{{OURS}}}"
_EXTENSION = f"{_OURS}item"
_EXTENDED = f"{_OURS}extended"

CONTAINERS = frozenset({"participants", "permissions", "distributionlist", "attachments", "object_list"})
"""Elements whose children mean something; the children of any other element are skipped with it."""

_too_deep = etree.XPath("boolean(" + "/*" * (DEEPEST + 1) + ")")
# Possessive and atomic: what was taken once is not divided anew, which could be done in 2 to the power of n ways
_prolog_with_type = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?>(?><\?.*?\?>|<!--.*?-->)\s*+)*+<!DOCTYPE", re.DOTALL)


class Element(Struct, frozen=True):
    """One element of the OX namespace with its children.

    Attributes are known by their local name if they are in the OX namespace, by ``p:`` and it if they are in
    ours; unqualified ones do not count (section 3). Text beside children is left out.
    """

    name: str
    attributes: Mapping[str, str]
    text: str
    children: tuple[Element, ...] = ()


@final
class Properties(Mapping[str, Element]):
    """The OX elements of one ``D:prop`` by local name; of several with one name the last wins.

    ``extension`` is the text of our own element, None where there is none.
    """

    __slots__ = ("_containers", "_texts", "extended", "extension")

    def __init__(
        self,
        texts: dict[str, str],
        containers: Mapping[str, Element] | None = None,
        extension: str | None = None,
        *,
        extended: bool = False,
    ) -> None:
        self._texts = texts
        self._containers = containers or {}
        self.extension = extension
        self.extended = extended or extension is not None

    def __getitem__(self, name: str) -> Element:
        return self._containers.get(name) or Element(name, {}, self._texts[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __contains__(self, name: object) -> bool:
        return name in self._texts

    def text(self, name: str) -> str | None:
        """The text of an element as it stands; None where the element is absent."""
        return self._texts.get(name)

    def value(self, name: str) -> str | None:
        """The text of an element without white space around it; None where the element is absent or empty."""
        text = self._texts.get(name)
        return text.strip() or None if text else None

    def flag(self, name: str) -> bool:
        """Whether a boolean element is present and true."""
        text = self._texts.get(name)
        return text is not None and boolean(text)

    def children(self, name: str) -> tuple[Element, ...]:
        """The children of a container; none where it is absent or empty."""
        container = self._containers.get(name)
        return container.children if container else ()

    @property
    def texts(self) -> Mapping[str, str]:
        """All elements by name with their text; containers have none."""
        return self._texts


NOTHING = Properties({})


def parse(body: bytes) -> etree._Element:
    """The root of a document.

    Raises:
        Unreadable: not well-formed, with a document type, or nested too deeply.
    """
    if _prolog_with_type.match(body):
        raise Unreadable("The document has a document type; send it without.", 1)
    try:
        root = etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"The document is not well-formed XML: {error.msg}.", error.lineno or 0) from error
    refuse_document_type(root)
    if _too_deep(root.getroottree()):
        raise Unreadable(f"The document is nested deeper than {DEEPEST} levels.")
    return root


def refuse_document_type(root: etree._Element) -> None:
    """Refuse what the look at the first bytes cannot see, such as a type in another encoding.

    Raises:
        Unreadable: the document has a document type.
    """
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("The document has a document type; send it without.", 1)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def properties(prop: etree._Element) -> Properties:
    """What one ``D:prop`` says."""
    texts: dict[str, str] = {}
    containers: dict[str, Element] | None = None
    extension: str | None = None
    extended = False
    for child in prop:
        name = _NAMES.get(child.tag) or _name(child.tag)
        if name is None:
            if child.tag == _EXTENSION:
                extension = child.text or ""
            extended = extended or child.tag == _EXTENDED
        elif not len(child):
            texts[name] = child.text or ""
        elif name in CONTAINERS:
            texts[name] = ""
            containers = containers or {}
            containers[name] = element(child)
    return Properties(texts, containers, extension, extended=extended)


def element(node: etree._Element) -> Element:
    """The plain value of an element and what is below it, without other namespaces.

    Raises:
        Unreadable: nested too deeply.
    """
    return _element(node, DEEPEST)


def _element(node: etree._Element, depth: int) -> Element:
    if not depth:
        raise Unreadable(f"The document is nested deeper than {DEEPEST} levels.", node.sourceline or 0)
    name = _NAMES.get(node.tag) or _name(node.tag) or ""
    attributes = {known: str(value) for key, value in node.items() if (known := _attribute(key))}
    if not len(node):
        return Element(name, attributes, node.text or "")
    children = tuple([_element(child, depth - 1) for child in node if _name(child.tag)])
    return Element(name, attributes, "" if children else node.text or "", children)


def _attribute(name: object) -> str | None:
    """The name that an attribute is known by; None in namespaces that do not count."""
    known = _NAMES.get(name) or _name(name)
    if known is None and isinstance(name, str) and name.startswith(_OURS):
        return "p:" + name[len(_OURS) :]
    return known


# Elements come by the ten thousand and have some 150 names: each name is cut once. Bounded, because a peer
# could send any number of made-up ones.
_NAMES: dict[object, str] = {}
_MOST_NAMES = 1000


def _name(tag: object) -> str | None:
    """The local name of an OX element or attribute; None in any other namespace, and for what is neither."""
    if not isinstance(tag, str) or not tag.startswith(_OX):
        return None
    name = tag[len(_OX) :]
    if len(_NAMES) < _MOST_NAMES:
        _NAMES[tag] = name
    return name
