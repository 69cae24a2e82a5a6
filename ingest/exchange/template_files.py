"""Files in a department's own template that travel in a message: read by the same code as a file by hand.

Our contract: the file's Description says `template:NAME`. The figures belong to the paper of the letter.
"""

import re
from pathlib import Path

from ingest.exchange.desk import Given, Published, Room
from ingest.templates.read import Asked
from ingest.templates.take import FormSent, take_form
from layers.sources.templates import find_template

_SAID = re.compile(r"\btemplate:([a-z][a-z0-9_]{2,60})\b")


class TemplateFiles:
    """Any template that is kept."""

    name = "template"

    def knows(self, given: Given) -> bool:
        """Whether the file says which template it is in."""
        return _SAID.search(given.description or "") is not None

    def target(self, given: Given) -> str:
        """The template, as permissions name it."""
        said = _SAID.search(given.description or "")
        return f"{self.name}:{said[1]}" if said is not None else self.name

    def publish(self, room: Room, given: Given, scratch: Path) -> Published:
        """Store the figures; each that is refused is kept with its bytes. BadInput for a file refused as a whole."""
        target = self.target(given)
        template = find_template(room.connection, target.partition(":")[2]).body
        sender = room.desk.sender(target, template.source, template.title.vi)
        whole = room.paper_id is not None and _is_whole(room)
        asked = Asked(template.source, template.name, official=whole)
        sent = FormSent(
            given.path, given.name, "axis", paper_id=room.paper_id, told_at=room.issued_at, came_at=room.sent_at
        )
        taken = take_form(room.connection, sent, asked, sender, room.clock)
        return Published(taken.summary, given.path)


def _is_whole(room: Room) -> bool:
    """Whether the letter says all that official figures need."""
    row = room.connection.execute(
        "SELECT number, notation, issued_on, agency, signer FROM paper WHERE id = %s", (room.paper_id,)
    ).fetchone()
    return row is not None and all(row)
