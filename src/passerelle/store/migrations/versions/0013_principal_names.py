"""The names of users, groups and resources, to look them up by the beginning of a word."""

import json
import unicodedata

import sqlalchemy as sa
from alembic import op

from passerelle.store.schema import Bytes, Number

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_LATIN = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
_TABLES = {"user": "users", "group": "user_groups", "resource": "resources"}


def upgrade() -> None:
    table = op.create_table(
        "principal_names",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("principal", Number, nullable=False),
        sa.Column("name", Bytes(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "principal", "name", name=op.f("pk_principal_names")),
    )
    op.create_index(op.f("ix_principal_names_name"), "principal_names", ["name"], unique=False)
    for kind, name in _TABLES.items():
        rows = [{"kind": kind, "principal": id_, "name": one} for id_, told in _live(name) for one in _names(told)]
        op.bulk_insert(table, rows)


def _live(name: str) -> list[tuple[int, dict[str, str]]]:
    table = sa.table(name, sa.column("id", Number), sa.column("content", Bytes()), sa.column("deleted", sa.Boolean()))
    found = op.get_bind().execute(sa.select(table.c.id, table.c.content).where(~table.c.deleted))
    return [(id_, json.loads(content)) for id_, content in found]


def _names(content: dict[str, str]) -> set[bytes]:
    words = _folded(content.get("display_name", "")).split()
    found = {" ".join(words[number:]) for number in range(len(words))}
    others = (_folded(content.get(name, "")) for name in ("login", "name", "email"))
    return {name.encode() for name in (*found, *others) if name}


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(_LATIN.get(one, one) for one in letters if not unicodedata.combining(one))
    return plain.casefold()
