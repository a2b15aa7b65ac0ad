"""Who is told what by mail when appointments and tasks change (semantics reference, section 5.9; RFC 5546, 6047)."""

from passerelle.groupware.notices.choosing import choose
from passerelle.groupware.notices.telling import News, tell_again, telling

__all__ = ["News", "choose", "tell_again", "telling"]
