"""The documents of the OX WebDAV/XML interface, written and read for both sides (OX reference).

======================= ============================================================================ module
holds ======================= ============================================================================
``requests``            PROPFIND and PROPPATCH, of both sides ``answers``             multistatus answers as a
server writes them, in pieces ``reading``             multistatus answers as a client reads them, as they
arrive ``appointment`` …       per kind: ``encode`` (an answer's object), ``item`` (that object read again),
``properties``
                        (a write's content), ``patch`` (what such a write changes)
``extension``           our own element, for what the interface cannot say
``errors``              refusals as codes, and back
======================= ============================================================================
"""
