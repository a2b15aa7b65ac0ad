"""When an item may be marked private (semantics reference, section 4). Pure."""

from __future__ import annotations

from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import is_own_private
from passerelle.model.errors import Contradiction, Forbidden
from passerelle.model.fields import Kind
from passerelle.model.folders import Folder
from passerelle.model.ids import UserId
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.participants import ParticipantKind
from passerelle.model.text import Text

_ELSEWHERE = {Kind.APPOINTMENT: "APP-0070", Kind.TASK: "TSK-0008", Kind.CONTACT: "CON-0171"}


def check_private(item: Item, before: Item | None, folder: Folder, actor: Actor, creator: UserId) -> None:
    """Refuse to mark an item private elsewhere than in an own private folder, or where others take part.

    Tasks and contacts are marked by their creator only. What was so before (by an import, say) may stay so.

    Raises:
        Contradiction: APP-0070, TSK-0008, CON-0171; APP-0023 and TSK-0028 where others take part.
        Forbidden: TSK-0043, CON-0118 for a task or contact that somebody else made.
    """
    if not item.private:
        return
    was_private = before is not None and before.private
    if not was_private and not is_own_private(folder, actor):
        message = Text("Only items in one's own private folders can be marked private.")
        raise Contradiction(message, _ELSEWHERE[kind_of(item)])
    if not was_private and creator != actor.user and not isinstance(item, Appointment):
        code = "TSK-0043" if isinstance(item, Task) else "CON-0118"
        raise Forbidden("Only who made it can mark it private.", code)
    had_others = was_private and before is not None and has_others(before, folder)
    if has_others(item, folder) and not had_others:
        code = "TSK-0028" if isinstance(item, Task) else "APP-0023"
        raise Contradiction("A private item cannot have other participants.", code)


def has_others(item: Item, folder: Folder) -> bool:
    """Whether others than the folder's owner take part; a room is nobody."""
    if not isinstance(item, Appointment | Task):
        return False
    people = (each for each in item.participants if each.kind is not ParticipantKind.RESOURCE)
    return any(each.kind is not ParticipantKind.USER or each.id != folder.owner for each in people)


def kind_of(item: Item) -> Kind:
    """The part of the field table that an item belongs to."""
    if isinstance(item, Appointment):
        return Kind.APPOINTMENT
    return Kind.TASK if isinstance(item, Task) else Kind.CONTACT
