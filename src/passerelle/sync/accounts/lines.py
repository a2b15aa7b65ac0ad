"""Which passwords an account needs, and under which names they are kept."""

from __future__ import annotations

from passerelle.peers.line.settings import Line, LineSecrets, proxy_user
from passerelle.sync.accounts.secrets import Secrets


def login_key(login: str, url: str) -> str:
    """The name of the password at a server."""
    return f"{login} at {url}"


def line_keys(line: Line) -> tuple[str | None, str | None]:
    """The names of the passwords of the proxy's user and of the client certificate's key; None where there is none."""
    return (
        f"proxy {line.proxy}" if proxy_user(line.proxy) else None,
        f"client certificate {line.client_certificate}" if line.client_certificate else None,
    )


def line_secrets(line: Line, secrets: Secrets) -> LineSecrets:
    """The passwords of a line, as far as they are known."""
    proxy, client_key = line_keys(line)
    return LineSecrets(
        proxy=None if proxy is None else secrets.get(proxy),
        client_key=None if client_key is None else secrets.get(client_key),
    )


def keep_line_secrets(line: Line, passwords: LineSecrets, secrets: Secrets) -> None:
    """Keep the passwords of a line that were given."""
    for key, password in zip(line_keys(line), (passwords.proxy, passwords.client_key), strict=True):
        if key is not None and password is not None:
            secrets.put(key, password)
