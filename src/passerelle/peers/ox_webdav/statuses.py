"""What the HTTP status of a whole answer means; inner statuses are another matter (OX reference, section 2.3). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import httpx2

from passerelle.model.errors import Forbidden, Misconfigured, PasserelleError, Refused, Unauthenticated, Unreachable
from passerelle.model.text import Text
from passerelle.peers.base import ServerFailed, TooLarge
from passerelle.peers.line.failures import wants_proxy_login
from passerelle.peers.line.retry_after import retry_after_s

_REFUSALS: Mapping[int, type[Refused]] = {400: Refused, 403: Forbidden, 409: Refused, 413: TooLarge}
_FAILED = 500
_BUSY = {
    429: Text("The server gets more requests than it takes (status 429). It is asked again later."),
    503: Text("The server is not available at the moment (status 503). It is asked again later."),
    507: Text("The server has no room left (status 507). Nothing is lost; it is asked again later."),
    511: Text("The network wants you to log in on a page of its own first (status 511). Open a browser to do so."),
}


class NoInterface(Unreachable):
    """There is nothing of OX at the address, or not at the moment. That an object is gone is said in an answer."""


def failure_of(response: httpx2.Response, now: datetime) -> PasserelleError | None:
    """Why an answer is none; None where it is one."""
    status = response.status_code
    if status in {200, 207}:
        return None
    if status == 401:  # noqa: PLR2004 - the status itself
        return _login_failure(response.headers.get_list("WWW-Authenticate"))
    if status == 407:  # noqa: PLR2004 - the status itself
        return wants_proxy_login()
    if response.is_redirect:
        return _redirection(response)
    message = Text("The server answers {status} {phrase}.", status=status, phrase=response.reason_phrase)
    refusal = _REFUSALS.get(status)
    if refusal is not None:
        return refusal(message)
    if status in {404, 405, 410}:
        return NoInterface(message)
    error = ServerFailed(message) if status == _FAILED else Unreachable(_BUSY.get(status, message))
    error.retry_after_s = retry_after_s(response.headers.get("Retry-After"), response.headers.get("Date"), now)
    return error


def _login_failure(challenges: Sequence[str]) -> PasserelleError:
    """A wrong password, unless the server wants to know us by other means only (OX reference, section 2.2)."""
    schemes = _schemes(challenges)
    if not schemes or "basic" in {one.lower() for one in schemes}:
        return Unauthenticated("The server does not accept the login or the password.")
    return Misconfigured(
        Text(
            "The server takes no password from programs, but wants {schemes}, which Passerelle does not speak. Its "
            "administrator can allow “Basic” for the addresses that begin with /servlet/webdav.",
            schemes=", ".join(schemes),
        )
    )


def _schemes(challenges: Sequence[str]) -> list[str]:
    """The names of the ways to log in (RFC 9110, section 11.6.1): words that no equals sign follows."""
    unquoted = re.sub(r'"(?:[^"\\]|\\.)*"', '""', ", ".join(challenges))
    return re.findall(r"(?:^|,)\s*([A-Za-z][\w-]*)(?=\s+[^\s=]|\s*(?:,|$))", unquoted)


def _redirection(response: httpx2.Response) -> Misconfigured:
    target = response.headers.get("Location", "")
    if not target:
        return Misconfigured("The server sends us elsewhere without saying where. Is the address right?")
    base, _, _ = target.partition("/servlet/webdav.")
    return Misconfigured(Text("The server sends us to {target}. Use that address if you trust it.", target=base[:300]))
