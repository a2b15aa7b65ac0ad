"""``passerelle tray``: an icon in the panel."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from passerelle.cli.lasting import settle_in
from passerelle.cli.options import ConnectorData, connector_directory
from passerelle.cli.output import say


def tray(*, log: Path | None = None, data: ConnectorData = None) -> int:
    """Show an icon in your panel: how your accounts fare, and a menu to synchronise, pause, enable and disable them.

    It leads to the pages as well: what waits for you, a new password, settings, Outlook, the manual.

    Args:
        log: Write what goes wrong to this file, where there is no terminal.
        data: Directory of your accounts.
    """
    from passerelle.cli.logs import log_to_stderr, write_to
    from passerelle.cli.opening import Desk
    from passerelle.desktop.tray.running import show_tray

    if log is not None:
        write_to(log)
    log_to_stderr()
    settle_in()
    directory = connector_directory(data)
    with closing(Desk(directory)) as desk:
        show_tray(directory, say, desk.open)
    return 0
