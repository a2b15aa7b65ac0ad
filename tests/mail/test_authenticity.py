"""Whom a mail is really from, as the own mail server has found out (RFC 8601)."""

from __future__ import annotations

import pytest

from passerelle.mail.authenticity import authors, read_results
from passerelle.mail.inbound import Door
from passerelle.mail.reading import Mail
from passerelle.model.errors import Forbidden
from tests.groupware.office import Office
from tests.mail import samples
from tests.mail.test_invitations import OTTO, records, vevent

CAROL = "carol@outside.test"


def vouched(results: str, author: str = CAROL, sender: str = "") -> frozenset[str]:
    mail = Mail(author=author, sender=sender, addressees=(), results=results, calendar=None)
    return authors(mail, "mx.example.org")


@pytest.mark.parametrize(
    "results",
    [
        "mx.example.org; dkim=pass header.d=outside.test",
        "MX.example.org 1; dkim=pass (2048-bit key; unprotected) header.i=@outside.test header.s=x; spf=fail",
        "mx.example.org; spf=pass smtp.mailfrom=bounce@outside.test",
        "mx.example.org; spf=pass (sender (is) ok; dkim=fail) smtp.mailfrom=outside.test",
        'mx.example.org; dkim=pass reason="good; really" header.d="outside.test"',
        "mx.example.org;\r\n\tdmarc=pass (p=none dis=none)\r\n header.from=outside.test",
        "mx.example.org; dkim=fail header.d=outside.test; dkim/1=pass header.d = outside.test",
    ],
)
def test_who_passed_is_believed(results: str) -> None:
    assert vouched(results) == {CAROL}


@pytest.mark.parametrize(
    "results",
    [
        "",
        "mx.example.org",
        "mx.example.org; none",
        "mx.example.org; dkim=fail header.d=outside.test",
        "mx.example.org; dkim=pass header.d=evil.test",
        "mx.example.org; dkim=pass",
        "mx.example.org; spf=pass smtp.mailfrom=eve@evil.test; dkim=none header.d=outside.test",
        "mx.example.org; spf=softfail smtp.mailfrom=outside.test",
        "mx.example.org; spf=pass smtp.helo=outside.test",
        "mx.example.org; dmarc=pass header.from=evil.test",
        "mx.example.org; dkim=pass header.d=sub.outside.test",
        "mx.example.org; dkim=pass header.d=test",
        "mx.example.org; dkim=pass header.d=notoutside.test",
        "mx.example.org; dkim=pass header.d=evil.test header.d=outside.test",
        "mx.example.org (; dkim=pass header.d=outside.test",
        "mx.evil.test; dkim=pass header.d=outside.test",
        "mx.example.org.evil.test; dkim=pass header.d=outside.test",
        "; dkim=pass header.d=outside.test",
        'mx.example.org; x="; dkim=pass header.d=outside.test',
    ],
)
def test_who_did_not_pass_is_not_believed(results: str) -> None:
    assert vouched(results) == frozenset()


def test_a_domain_vouches_for_those_below_it() -> None:
    assert vouched("mx.example.org; dkim=pass header.d=outside.test", "carol@sales.outside.test")


def test_dmarc_speaks_of_from_alone() -> None:
    found = vouched("mx.example.org; dmarc=pass header.from=outside.test", CAROL, "desk@outside.test")
    assert found == {CAROL}


def test_without_a_trusted_server_the_mail_is_believed() -> None:
    mail = Mail(author=CAROL, sender="", addressees=(), results="", calendar=None)
    assert authors(mail, None) == {CAROL}


def test_results_are_read_with_their_properties() -> None:
    server, (result,) = read_results("A.b; spf=Pass smtp.MailFrom=X@y.z")
    assert (server, result.method, result.result, result.properties) == (
        "a.b",
        "spf",
        "pass",
        {"smtp.mailfrom": "x@y.z"},
    )


GOOD = "Authentication-Results: mx.example.org; dkim=pass header.d=outside.test\r\n"


def test_only_mail_that_the_trusted_server_vouches_for_comes_in(office: Office) -> None:
    door = Door(office.store, "mx.example.org")
    with pytest.raises(Forbidden, match="does not say"):
        door.take(samples.invitation(*vevent()), "anna@example.org")
    assert records(office, "anna") == []
    assert door.take(samples.invitation(*vevent(), head=GOOD), "anna@example.org").is_news


def test_a_forged_result_below_the_servers_own_counts_for_nothing(office: Office) -> None:
    door = Door(office.store, "mx.example.org")
    own = "Authentication-Results: mx.example.org; dkim=none; spf=fail smtp.mailfrom=evil.test\r\n"
    with pytest.raises(Forbidden):
        door.take(samples.invitation(*vevent(), head=own + GOOD), "anna@example.org")


def test_who_is_vouched_for_is_still_not_somebody_else(office: Office) -> None:
    door = Door(office.store, "mx.example.org")
    head = "Authentication-Results: mx.example.org; dkim=pass header.d=evil.test\r\n"
    with pytest.raises(Forbidden):
        door.take(samples.invitation(*vevent(), head=head, sender=OTTO), "anna@example.org")
