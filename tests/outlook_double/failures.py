"""What calls raise: errors in pywin32's shape, from COM where a call did not begin, else from inside Outlook."""

from __future__ import annotations

from typing import Final

from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.errors import ComError

TYPE_MISMATCH: Final = -2147352571
"""``DISP_E_TYPEMISMATCH`` 0x80020005: a value of a kind that the property cannot take."""
OUT_OF_MEMORY: Final = -2147024882
"""``E_OUTOFMEMORY`` 0x8007000E: what a PropertyAccessor says of long values."""
NO_SUPPORT: Final = -2147221246
"""``MAPI_E_NO_SUPPORT`` 0x80040102."""
NO_SUCH_FILE: Final = -2147024894
"""``ERROR_FILE_NOT_FOUND`` 0x80070002."""


def com_error(code: int, text: str) -> ComError:
    """The call itself failed: it never reached Outlook."""
    return ComError(code, text, None, None)


def outlook_error(code: int, text: str) -> ComError:
    """Outlook refused: COM only says that there was an exception, the reason is inside."""
    return ComError(ComCode.EXCEPTION, "Exception occurred.", (4096, "Microsoft Outlook", text, None, 0, code), None)


def not_found(what: str = "An object could not be found.") -> ComError:
    """No item, folder or property of that name (section 2)."""
    return outlook_error(ComCode.NOT_FOUND, f"The attempted operation failed. {what}")


def invalid(what: str) -> ComError:
    """A value that Outlook does not accept."""
    return outlook_error(ComCode.INVALID_ARGUMENT, what)


def denied(what: str = "You don't have appropriate permission to perform this operation.") -> ComError:
    """Somewhere that may not be written to."""
    return outlook_error(ComCode.ACCESS_DENIED, what)


def mismatch(member: str) -> ComError:
    """A value of the wrong kind."""
    return ComError(TYPE_MISMATCH, f"Type mismatch. ({member})", None, 1)
