"""What the tests of this folder share: a write as the server meets it, and an answer as the client does."""

from passerelle.wire.oxxml import answers
from passerelle.wire.oxxml.markup import OX
from passerelle.wire.oxxml.parsing import Properties, parse, properties
from passerelle.wire.oxxml.reading import AnswerReader, Response
from passerelle.wire.oxxml.requests import Operation, read_propertyupdate, write_propertyupdate


def elements(inner: str) -> Properties:
    """The elements of one ``D:prop``, written as in the reference."""
    return properties(parse(f'<D:prop xmlns:D="DAV:" xmlns:ox="{OX}">{inner}</D:prop>'.encode()))


def sent(content: bytes) -> Properties:
    """The content of a write as the server reads it."""
    (block,) = read_propertyupdate(write_propertyupdate([Operation(properties=content)]))
    return block.properties


def received(content: bytes) -> Properties:
    """The content of a live object as the client reads it."""
    (response,) = document(answers.live(7, content))
    assert (response.href, response.status, response.description) == ("7", 200, "OK")
    return response.properties


def document(*pieces: bytes) -> list[Response]:
    """The responses of a whole answer."""
    reader = AnswerReader()
    found = [one for piece in (answers.opening("1.0", "Test"), *pieces, answers.CLOSE) for one in reader.feed(piece)]
    reader.close()
    return found


def names(content: bytes) -> list[str]:
    """The names of the elements in their order."""
    root = parse(f'<D:prop xmlns:D="DAV:" xmlns:ox="{OX}">{content.decode()}</D:prop>'.encode())
    return [str(child.tag).rpartition("}")[2] for child in root]
