"""``passerelle tray``: an icon in the panel."""

from __future__ import annotations

from contextlib import closing

from passerelle.cli.lasting import settle_in
from passerelle.cli.options import ConnectorData, connector_directory
from passerelle.cli.output import say


def tray(*, data: ConnectorData = None) -> int:
    """Show an icon in your panel: how your accounts fare, and a menu to synchronise, pause, enable and disable them.

    It leads to the pages as well: what waits for you, a new password, settings, Outlook, the manual.

    Args:
        data: Directory of your accounts.
    """
    from passerelle.cli.logs import log_to_stderr
    from passerelle.cli.opening import Desk
    from passerelle.desktop.tray.running import show_tray

    log_to_stderr()
    settle_in()
    directory = connector_directory(data)
    with closing(Desk(directory)) as desk:
        show_tray(directory, say, desk.open)
    return 0
