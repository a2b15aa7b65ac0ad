"""The dialog of a contact: its fields in tabs, and what comes back (manual, table 10.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from passerelle.desk.contacts import members, portrait
from passerelle.desk.fields import lines, several
from passerelle.desk.noting import note_patch, note_values
from passerelle.desk.wallclock import day_of
from passerelle.model.items import Contact, DistributionList
from passerelle.model.patch import Patch
from passerelle.model.text import Text

LONG: Final = frozenset({"more_info"})
DAYS: Final = frozenset({"birthday", "anniversary"})

HEAD: Final = {
    "first_name": Text("First name"),
    "last_name": Text("Last name"),
    "company": Text("Company"),
    "email1": Text("E-mail"),
    "phone_business": Text("Phone, business"),
    "mobile": Text("Mobile"),
}
"""What stands above the tabs."""

TABS: Final = {
    Text("Business"): {
        "department": Text("Department"),
        "job_title": Text("Job title"),
        "profession": Text("Profession"),
        "office": Text("Office"),
        "manager": Text("Manager"),
        "assistant": Text("Assistant"),
        "business_street": Text("Street"),
        "business_postal_code": Text("Postal code"),
        "business_city": Text("City"),
        "business_state": Text("State"),
        "business_country": Text("Country"),
        "phone_business2": Text("Phone, business 2"),
        "phone_company": Text("Phone, company"),
        "phone_assistant": Text("Phone, assistant"),
        "fax_business": Text("Fax, business"),
        "url": Text("Web page"),
        "email2": Text("E-mail 2"),
        "instant_messenger": Text("Instant messenger"),
    },
    Text("Personal"): {
        "prefix": Text("Title"),
        "middle_name": Text("Middle name"),
        "suffix": Text("Suffix"),
        "nickname": Text("Nickname"),
        "display_name": Text("Shown as"),
        "birthday": Text("Birthday"),
        "anniversary": Text("Anniversary"),
        "marital_status": Text("Marital status"),
        "spouse": Text("Spouse"),
        "number_of_children": Text("Children"),
        "home_street": Text("Street, home"),
        "home_postal_code": Text("Postal code, home"),
        "home_city": Text("City, home"),
        "home_state": Text("State, home"),
        "home_country": Text("Country, home"),
        "phone_home": Text("Phone, home"),
        "phone_home2": Text("Phone, home 2"),
        "fax_home": Text("Fax, home"),
        "email3": Text("E-mail 3"),
        "mobile2": Text("Mobile 2"),
        "instant_messenger2": Text("Instant messenger 2"),
    },
    Text("Additional"): {
        "other_street": Text("Street, other"),
        "other_postal_code": Text("Postal code, other"),
        "other_city": Text("City, other"),
        "other_state": Text("State, other"),
        "other_country": Text("Country, other"),
        "phone_other": Text("Phone, other"),
        "phone_car": Text("Phone, car"),
        "phone_callback": Text("Phone, callback"),
        "phone_primary": Text("Phone, primary"),
        "phone_radio": Text("Radio"),
        "pager": Text("Pager"),
        "isdn": Text("ISDN"),
        "telex": Text("Telex"),
        "tty_tdd": Text("Text telephone"),
        "ip_phone": Text("Internet phone"),
        "fax_other": Text("Fax, other"),
        "employee_type": Text("Kind of employment"),
        "number_of_employees": Text("Employees"),
        "sales_volume": Text("Turnover"),
        "tax_id": Text("Tax number"),
        "commercial_register": Text("Commercial register"),
        "branches": Text("Branches"),
        "business_category": Text("Line of business"),
        "more_info": Text("More about it"),
    },
}

FIELDS: Final = tuple(HEAD) + tuple(name for fields in TABS.values() for name in fields)


def as_values(contact: Contact) -> dict[str, str]:
    """What the form shows of a contact."""
    found = {name: getattr(contact, name) for name in FIELDS}
    values = {name: "" if value is None else str(value) for name, value in found.items()}
    return values | {
        **note_values(contact),
        "categories": ", ".join(contact.categories),
        "private": "1" if contact.private else "",
        "members": members.as_lines(contact.members) if isinstance(contact, DistributionList) else "",
    }


def patch(contact: Contact, fields: Mapping[str, str]) -> Patch:
    """What a form changes about a contact; the name that is shown follows the others unless it was typed.

    The entries of a distribution list are left alone.

    Raises:
        Invalid: a day or a picture is none.
    """
    before = as_values(contact)
    touched = [name for name, value in fields.items() if name in before and before[name] != lines(value)]
    changes: dict[str, object] = {}
    for name in touched:
        text = lines(fields[name]).strip()
        if name in DAYS:
            changes[name] = day_of(text, name) if text else None
        elif name == "categories":
            changes[name] = several(text)
        elif name not in {"private", "members", "note", "note_html"}:
            changes[name] = text or None
    changes |= note_patch(touched, fields)
    if fields.get("photo"):
        changes["photo"] = portrait.read(fields["photo"])
    if bool(fields.get("private")) != contact.private:
        changes["private"] = bool(fields.get("private"))
    return {**changes, **_display_name(contact, changes)}


def _display_name(contact: Contact, changes: Patch) -> Patch:
    if "display_name" in changes or not changes.keys() & {"first_name", "last_name", "company"}:
        return {}
    if contact.display_name and contact.display_name != _full_name(contact, {}):
        return {}
    return {"display_name": _full_name(contact, changes) or None}


def _full_name(contact: Contact, changes: Mapping[str, object]) -> str:
    def now(name: str) -> str:
        value = changes.get(name, getattr(contact, name))
        return str(value) if value else ""

    return " ".join(filter(None, (now("first_name"), now("last_name")))) or now("company")
