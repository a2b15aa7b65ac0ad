"""Asking an administrator for passwords, with a strength meter; and ``passerelle server password-rules``."""

from __future__ import annotations

import sys

import msgspec

from passerelle.cli.options import Json, ServerData, read_password
from passerelle.cli.output import complain, print_json, say
from passerelle.cli.server.opening import open_store
from passerelle.groupware import passwords
from passerelle.groupware.audit import note_command
from passerelle.groupware.passwords import BEST_SCORE, PasswordRules, Strength
from passerelle.groupware.provision import ORIGIN, SYSTEM_USER
from passerelle.model.principals import User
from passerelle.model.text import Text, sentences
from passerelle.store import Store
from passerelle.translations import said


def new_password(store: Store, user: User, *, stdin: bool) -> str:
    """A new password for a user, from standard input or asked for; whoever types it sees how strong it is.

    A weak one is told of on standard error. Whether it is refused is for the rules to say, where it is set.

    Raises:
        Misconfigured: it is empty, or there is no terminal to ask on.
    """
    password = read_password(stdin=stdin, prompt=Text("Password for {login}: ", login=user.login))
    strength = passwords.rate(password, user)
    if not stdin:
        print(said(meter(strength)), file=sys.stderr)
    with store.reading() as tx:
        chosen = passwords.rules(tx)
    lacking = passwords.shortcoming(chosen, password, strength)
    if lacking is not None and not chosen.strict:
        complain(sentences(lacking, "It is accepted all the same; “passerelle server password-rules” can change that."))
    return password


def meter(strength: Strength) -> Text:
    """The strength as a bar and in words, with what would be better."""
    bar = "■" * (strength.score + 1) + "□" * (BEST_SCORE - strength.score)
    what = Text("Strength: {bar} {word} ({score} of {most}).", bar=bar, word=strength.word, score=strength.score,
                most=BEST_SCORE)  # fmt: skip
    return sentences(what, strength.warning, *strength.suggestions)


def password_rules(
    *,
    minimum_score: int | None = None,
    minimum_length: int | None = None,
    only_warn: bool | None = None,
    data: ServerData = None,
    json: Json = False,
) -> int:
    """Show or change what new passwords must be.

    As long as nothing was set here, a weak password is accepted with a warning. What you set is then asked of every new
    password; those that are in use stay.

    Args:
        minimum_score: How hard to guess, from 0 (at once) to 4.
        minimum_length: How many characters at least.
        only_warn: Accept weak passwords with a warning; --no-only-warn refuses them.
        data: The server's directory.
        json: Print JSON for a script.
    """
    given = {
        "minimum_score": minimum_score,
        "minimum_length": minimum_length,
        "strict": None if only_warn is None else not only_warn,
    }
    wanted = {name: value for name, value in given.items() if value is not None}
    with open_store(data) as store:
        with store.reading() as tx:
            chosen = passwords.rules(tx)
        if wanted:
            chosen = msgspec.structs.replace(chosen, **{"strict": True, **wanted})
            with store.writing(SYSTEM_USER, ORIGIN) as tx:
                passwords.set_rules(tx, chosen)
            note_command(store, f"password-rules {' '.join(f'{name}={value}' for name, value in wanted.items())}")
    if json:
        print_json(chosen)
    else:
        say(_described(chosen))
    return 0


def _described(chosen: PasswordRules) -> Text:
    refused, accepted = Text("Weaker ones are refused."), Text("Weaker ones are accepted with a warning.")
    what = Text(
        "New passwords have a strength of at least {score} of {most} and at least {length} characters.",
        score=chosen.minimum_score,
        most=BEST_SCORE,
        length=chosen.minimum_length,
    )
    return sentences(what, refused if chosen.strict else accepted)
