"""How others speak to us: one module per protocol, and the ASGI application."""
