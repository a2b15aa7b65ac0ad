"""The OX WebDAV/XML interface: one module per servlet."""
