"""What a password must be, and how hard it is to guess (design, section 8).

Until an administrator sets rules, a weak password is accepted and told of: an organisation may have its own ways to
make them. zxcvbn rates; its sentences are English, so each stands here and in our catalogues.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from passerelle.model.errors import Invalid
from passerelle.model.principals import User
from passerelle.model.text import Text, plural, sentences
from passerelle.store import Reading, Writing

if TYPE_CHECKING:
    from collections.abc import Mapping

BEST_SCORE = 4
RATED_CHARACTERS = 72
"""Only so many are rated: the time that takes grows with the square, and what follows can only make it stronger."""

_SETTING = "password rules"


class PasswordRules(Struct, frozen=True, kw_only=True):
    """How hard to guess (0 to 4, as zxcvbn counts) and how long passwords have to be.

    ``strict`` rules refuse; others only warn.
    """

    minimum_score: int = 2
    minimum_length: int = 8
    strict: bool = False


class Strength(Struct, frozen=True, kw_only=True):
    """How hard a password is to guess: 0 (at once) to 4, why, and what to do. Each text is a sentence."""

    score: int
    warning: Text
    suggestions: tuple[Text, ...]

    @property
    def word(self) -> Text:
        """The score for a person."""
        return _WORDS[self.score]


_WORDS = (Text("very weak"), Text("weak"), Text("fair"), Text("good"), Text("strong"))

_SAID = (
    Text("Use a few words, avoid common phrases."),
    Text("No need for symbols, digits, or uppercase letters."),
    Text("Add another word or two. Uncommon words are better."),
    Text("Straight rows of keys are easy to guess."),
    Text("Short keyboard patterns are easy to guess."),
    Text("Use a longer keyboard pattern with more turns."),
    Text('Repeats like "aaa" are easy to guess.'),
    Text('Repeats like "abcabcabc" are only slightly harder to guess than "abc".'),
    Text("Avoid repeated words and characters."),
    Text('Sequences like "abc" or "6543" are easy to guess.'),
    Text("Avoid sequences."),
    Text("Recent years are easy to guess."),
    Text("Avoid recent years."),
    Text("Avoid years that are associated with you."),
    Text("Dates are often easy to guess."),
    Text("Avoid dates and years that are associated with you."),
    Text("This is a top-10 common password."),
    Text("This is a top-100 common password."),
    Text("This is a very common password."),
    Text("This is similar to a commonly used password."),
    Text("A word by itself is easy to guess."),
    Text("Names and surnames by themselves are easy to guess."),
    Text("Common names and surnames are easy to guess."),
    Text("Capitalization doesn't help very much."),
    Text("All-uppercase is almost as easy to guess as all-lowercase."),
    Text("Reversed words aren't much harder to guess."),
    Text("Predictable substitutions like '@' instead of 'a' don't help very much."),
)
"""All that zxcvbn says (its module ``feedback``); here so that it is translated. A test holds the two equal."""


def rules(tx: Reading) -> PasswordRules:
    """The rules that the administrator has set, or the defaults."""
    return tx.sync.get(_SETTING, PasswordRules) or PasswordRules()


def set_rules(tx: Writing, chosen: PasswordRules) -> None:
    """Let other rules hold for passwords that are set from now on.

    Raises:
        Invalid: no password could have such a score, or such a length.
    """
    if not 0 <= chosen.minimum_score <= BEST_SCORE:
        raise Invalid(Text("A score is a number from 0 to {most}.", most=BEST_SCORE), "minimum_score")
    if not 1 <= chosen.minimum_length <= _LONGEST_MINIMUM:
        message = Text("A minimum length is a number from 1 to {most}.", most=_LONGEST_MINIMUM)
        raise Invalid(message, "minimum_length")
    tx.sync.set(_SETTING, chosen)


_LONGEST_MINIMUM = 128


def rate(password: str, user: User) -> Strength:
    """How hard a user's password is to guess for somebody who knows the user's names and address.

    Takes some milliseconds, and the first time a quarter of a second.
    """
    if not password:  # which zxcvbn stumbles over
        return Strength(score=0, warning=Text(""), suggestions=(_SAID[0],))
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its word lists take long to load

    found: Mapping[str, object] = zxcvbn(password[:RATED_CHARACTERS], user_inputs=list(_personal(user)))
    score, feedback = found["score"], found["feedback"]
    assert isinstance(score, int) and isinstance(feedback, dict)  # noqa: S101, PT018 - its documented answer
    return Strength(
        score=score,
        warning=Text(feedback["warning"] or ""),
        suggestions=tuple(Text(one) for one in feedback["suggestions"]),
    )


def _personal(user: User) -> Iterator[str]:
    """What others know of a user and try first."""
    for text in (user.login, user.display_name, user.first_name, user.last_name, user.email):
        yield from filter(None, {text.casefold(), *re.split(r"[\s@._-]+", text.casefold())})


def shortcoming(chosen: PasswordRules, password: str, strength: Strength) -> Text | None:
    """What a password lacks by the rules, and what would be better; None if they are kept."""
    if len(password) < chosen.minimum_length:
        return plural(
            "The password is too short: it should have {count} character.",
            "The password is too short: it should have {count} characters.",
            count=chosen.minimum_length,
        )
    if strength.score >= chosen.minimum_score:
        return None
    what = Text(
        "The password is easy to guess: its strength is {score} of {most}, and should be {minimum}.",
        score=strength.score,
        most=BEST_SCORE,
        minimum=chosen.minimum_score,
    )
    return sentences(what, strength.warning, *strength.suggestions)


def require_password(tx: Reading, password: str, user: User) -> None:
    """Refuse a password that breaks rules that the administrator has set. An empty one is refused elsewhere, always.

    Raises:
        Invalid: saying what is wrong, and what would be better.
    """
    chosen = rules(tx)
    if chosen.strict and password:
        lacking = shortcoming(chosen, password, rate(password, user))
        if lacking is not None:
            raise Invalid(lacking, "password")
