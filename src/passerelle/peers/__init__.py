"""What a replica is kept in step with: servers and programs, all behind one interface."""
