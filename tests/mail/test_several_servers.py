"""Several servers over one database send each mail once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from threading import Barrier, Thread

import pytest

from passerelle.groupware.letters import Kind
from passerelle.mail.sending import send_due
from passerelle.store import Store
from tests.mail.conftest import MailingOffice
from tests.support.smtp import MailServer

SERVERS, MAILS = 3, 40


@pytest.mark.usefixtures("relay")
def test_each_mail_is_sent_by_one_of_them(office: MailingOffice, server: MailServer, tmp_path: Path) -> None:
    with office.store.writing(office.user("anna").id) as tx:
        for number in range(MAILS):
            tx.outbox.add(str(number), f"p{number}@elsewhere.example", Kind.READY, b"Subject: x\r\n\r\nHello.\r\n")
    together = Barrier(SERVERS)

    def send() -> None:
        with Store.open(tmp_path / "store", clock=office.clock) as own:
            together.wait()
            while send_due(own, lambda: ""):
                pass

    threads = [Thread(target=send) for _ in range(SERVERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = Counter(one.recipient for one in server.received)
    assert (len(taken), set(taken.values())) == (MAILS, {1})
    with office.store.reading() as after:
        assert after.outbox.unsent() == ()
