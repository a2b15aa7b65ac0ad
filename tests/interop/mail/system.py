"""A mail system of real servers: Postfix to send and pass mail on, Dovecot to keep it and to show it.

All of it lies in one temporary directory and listens on free loopback ports. It is wired as the administrator's manual
says: each mail to somebody of ``example.org`` goes to that mailbox, and a copy to Passerelle's LMTP service. People of
``outside.test`` have mailboxes as well, so that what leaves us can be looked at.
"""

from __future__ import annotations

import email
import imaplib
import os
import pwd
import random
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from email.message import Message
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.support.waiting import eventually

PACKAGES: Final = ("postfix", "dovecot-imapd", "dovecot-lmtpd")
PASSWORD: Final = "open-sesame"
_SBIN: Final = Path("/usr/lib/postfix/sbin")
_MAIL_UID: Final = 5000
"""Who owns the mailboxes: any number that is nobody's."""

_DOVECOT: Final = """
base_dir = {home}/dovecot
state_dir = {home}/dovecot-state
log_path = {home}/dovecot.log
instance_name = passerelle-test-{imap}
listen = 127.0.0.1
protocols = imap lmtp
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/boxes/%d/%n
mail_uid = {uid}
mail_gid = {uid}
first_valid_uid = {uid}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={uid} home={home}/boxes/%d/%n
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {boxes}
  }}
}}
"""

_MAIN: Final = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/postfix
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {home}/postfix.log
maillog_file_prefixes = {home}
myhostname = mail.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_rate_limit = 0
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = example.org, outside.test
virtual_mailbox_maps = static:any
virtual_transport = lmtp:inet:127.0.0.1:{boxes}
default_transport = error:there is no way out of this test
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s

# as in docs/manual/administrator.md
recipient_bcc_maps = regexp:{home}/conf/copies
transport_maps = regexp:{home}/conf/transport
"""

_MASTER: Final = """
127.0.0.1:{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
passerelle unix - - n - - lmtp
  -o lmtp_generic_maps=regexp:{home}/conf/addresses
"""

_COPIES: Final = r"/^(.+)@example\.org$/ $1@inbound.example.org"
_TRANSPORT: Final = r"/@inbound\.example\.org$/ passerelle:unix:{home}/passerelle/lmtp"
_ADDRESSES: Final = r"/^(.+)@inbound\.example\.org$/ $1@example.org"


def missing() -> str:
    """What keeps a mail system from running here; empty if nothing does."""
    if shutil.which("dovecot") is None or not (_SBIN / "master").exists():
        return f"needs the Debian packages {' '.join(PACKAGES)}"
    return "" if os.geteuid() == 0 else "needs root: Postfix and Dovecot become other users"


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on. They are none of those that the system gives to whoever asks for any."""
    found: set[int] = set()
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.add(port)
    return list(found)


class MailSystem:
    """The running servers; a context manager. ``passerelle`` is the address that copies go to by LMTP."""

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="passerelle-mail-"))
        self.smtp, self._imap, self._boxes = free_ports(3)
        self.passerelle = f"unix:{self._home}/passerelle/lmtp"

    def __enter__(self) -> Self:
        self._configure()
        self._processes: list[subprocess.Popen[bytes]] = []
        try:
            self._start("dovecot", "-F", "-c", str(self._home / "dovecot.conf"))
            self._start("postfix", "-c", str(self._home / "conf"), "start-fg")
            for port in (self._imap, self._boxes, self.smtp):
                eventually(partial(self._answers, port), f"a mail server answers on port {port}")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._processes):
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(timeout=30)
        shutil.rmtree(self._home)

    def send(self, sender: str, recipients: Sequence[str], mail: bytes) -> None:
        """Gives a mail to Postfix, as a program of the sender does."""
        with smtplib.SMTP("127.0.0.1", self.smtp) as client:
            client.sendmail(sender, recipients, mail)

    def mailbox(self, address: str) -> list[Message]:
        """The mails that somebody has, read over IMAP."""
        client = imaplib.IMAP4("127.0.0.1", self._imap)
        try:
            client.login(address, PASSWORD)
            _, (count,) = client.select("INBOX", readonly=True)
            numbers = range(1, int(count or b"0") + 1)
            found = [client.fetch(str(number), "(RFC822)")[1][0] for number in numbers]
            return [email.message_from_bytes(each[1]) for each in found if isinstance(each, tuple)]
        finally:
            client.logout()

    def arrived(self, address: str, subject: str) -> Message:
        """Waits for a mail and returns it."""
        mails = eventually(
            lambda: [mail for mail in self.mailbox(address) if subject in str(mail["Subject"])],
            f"a mail “{subject}” for {address}",
            patience_s=30,
        )
        return mails[0]

    def queue(self) -> str:
        """What Postfix still has to deliver, and why."""
        command = ["postqueue", "-c", str(self._home / "conf"), "-p"]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stdout

    def log(self) -> str:
        """What the servers wrote."""
        files = (self._home / "dovecot.log", self._home / "postfix.log")
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def _configure(self) -> None:
        self._home.chmod(0o755)
        postfix = pwd.getpwnam("postfix")
        for name in ("dovecot", "dovecot-state", "boxes", "queue", "queue/pid", "postfix", "conf", "passerelle"):
            (self._home / name).mkdir(mode=0o755)
        os.chown(self._home / "boxes", _MAIL_UID, _MAIL_UID)
        os.chown(self._home / "postfix", postfix.pw_uid, postfix.pw_gid)
        os.chown(self._home / "passerelle", -1, postfix.pw_gid)
        (self._home / "passerelle").chmod(0o2750)  # what is made in it belongs to the group of Postfix
        values = {
            "home": self._home, "uid": _MAIL_UID, "password": PASSWORD, "smtp": self.smtp, "imap": self._imap,
            "boxes": self._boxes,
        }  # fmt: skip
        (self._home / "dovecot.conf").write_text(_DOVECOT.format(**values))
        for name, text in (("main.cf", _MAIN), ("master.cf", _MASTER), ("transport", f"{_TRANSPORT}\n")):
            (self._home / "conf" / name).write_text(text.format(**values))
        for name, text in (("copies", _COPIES), ("addresses", _ADDRESSES)):
            (self._home / "conf" / name).write_text(f"{text}\n")

    def _start(self, *command: str) -> None:
        environment = {**os.environ, "MAIL_CONFIG": str(self._home / "conf")}
        with (self._home / "start.log").open("ab") as log:
            self._processes.append(
                subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
            )

    def _answers(self, port: int) -> bool:
        said = (self._home / "start.log").read_text(errors="replace")
        assert all(process.poll() is None for process in self._processes), f"{said}\n{self.log()}"
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                return bool(connection.recv(100))
        except OSError:
            return False
