"""``passerelle server mail …``: the relay that mail leaves by, and what waits to be sent."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from passerelle.cli.naming import find_user
from passerelle.cli.options import Json, PasswordStdin, ServerData, read_password, server_directory
from passerelle.cli.output import print_json, print_table, say
from passerelle.cli.server.opening import open_store
from passerelle.cli.server.relay_password import keep_relay_password, relay_password
from passerelle.groupware import mail_settings
from passerelle.groupware.audit import note_command
from passerelle.groupware.mail_settings import Relay, Security
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.groupware.session import Session
from passerelle.mail.compose import compose_test, title_of
from passerelle.mail.delivery import Accepted, Conversation, Envelope, Outcome
from passerelle.model.errors import Contradiction, Invalid, Misconfigured, Missing, NotFound
from passerelle.model.ids import MailId
from passerelle.model.text import Text, plural
from passerelle.store import MailState, Store

mail_app = App(name="mail", help="The relay that mail leaves by, and what waits to be sent.")
_ORIGIN = "administrator"
_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


@mail_app.command(name="relay")
def relay_(  # noqa: PLR0913 - what a relay is known by
    host: str,
    /,
    *,
    sender: str,
    port: int | None = None,
    security: Security = Security.STARTTLS,
    login: str = "",
    password_stdin: PasswordStdin = False,
    authority: Path | None = None,
    data: ServerData = None,
) -> int:
    """Let mail leave through a mail server. A running server uses it at once.

    Args:
        host: Its name or address.
        sender: The address that mail comes from, and that failures come back to.
        port: Default: 587, with tls 465, with none 25.
        security: starttls, tls or none.
        login: The name to log in with; without it there is no login.
        password_stdin: Read the password from standard input.
        authority: A PEM file with the authorities that vouch for its certificate, instead of the system's.
        data: The server's directory.
    """
    if login and security is Security.NONE:
        raise Contradiction(
            "Without encryption, the password would cross the network in the clear. Use starttls or tls."
        )
    if authority is not None and not authority.is_file():
        raise Misconfigured(Text("There is no file “{path}”.", path=str(authority)))
    chosen = Relay(
        host=host,
        port=_PORTS[security] if port is None else port,
        sender=sender,
        security=security,
        login=login,
        authority="" if authority is None else str(authority.resolve()),
    )
    prompt = Text("Password for {login}: ", login=login)
    password = read_password(stdin=password_stdin, prompt=prompt) if login else ""
    with open_store(data) as store:
        with store.writing(SYSTEM_USER, _ORIGIN) as tx:
            mail_settings.use_relay(tx, chosen)
        keep_relay_password(server_directory(data), password)
        note_command(store, f"mail relay {chosen.host}:{chosen.port}")
    say(
        Text(
            "Mail leaves through {host}:{port}. Next: passerelle server mail test ADDRESS", host=host, port=chosen.port
        )
    )
    return 0


@mail_app.command(name="notices")
def notices(switch: str, /, *, data: ServerData = None) -> int:
    """Tell people of changes and invite people elsewhere by mail, or not.

    Args:
        switch: on or off.
        data: The server's directory.
    """
    if switch not in ("on", "off"):
        raise Invalid(Text("“{text}” is neither on nor off.", text=switch), "switch")
    with open_store(data) as store:
        with store.writing(SYSTEM_USER, _ORIGIN) as tx:
            mail_settings.tell_of_changes(tx, notices=switch == "on")
        note_command(store, f"mail notices {switch}")
    say(Text("Notices are on.") if switch == "on" else Text("Notices are off. Mail that waits is sent all the same."))
    return 0


@mail_app.command(name="wishes")
def wishes(
    login: str,
    /,
    *,
    changes: bool | None = None,
    answers_to_own: bool | None = None,
    answers_to_others: bool | None = None,
    appointment_reminders: bool | None = None,
    task_reminders: bool | None = None,
    data: ServerData = None,
) -> int:
    """Show which mails a user gets, after changing it where an option says so.

    Args:
        login: Whose.
        changes: Of what others enter, change or cancel.
        answers_to_own: Of answers to what the user organises.
        answers_to_others: Of other people's answers to what others organise.
        appointment_reminders: Reminders of appointments.
        task_reminders: Reminders of tasks, also of those that are due or late.
        data: The server's directory.
    """
    given = {
        "changes": changes,
        "answers_to_own": answers_to_own,
        "answers_to_others": answers_to_others,
        "appointment_reminders": appointment_reminders,
        "task_reminders": task_reminders,
    }
    with open_store(data) as store:
        user = find_user(store, login)
        chosen = {name: value for name, value in given.items() if value is not None}
        if chosen:
            wanted = msgspec.structs.replace(user.notices, **chosen)
            user = Session(store, user.id, _ORIGIN).choose_notices(wanted)
    rows = [
        (f"--{name.replace('_', '-')}", Text("yes") if getattr(user.notices, name) else Text("no")) for name in given
    ]
    columns = ("Mail", "Wanted")
    print_table(Text("Mails to {login}", login=user.login), columns, rows)
    return 0


@mail_app.command(name="test")
def send_test(address: str, /, *, data: ServerData = None) -> int:
    """Send a mail at once and say what the relay answers.

    Args:
        address: Whom to send it to.
        data: The server's directory.
    """
    with open_store(data) as store:
        relay = _relay(store)
    conversation = Conversation(relay, relay_password(server_directory(data)))
    outcome = asyncio.run(_deliver(conversation, Envelope(address, compose_test(address, relay.sender))))
    if not isinstance(outcome, Accepted):
        raise Misconfigured(outcome.reason)
    say(Text("{host}:{port} has taken the mail to {address}.", host=relay.host, port=relay.port, address=address))
    return 0


@mail_app.command(name="queue")
def queue(*, data: ServerData = None, json: Json = False) -> int:
    """Show what waits to be sent, what could not be sent, and why.

    Args:
        data: The server's directory.
        json: Print JSON for a script.
    """
    with open_store(data) as store, store.reading() as tx:
        mails = tx.outbox.unsent()
        relay = mail_settings.settings(tx).relay
    if json:
        shown = ("id", "kind", "recipient", "state", "created", "due", "attempts", "error")
        print_json([{name: getattr(mail, name) for name in shown} | {"subject": title_of(mail)} for mail in mails])
        return 0
    if relay is None:
        say(Text("There is no relay, so mail waits. Name one: passerelle server mail relay HOST --sender ADDRESS"))
    columns = ("Id", "To", "Subject", "State", "Attempts", "Next", "Reason")
    states = {
        MailState.WAITING: Text("waiting"),
        MailState.SENDING: Text("being sent"),
        MailState.SENT: Text("sent"),
        MailState.FAILED: Text("failed"),
    }
    rows = [
        (
            mail.id, mail.recipient, title_of(mail), states[mail.state], mail.attempts,
            "" if mail.state is MailState.FAILED else f"{mail.due:%Y-%m-%d %H:%M} UTC", mail.error,
        )
        for mail in mails
    ]  # fmt: skip
    print_table(Text("Outgoing mail"), columns, rows)
    return 0


@mail_app.command(name="retry")
def retry(
    id_: Annotated[int | None, Parameter(name="id")] = None,
    /,
    *,
    every: Annotated[bool, Parameter(name="--all", negative="")] = False,
    data: ServerData = None,
) -> int:
    """Try mail again at once that waits or that could not be sent.

    Args:
        id_: Which, by its number in the queue.
        every: All that failed.
        data: The server's directory.
    """
    if (id_ is None) is not every:
        raise Missing("Say which mail: its number, or --all.", "id")
    with open_store(data) as store, store.writing(SYSTEM_USER, _ORIGIN) as tx:
        ids = (
            [mail.id for mail in tx.outbox.unsent() if mail.state is MailState.FAILED] if id_ is None else [MailId(id_)]
        )
        for one in ids:
            tx.outbox.try_again(one)
    say(plural("{count} mail is tried again.", "{count} mails are tried again.", count=len(ids)))
    return 0


@mail_app.command(name="drop")
def drop(id_: Annotated[int, Parameter(name="id")], /, *, data: ServerData = None) -> int:
    """Forget a mail that was not sent.

    Args:
        id_: Its number in the queue.
        data: The server's directory.
    """
    with open_store(data) as store, store.writing(SYSTEM_USER, _ORIGIN) as tx:
        mail = tx.outbox.get(MailId(id_))
        if mail is None or mail.state is MailState.SENT:
            raise NotFound(Text("There is no mail {id} in the outbox.", id=id_))
        tx.outbox.remove(mail.id)
    say(Text("Mail {id} to {address} is forgotten.", id=id_, address=mail.recipient))
    return 0


async def _deliver(conversation: Conversation, envelope: Envelope) -> Outcome:
    outcome = await conversation.deliver(envelope)
    await conversation.leave()
    return outcome


def _relay(store: Store) -> Relay:
    with store.reading() as tx:
        relay = mail_settings.settings(tx).relay
    if relay is None:
        raise Misconfigured(Text("There is no relay. Name one: passerelle server mail relay HOST --sender ADDRESS"))
    return relay
