"""A document as plain RTF (version 1.9), which every Word and Outlook reads."""

from __future__ import annotations

from passerelle.wire.richtext.document import Document, Marker, Paragraph, Run, Style

_HEAD = rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Calibri;}{\f1\froman\fcharset2 Symbol;}}"
_BULLET = r"{\pntext\f1\'B7\tab}{\*\pn\pnlvlblt\pnf1\pnindent0{\pntxtb\'B7}}\fi-360\li720 "
_NUMBER = r"{\pntext\f0 %d.\tab}{\*\pn\pnlvlbody\pnf0\pnindent0\pnstart1\pndec{\pntxta.}}\fi-360\li720 "
_PLAIN = Style()


def write_rtf(document: Document) -> bytes:
    """A document as RTF. It is ASCII: other characters are written by their numbers."""
    body, number = [], 0
    for paragraph in document:
        number = number + 1 if paragraph.marker is Marker.NUMBER else 0
        body.append(_paragraph(paragraph, number))
    text = "\\uc1\r\n" + "\\par\r\n".join(body)
    return _HEAD + text.encode("ascii") + b"\\par\r\n}\r\n"


def _paragraph(paragraph: Paragraph, number: int) -> str:
    marker = {None: "", Marker.BULLET: _BULLET, Marker.NUMBER: _NUMBER.replace("%d", str(number))}[paragraph.marker]
    return r"\pard" + marker + r"\plain\f0\fs22 " + "".join(_run(run) for run in paragraph.runs)


def _run(run: Run) -> str:
    style = run.style
    text = "".join(_character(each) for each in run.text)
    if style == _PLAIN:
        return text
    words = "".join(
        word
        for word, is_so in (
            (r"\b", style.bold),
            (r"\i", style.italic),
            (r"\ul", style.underline),
            (r"\strike", style.strike),
        )
        if is_so
    )
    text = f"{{{words} {text}}}" if words else text
    if style.link:
        address = "".join(_character(each) for each in style.link)
        return f'{{\\field{{\\*\\fldinst{{HYPERLINK "{address}"}}}}{{\\fldrslt{{{text}}}}}}}'
    return text


_WORDS = {"\n": "\\line ", "\t": "\\tab ", "\\": "\\\\", "{": "\\{", "}": "\\}"}


def _character(each: str) -> str:
    if each in _WORDS:
        return _WORDS[each]
    if " " <= each <= "~":
        return each
    units = each.encode("utf-16-le", "surrogatepass")
    numbers = (int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2))
    return "".join(f"\\u{number}?" for number in numbers)
