"""Between Outlook's items and the model's: what each says of the other, both ways.

An item is read into a :class:`~passerelle.peers.outlook.mapping.sheet.Sheet`: plain values under Outlook's own names.
All deciding goes on between sheets and the model, driven by tables of aspects. The few modules that touch Outlook's
objects say so. The peer calls ``reading.read_item``, ``writing.create_item`` and ``change_item``,
``projection.project`` and ``projection.carries``.
"""
