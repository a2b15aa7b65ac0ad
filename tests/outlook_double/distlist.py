"""``DistListItem``: a distribution list, whose members may have no contact (section 5)."""

from __future__ import annotations

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ObjectClass
from tests.outlook_double import failures, stored
from tests.outlook_double.com import ReadOnly, method
from tests.outlook_double.item import BaseItem
from tests.outlook_double.keys import SUBJECT
from tests.outlook_double.recipients import Recipient, Recipients
from tests.outlook_double.records import Invited
from tests.outlook_double.stored import checked
from tests.outlook_double.values import key_of

NAME = key_of("PidLidDistributionListName")


class DistListItem(BaseItem):
    """Its members are people that Outlook has resolved."""

    _class = ObjectClass.DistributionList

    DLName = stored.text("PidLidDistributionListName", limited=True)

    @ReadOnly
    def MemberCount(self) -> int:
        return len(self._content.recipients)

    @method
    def GetMember(self, index: int, /) -> Recipient | None:
        if not 1 <= checked(index, int, "Index") <= len(self._content.recipients):
            return None
        return Recipient(self._session, self, self._content.recipients[index - 1])

    @method
    def AddMember(self, recipient: objects.Recipient, /) -> None:
        self._add(_own(recipient))

    @method
    def AddMembers(self, recipients: objects.Recipients, /) -> None:
        for invited in checked(recipients, Recipients, "Recipients")._listed:
            self._add(invited)

    @method
    def RemoveMember(self, recipient: objects.Recipient, /) -> None:
        self._drop(_own(recipient))

    @method
    def RemoveMembers(self, recipients: objects.Recipients, /) -> None:
        for invited in list(checked(recipients, Recipients, "Recipients")._listed):
            self._drop(invited)

    def _add(self, invited: Invited) -> None:
        if invited.person is None:
            raise failures.invalid("Outlook does not recognize one or more names.")
        if all(each.person != invited.person for each in self._content.recipients):
            self._content.recipients.append(Invited(invited.name, invited.person))
        self._touch()

    def _drop(self, invited: Invited) -> None:
        left = [each for each in self._content.recipients if each.person != invited.person]
        if len(left) == len(self._content.recipients):
            raise failures.not_found("The recipient is no member of the list.")
        self._content.recipients[:] = left
        self._touch()

    def _settle(self) -> None:
        self._content.values[SUBJECT] = self._content.values.get(NAME, "")


def _own(recipient: objects.Recipient) -> Invited:
    return checked(recipient, Recipient, "Recipient")._invited
