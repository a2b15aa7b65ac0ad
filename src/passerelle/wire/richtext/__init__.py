"""Formatted notes as HTML and as RTF, both ways, through one small document.

What a document knows is what people do with notes: paragraphs and lists of runs that are bold, italic, underlined,
struck out, or links. Whatever else a format says is left out, so what is written can be shown anywhere: it
holds no script, no style, no picture, and no tag of anybody else's.
"""

from __future__ import annotations

from passerelle.wire.richtext.document import Document, Paragraph, Run, is_plain
from passerelle.wire.richtext.html_reader import read_html
from passerelle.wire.richtext.html_writer import text_of, write_html
from passerelle.wire.richtext.rtf_reader import read_rtf
from passerelle.wire.richtext.rtf_writer import write_rtf

__all__ = ["Document", "Paragraph", "Run", "is_plain", "read_html", "read_rtf", "text_of", "write_html", "write_rtf"]
