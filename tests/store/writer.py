"""A program of its own that writes to a store until it is done or killed.

Arguments: location, directory of files, folder, how many items, how many in one transaction. It prints the ids of
each transaction in a line, after the commit.
"""

from __future__ import annotations

import sys
from pathlib import Path

from passerelle.model.ids import FolderId, UserId
from passerelle.model.items import Item
from passerelle.store import Store
from tests.store.samples import meeting, portrait


def main() -> None:
    location, files, folder, count, batch = sys.argv[1:]
    with Store.open(location, files=Path(files)) as store:
        for number in range(int(count)):
            drafts: list[Item] = [meeting(f"Meeting {number}"), portrait(f"Picture {number}".encode())] * int(batch)
            with store.writing(UserId(2)) as tx:
                added = tx.items.add_many(FolderId(int(folder)), drafts)
            sys.stdout.write(" ".join(str(record.id) for record in added) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
