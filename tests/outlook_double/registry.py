"""The current user's registry of a machine with Outlook."""

from __future__ import annotations

from collections.abc import Sequence

OUTLOOK = r"Software\Microsoft\Office\16.0\Outlook"


class MemoryRegistry:
    """Keys and their texts, without regard to case, as Windows has them."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str] = {}
        self.put(OUTLOOK, "DefaultProfile", "Outlook")
        for profile in ("Outlook", "Second"):
            self.put(rf"{OUTLOOK}\Profiles\{profile}", "name", profile)

    def names(self, key: str) -> Sequence[str]:
        prefix = f"{key.casefold()}\\"
        keys = [kept for kept, _ in self.values if kept.casefold().startswith(prefix)]
        return list(dict.fromkeys(kept[len(prefix) :].split("\\")[0] for kept in keys))

    def get(self, key: str, name: str) -> str | None:
        return self.values.get((key, name))

    def put(self, key: str, name: str, value: str | None) -> None:
        if value is None:
            self.values.pop((key, name), None)
        else:
            self.values[key, name] = value
