"""What things are: items, folders, rights, recurrence and participants as pure values, without I/O."""
