"""Links to calendars over HTTP: what programs that subscribe expect, and who gets nothing."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from threading import Event

import httpx2
import pytest
from structlog.testing import capture_logs

from passerelle.groupware.feeds.making import Link, revoke
from passerelle.server import feeds
from passerelle.server.spool import IN_MEMORY
from passerelle.server.throttle import FAILURES_PER_ACCOUNT_AND_ADDRESS, FAILURES_PER_ADDRESS
from passerelle.store.feeds import Detail
from tests.desk.serving import serving
from tests.groupware.feeds.feeding import events, fetched, link
from tests.groupware.office import Office, at, meeting
from tests.support.waiting import eventually


class Subscriber:
    """A program that reads calendars, with nothing but their links."""

    def __init__(self, url: str) -> None:
        self.http = httpx2.Client(base_url=url, headers={"User-Agent": "Calendar/1.0", "Accept-Encoding": "identity"})

    def ask(self, verb: str, made: Link | str, **headers: str) -> httpx2.Response:
        token = made if isinstance(made, str) else made.token
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.request(verb, f"/feeds/{token}/calendar.ics", headers=given)

    def get(self, made: Link | str, **headers: str) -> httpx2.Response:
        return self.ask("GET", made, **headers)


@pytest.fixture
def subscriber(office: Office) -> Iterator[Subscriber]:
    with serving(office.store) as url:
        someone = Subscriber(url)
        yield someone
        someone.http.close()


@pytest.fixture
def made(office: Office) -> Link:
    office.session("anna").create(office.default("anna"), meeting("Lunch"))
    return link(office)


def add(office: Office, title: str = "Dinner") -> None:
    office.session("anna").create(office.default("anna"), meeting(title, at(19)), ignore_conflicts=True)


def test_a_calendar_is_read_without_login(subscriber: Subscriber, made: Link) -> None:
    answer = subscriber.get(made)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert [str(one["SUMMARY"]) for one in events(answer.text)] == ["Lunch"]
    assert "Set-Cookie" not in answer.headers
    for line in (
        "METHOD:PUBLISH", "X-WR-CALNAME:Anna Arnold – Calendar", "NAME:Anna Arnold – Calendar",
        "REFRESH-INTERVAL;VALUE=DURATION:PT60M", "X-PUBLISHED-TTL:PT60M", "BEGIN:VTIMEZONE",
    ):  # fmt: skip
        assert f"{line}\r\n" in answer.text


def test_no_engine_lists_it_no_page_is_told_of_it_and_no_proxy_shares_it(subscriber: Subscriber, made: Link) -> None:
    headers = subscriber.get(made).headers
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "private, max-age=300"


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_head_says_what_get_says_without_the_calendar(subscriber: Subscriber, made: Link, coding: str) -> None:
    get, head = (subscriber.ask(verb, made, Accept_Encoding=coding) for verb in ("GET", "HEAD"))
    ignored = {"date", "content-length", "last-modified"}
    assert {name: text for name, text in head.headers.items() if name not in ignored} == {
        name: text for name, text in get.headers.items() if name not in ignored
    }
    assert (head.status_code, head.content) == (200, b"")


def test_what_is_not_reading_is_refused_and_says_what_is_not(subscriber: Subscriber, made: Link) -> None:
    assert subscriber.ask("OPTIONS", made).status_code == 204
    assert subscriber.ask("OPTIONS", made).headers["Allow"] == "GET, HEAD, OPTIONS"
    for verb in ("POST", "PUT", "DELETE", "PROPFIND", "REPORT", "LOCK", "MKCALENDAR"):
        answer = subscriber.ask(verb, made)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS"), verb


def test_what_has_not_changed_is_not_sent_again(subscriber: Subscriber, office: Office, made: Link) -> None:
    tag = subscriber.get(made).headers["ETag"]
    assert not tag.startswith("W/")
    for given in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        for verb in ("GET", "HEAD"):
            answer = subscriber.ask(verb, made, If_None_Match=given)
            assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    add(office)
    assert subscriber.get(made, If_None_Match=tag).status_code == 200


def test_nothing_is_read_or_written_down_for_what_has_not_changed(
    subscriber: Subscriber, made: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = subscriber.get(made).headers["ETag"]

    def nothing(*_arguments: object) -> Iterator[bytes]:
        raise AssertionError

    monkeypatch.setattr(feeds, "pieces", nothing)
    assert subscriber.get(made, If_None_Match=tag).status_code == 304
    assert subscriber.ask("HEAD", made).status_code == 200


def test_a_date_that_was_told_answers_whether_anything_changed(subscriber: Subscriber, made: Link) -> None:
    eventually(lambda: "Last-Modified" in subscriber.ask("HEAD", made).headers, "the second is over")
    told = subscriber.get(made).headers["Last-Modified"]
    assert parsedate_to_datetime(told) <= datetime.now(UTC)
    assert subscriber.get(made, If_Modified_Since=told).status_code == 304
    earlier = format_datetime(parsedate_to_datetime(told) - timedelta(seconds=1), usegmt=True)
    for other in (earlier, "yesterday", ""):
        assert subscriber.get(made, If_Modified_Since=other).status_code == 200
    assert subscriber.get(made, If_Modified_Since=told, If_None_Match='"other"').status_code == 200


def test_it_comes_compressed_to_who_wants_that_under_a_tag_of_its_own(subscriber: Subscriber, made: Link) -> None:
    plain = subscriber.get(made)
    with subscriber.http.stream("GET", plain.request.url, headers={"Accept-Encoding": "br, gzip;q=0.5"}) as packed:
        raw = b"".join(packed.iter_raw())
    assert gzip.decompress(raw) == plain.content
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert subscriber.get(made, If_None_Match=packed.headers["ETag"], Accept_Encoding="gzip").status_code == 304
    assert "Content-Encoding" not in subscriber.get(made, Accept_Encoding="gzip;q=0, identity").headers


def test_a_link_that_opens_nothing_is_answered_like_one_that_never_was(
    subscriber: Subscriber, office: Office, made: Link
) -> None:
    tag = subscriber.get(made).headers["ETag"]
    revoke(office.session("anna"), made.feed.id)
    told = set()
    for token in (made.token, "x" * 43, "%2e%2e", "x", made.feed.proof, made.feed.id):
        answer = subscriber.get(token, If_None_Match=tag)
        kept = {name: text for name, text in answer.headers.items() if name != "date"}
        told.add((answer.status_code, answer.text, str(sorted(kept.items()))))
    assert len(told) == 1
    assert next(iter(told))[0] == 404


def test_who_guesses_has_to_wait_and_good_links_open_from_the_same_address(
    subscriber: Subscriber, office: Office, made: Link
) -> None:
    other = link(office, Detail.BUSY)
    assert subscriber.get(made).status_code == 200
    statuses = [subscriber.get(f"guess-{number}").status_code for number in range(FAILURES_PER_ADDRESS + 1)]
    assert statuses == [404] * FAILURES_PER_ADDRESS + [429]
    assert int(subscriber.get("guess").headers["Retry-After"]) > 0
    assert subscriber.get(other).status_code == 429
    assert subscriber.get(made).status_code == 200


def test_a_program_that_goes_on_asking_for_what_was_revoked_stops_nobody_else(
    subscriber: Subscriber, office: Office, made: Link
) -> None:
    dead = link(office)
    revoke(office.session("anna"), dead.feed.id)
    statuses = [subscriber.get(dead).status_code for _ in range(FAILURES_PER_ACCOUNT_AND_ADDRESS + 1)]
    assert statuses[-2:] == [404, 429]
    assert subscriber.get(made).status_code == 200


def test_no_log_knows_a_token(subscriber: Subscriber, made: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> Iterator[bytes]:
        message = "a disk fault"
        raise OSError(message)

    with capture_logs() as entries:
        subscriber.get(made)
        subscriber.get(made.token[:-1])
        monkeypatch.setattr(feeds, "pieces", broken)
        assert subscriber.get(made).status_code == 500
    assert {entry.get("servlet") for entry in entries} == {"feeds"}
    assert made.token[:-1] not in str(entries)


def test_it_is_noted_when_a_calendar_is_read_and_by_what_but_not_each_time(
    subscriber: Subscriber, office: Office, made: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fetched(office, made) == (None, "")
    subscriber.get(made)
    eventually(lambda: fetched(office, made)[0] is not None, "the visit is noted")
    first, client = fetched(office, made)
    assert client == "Calendar/1.0"
    subscriber.get(made, User_Agent="Other/2.0")
    subscriber.get(made)
    assert fetched(office, made) == (first, client)


def test_a_large_calendar_begins_to_arrive_before_all_of_it_is_written(
    subscriber: Subscriber, made: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = Event()

    def pieces(*_arguments: object) -> Iterator[bytes]:
        yield b"x" * 2 * IN_MEMORY
        assert begun.wait(15)
        yield b"the rest"

    monkeypatch.setattr(feeds, "pieces", pieces)
    with subscriber.http.stream("GET", f"/feeds/{made.token}/a.ics") as answer:
        parts = answer.iter_raw()
        size = len(next(parts))
        begun.set()
        size += sum(map(len, parts))
    assert size == 2 * IN_MEMORY + len("the rest")
    assert "Content-Length" not in answer.headers


def test_a_calendar_that_cannot_be_written_to_its_end_is_not_taken_for_whole(
    subscriber: Subscriber, made: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pieces(*_arguments: object) -> Iterator[bytes]:
        yield b"x" * IN_MEMORY
        message = "a disk fault"
        raise OSError(message)

    monkeypatch.setattr(feeds, "pieces", pieces)
    with pytest.raises(httpx2.RemoteProtocolError):
        subscriber.get(made)
    monkeypatch.undo()
    assert subscriber.get(made).status_code == 200


def test_a_small_calendar_says_how_long_it_is(subscriber: Subscriber, made: Link) -> None:
    answer = subscriber.get(made)
    assert int(answer.headers["Content-Length"]) == len(answer.content)
