"""How items leave for others."""

from __future__ import annotations

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import DefaultFolder, ItemType
from tests.outlook_double import saving
from tests.outlook_double.keys import SUBJECT
from tests.outlook_double.records import Record
from tests.outlook_double.session import Session


def post(session: Session, item: objects.Item, record: Record) -> bool:
    """Put a mail into the folder of sent ones, unless a listener of ItemSend cancels that. Whether it went."""
    if not session.ask(("Application", None), "ItemSend", item):
        return False
    session.machine.sent.append((record.message_class, str(record.content.values.get(SUBJECT, ""))))
    folder = session.machine.profile.stores[0].folders[DefaultFolder.SentMail]
    content = record.content.copy()
    mail = Record(ItemType.MailItem, record.message_class, folder, content, meeting=record.meeting)
    saving.keep(session, mail, content)
    return True
