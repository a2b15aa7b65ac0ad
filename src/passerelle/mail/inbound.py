"""Takes a mail that the mail server hands over: from its bytes to what it changes."""

from __future__ import annotations

from msgspec import Struct

from passerelle.groupware import incoming
from passerelle.groupware.incoming import Letter, Report
from passerelle.mail.authenticity import authors
from passerelle.mail.reading import Mail, read_mail
from passerelle.model.errors import Forbidden, NotFound
from passerelle.model.principals import Resource, User
from passerelle.model.text import Text
from passerelle.store import Reading, Store


class UnknownRecipient(NotFound):
    """A mail is for an address that is nobody's here."""


class Door(Struct, frozen=True):
    """Where mail comes in. ``trusted`` is the name of the server whose ``Authentication-Results`` count; None: none."""

    store: Store
    trusted: str | None = None

    def check_recipient(self, address: str) -> None:
        """Refuse an address that is nobody's here.

        Raises:
            UnknownRecipient: it is neither a user's nor a resource's.
        """
        with self.store.reading() as tx:
            _owner(tx, address)

    def take(self, data: bytes, recipient: str | None = None) -> Report:
        """Take a mail for the owner of an address; without one, for the users whom To and Cc name.

        Raises:
            Unreadable: the mail, or the scheduling message in it, is broken.
            UnknownRecipient: the address is nobody's here.
            Forbidden: the mail does not come from whom it must. Other leaves of Refused as
                :func:`passerelle.groupware.incoming.take` says.
            Unreachable: the store is busy.
        """
        mail = read_mail(data)
        users = self._users(mail, recipient)
        if mail.calendar is None:
            return Report(Text("Nothing to do: the mail holds no scheduling message."))
        letter = Letter(authors=self._authors(mail), calendar=mail.calendar)
        reports = [incoming.take(self.store, letter, user) for user in users or (None,)]
        return next((report for report in reports if report.is_news), reports[0])

    def _users(self, mail: Mail, recipient: str | None) -> tuple[User, ...]:
        with self.store.reading() as tx:
            if recipient is not None:
                found = [_owner(tx, recipient)]
            else:
                found = [one for address in mail.addressees if (one := tx.principals.by_mail(address)) is not None]
        return tuple(one for one in found if isinstance(one, User))

    def _authors(self, mail: Mail) -> frozenset[str]:
        found = authors(mail, self.trusted)
        if not found and self.trusted is not None:
            raise Forbidden(
                Text("{server} does not say that the mail comes from whom it names as its author.", server=self.trusted)
            )
        if not found:
            raise Forbidden("The mail does not say clearly whom it is from.")
        return found


def _owner(tx: Reading, address: str) -> User | Resource:
    found = tx.principals.by_mail(address.strip().strip("<>")) if address.isprintable() else None
    if found is None:
        raise UnknownRecipient(Text("Nobody here has the address {address}.", address=address))
    return found
