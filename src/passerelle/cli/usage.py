"""What is wrong with a command line, in a sentence that says how to go on."""

from __future__ import annotations

import difflib
from enum import Enum
from typing import Literal, get_args, get_origin

from cyclopts import (
    Argument,
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from passerelle.model.text import Text, sentences

_EXPECTED = {
    "int": Text("Give a whole number."),
    "date": Text("Give a day such as 2026-12-01."),
    "Path": Text("Give the name of a file or directory."),
}


def mistake(error: CycloptsError) -> Text:
    """The mistake and what to do about it."""
    match error:
        case UnknownOptionError():
            option = error.token.keyword or error.token.value
            known = [name for argument in error.argument_collection for name in argument.names]
            what = Text("There is no option “{option}” here.", option=option)
            return sentences(what, _meant(option, known), Text("--help lists all options."))
        case UnknownCommandError():
            return _unknown_command(error)
        case UnusedCliTokensError():
            return sentences(
                Text("“{words}” is too much.", words=" ".join(error.unused_tokens or ())),
                Text("Put words that belong together in quotes; --help shows what is expected."),
            )
        case MissingArgumentError():
            return _missing(error)
        case CoercionError():
            return _unfit(error)
        case RepeatArgumentError():
            return Text("“{option}” may be given once only.", option=error.token.keyword or "")
    return Text("The command line is wrong: {reason}", reason=str(error))


def _unknown_command(error: UnknownCommandError) -> Text:
    word = (error.unused_tokens or [""])[0]
    names = [name for name in error.app or () if not name.startswith("-")]
    return sentences(
        Text("There is no command “{word}” here.", word=word),
        _meant(word, names),
        Text("The commands are: {names}.", names=", ".join(names)),
    )


def _meant(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return Text("Did you mean “{word}”?", word=close[0]) if close else ""


def _missing(error: MissingArgumentError) -> Text:
    if error.keyword is not None or (error.argument is not None and error.argument.tokens):
        return Text(
            "“{name}” needs a value behind it. --help shows which.", name=error.keyword or _name(error.argument)
        )
    return Text("“{name}” is missing. --help shows what is expected.", name=_name(error.argument))


def _unfit(error: CoercionError) -> Text:
    value = error.token.value if error.token is not None else ""
    name = (error.token.keyword if error.token is not None else None) or _name(error.argument)
    kind = error.target_type
    choices: list[str] = []
    if get_origin(kind) is Literal:
        choices = [str(one) for one in get_args(kind)]
    elif isinstance(kind, type) and issubclass(kind, Enum):
        choices = [one.name.lower() for one in kind]
    how = _EXPECTED.get(getattr(kind, "__name__", ""), Text("--help shows what is expected."))
    if choices:
        how = Text("Use one of: {names}.", names=", ".join(choices))
    return sentences(Text("“{text}” is no value for {name}.", text=value, name=name), how)


def _name(argument: Argument | None) -> str:
    """How the help calls a parameter."""
    if argument is None:
        return ""
    return argument.name.lstrip("-").upper() if argument.index is not None else argument.name
