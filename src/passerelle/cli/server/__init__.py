"""``passerelle server …``: what an administrator does. The code of a command is loaded when it is used."""

from __future__ import annotations

from cyclopts import App

app = App(name="server", help="Keep an organisation's calendars, contacts and tasks, and answer its clients.")
_COMMANDS = (
    ("init", "running:init", "Make an empty server in a directory."),
    ("run", "running:run", "Answer clients until SIGTERM or Ctrl-C."),
    ("user", "users:user_app", "People with an account."),
    ("group", "groups:group_app", "Groups of users; rights and invitations can name them."),
    ("resource", "resources:resource_app", "Rooms and things that appointments book."),
    ("password-rules", "passwords:password_rules", "What new passwords must be."),
    ("feeds", "feeds:feeds_app", "Links under which calendars are read without login."),
    ("mail", "mail:mail_app", "The relay that mail leaves by, and what waits to be sent."),
    ("import", "transfer:import_files", "Import calendars (.ics) and address books (.vcf)."),
    ("inbound", "inbound:inbound", "Take invitations and answers to them from a mail server."),
    ("export", "transfer:export", "Write a folder as iCalendar or vCard."),
    ("check", "checking:check", "See whether the store is sound, and put right what is not."),
    ("backup", "archives:backup", "Save the whole server in one file while it runs."),
    ("restore", "archives:restore", "Make a server from a backup."),
    ("audit", "auditing:audit", "Who changed rights and groups, who logged in, and what administrators did."),
    ("stats", "statistics:stats", "How much there is, and what grows."),
)
for _number, (_name, _place, _help) in enumerate(_COMMANDS):
    app.command(f"passerelle.cli.server.{_place}", name=_name, help=_help, sort_key=_number)
