"""What must hold in every store, server's or replica's, written once: for tests and for ``server check`` alike.

Each invariant is a function that yields a :class:`~passerelle.store.integrity.finding.Finding` for whatever contradicts
it. Nothing is loaded from here, for every start needs to know which files rows name, and hardly one the invariants.
"""
