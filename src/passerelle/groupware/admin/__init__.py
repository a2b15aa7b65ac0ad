"""What administrators do to users, groups and resources. They ask for no rights; whoever may run them has all."""
