"""The personal area: one's own card in three tabs, the password, language and time zone, and where one is logged in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from passerelle.desk import saving
from passerelle.desk.contacts.form import DAYS, HEAD, LONG, TABS, as_values, patch
from passerelle.desk.personal.porter import Porter
from passerelle.desk.rendering import moment_in_words
from passerelle.desk.visit import Typed, Visit
from passerelle.desk.zones import zone_names
from passerelle.groupware import logins, passwords, provision
from passerelle.model.errors import NotFound, PasserelleError, Refused, Unauthenticated
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, Module
from passerelle.model.items import Contact, Item
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.translations import LANGUAGES

MODULE: Final = "/personal"
_NAMES: Final = {"en": "English", "fr": "Français", "de": "Deutsch"}
_OWN_WORDS: Final = {language: _NAMES.get(language, language) for language in LANGUAGES}


def card(visit: Visit) -> Response:
    """One's own entry in the global address book."""
    record, contact = _card(visit)
    return _page(visit, "personal/card.html", _card_values(record, as_values(contact)))


def save_card(visit: Visit) -> Response:
    """Change it as the form says; if that is refused, the form says why."""
    record, contact = _card(visit)

    def change(item: Item) -> Patch:
        assert isinstance(item, Contact)  # noqa: S101 - narrows the type; the module was asked for
        return patch(item, {name: value for name, value in visit.fields.items() if name != "email1"})

    try:
        visit.session.update(record.id, record.folder, change, module=Module.CONTACTS, expected=saving.stamp_of(visit))
    except Refused as error:
        values = _card_values(record, {**as_values(contact), **visit.fields, "email1": contact.email1 or ""})
        return visit.page("personal/card_form.html", {**values, "error": visit.words.say(saving.reason(error))}, 422)
    record, contact = _card(visit)
    values = _card_values(record, as_values(contact))
    return visit.page("personal/card_form.html", {**values, "saved": visit.words.say(Text("Your data are saved."))})


def password(visit: Visit) -> Response:
    """The form for a new password."""
    values = {"part": "password", "is_new": "new" in visit.fields, "error": None, "rated": None}
    return _page(visit, "personal/password.html", values)


def strength(visit: Visit) -> Response:
    """How hard to guess a password is that somebody types. It goes into no page and no log."""
    typed = visit.fields.get("password", "")
    rated = passwords.rate(typed, visit.session.user)
    with visit.session.store.reading() as tx:
        lacking = passwords.shortcoming(passwords.rules(tx), typed, rated) if typed else None
    texts = [one for one in (rated.warning, *rated.suggestions) if one]
    values = {"rated": rated if typed else None, "best": passwords.BEST_SCORE, "lacking": lacking, "texts": texts}
    return visit.page("personal/strength.html", values)


def set_password(porter: Porter, visit: Visit) -> Response:
    """Change one's password: the old one is asked for, and every other browser is logged out."""
    try:
        _set_password(porter, visit)
    except PasserelleError as error:
        wrong = Text("The old password is wrong.")
        told = visit.words.say(wrong if type(error) is Unauthenticated else error.text)
        return visit.page("personal/password_form.html", {"error": told, "rated": None}, 422)
    answer = visit.go("/personal/password?new=1")
    porter.renew(visit, answer)
    return answer


def place(visit: Visit) -> Response:
    """Language and time zone."""
    user = visit.session.user
    values = {**_place_values(user.locale[:2], user.zone), "saved": "saved" in visit.fields}
    return _page(visit, "personal/place.html", {"part": "place", **values})


def save_place(visit: Visit) -> Response:
    """Choose them; the page then speaks that language."""
    zone, language = visit.fields.get("zone", ""), visit.fields.get("language", "")
    try:
        visit.session.choose_whereabouts(zone=zone, locale=language)
    except Refused as error:
        values = {**_place_values(language, zone), "error": visit.words.say(error.text)}
        return visit.page("personal/place_form.html", values, 422)
    return visit.go("/personal/place?saved=1")


def devices(visit: Visit) -> Response:
    """Where one is logged in."""
    return _page(visit, "personal/devices.html", {"part": "devices", **_device_values(visit)})


def device_rows(visit: Visit) -> Response:
    """The list alone."""
    return visit.page("personal/device_rows.html", _device_values(visit))


def end_device(visit: Visit) -> Response:
    """Log out another browser."""
    logins.end_one(visit.session.store, visit.fields.get("proof", ""), of=visit.session.user_id)
    return visit.done(Text("That device is logged out."))


def _set_password(porter: Porter, visit: Visit) -> None:
    porter.prove(visit, visit.fields.get("old", ""))
    new = visit.fields.get("password", "")
    if new != visit.fields.get("again", ""):
        raise Refused(Text("The new password was typed differently the second time."))
    provision.set_password(visit.session.store, visit.session.user.login, new)


def _page(visit: Visit, template: str, values: Mapping[str, object]) -> Response:
    return visit.page(template, {"module": MODULE, **values})


def _card(visit: Visit) -> tuple[ItemRecord, Contact]:
    entry = visit.session.user.contact
    if entry is None:
        raise NotFound("You have no entry in the global address book. Ask your administrator.")
    record = visit.session.get(entry, Module.CONTACTS, GLOBAL_ADDRESS_BOOK)
    assert isinstance(record.item, Contact)  # noqa: S101 - narrows the type; the module was asked for
    return record, record.item


def _card_values(record: ItemRecord, values: Mapping[str, str]) -> dict[str, object]:
    return {
        "part": "card",
        "record": record,
        "values": Typed(values),
        "head": HEAD,
        "tabs": TABS,
        "long": LONG,
        "days": DAYS,
        "error": None,
        "saved": None,
    }


def _place_values(language: str, zone: str) -> dict[str, object]:
    return {"language_chosen": language, "zone": zone, "languages": _OWN_WORDS, "zones": zone_names(), "error": None}


def _device_values(visit: Visit) -> dict[str, object]:
    user = visit.session.user
    own = logins.proof_of(visit.guest.key)
    found = [
        (one, one.proof == own, moment_in_words(one.begun, user.zone, visit.words),
         moment_in_words(one.seen, user.zone, visit.words))
        for one in logins.of_user(visit.session.store, user.id)
    ]  # fmt: skip
    return {"logins": found}
