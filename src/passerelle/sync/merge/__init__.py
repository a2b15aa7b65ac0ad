"""What becomes of an item that one side or both changed: decided here, carried out by `pull` and `send`."""
