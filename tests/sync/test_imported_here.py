"""Files that are imported into a replica: what they hold is sent like any other change."""

from __future__ import annotations

from passerelle.groupware.transfer import import_file
from passerelle.model.folders import Module
from passerelle.model.items import Contact
from tests.sync.real_server import RealServer, default_folder, records

CARDS = "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:one\r\nFN:Eva Roth\r\nN:Roth;Eva;;;\r\nEND:VCARD\r\n"


def test_what_is_imported_twice_into_a_replica_is_on_the_server_once(server: RealServer) -> None:
    device = server.device("anton")
    device.cycle()
    for _ in range(2):
        import_file(device.session, device.folder(Module.CONTACTS).id, "eva.vcf", CARDS.encode())
        device.cycle()
    there = server.session("anton")
    found = [record.item for record in records(there, default_folder(there, Module.CONTACTS))]
    assert [(one.first_name, one.last_name) for one in found if isinstance(one, Contact)] == [("Eva", "Roth")]
