"""What a call to Outlook raises: pywin32's exception where there is pywin32, one of the same shape elsewhere."""

from __future__ import annotations

import sys

from passerelle.peers.outlook.constants import ComCode

ExceptionInformation = tuple[int, str | None, str | None, str | None, int, int]
"""``wCode``, source, description, help file, help context, and the HRESULT of what went wrong inside Outlook."""

if sys.platform == "win32":
    from pywintypes import com_error as ComError  # noqa: N812 - our name for it
else:

    class ComError(Exception):
        """``pywintypes.com_error``: a call failed with an HRESULT."""

        def __init__(
            self,
            hresult: int,
            strerror: str | None = None,
            excepinfo: ExceptionInformation | None = None,
            argerror: int | None = None,
        ) -> None:
            super().__init__(hresult, strerror, excepinfo, argerror)
            self.hresult = hresult
            self.strerror = strerror
            self.excepinfo = excepinfo
            self.argerror = argerror


def code_of(error: ComError) -> int:
    """The HRESULT that says what went wrong: that inside Outlook where the call reached it, else COM's own."""
    information = error.excepinfo
    if error.hresult == ComCode.EXCEPTION and information is not None and information[5]:
        return int(information[5])
    return int(error.hresult)
