"""Wine 8 ends a program that asks it what Windows it is by WMI; without this module Python asks otherwise."""

import sys

sys.modules["_wmi"] = None  # type: ignore[assignment]  # which is how an import is forbidden
