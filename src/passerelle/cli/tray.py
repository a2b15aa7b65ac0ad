"""``passerelle tray``: an icon in the panel."""

from __future__ import annotations

from passerelle.cli.options import ConnectorData, connector_directory
from passerelle.cli.output import say


def tray(*, data: ConnectorData = None) -> int:
    """Show an icon in your panel: how your accounts fare, and a menu to synchronise, pause, enable and disable them.

    Args:
        data: Directory of your accounts.
    """
    from passerelle.cli.logs import log_to_stderr
    from passerelle.desktop.tray.running import show_tray

    log_to_stderr()
    show_tray(connector_directory(data), say)
    return 0
