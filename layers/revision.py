"""A new migration, written from what the models say and the database lacks."""

import io
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory

from geo.errors import BadInput, OpsmapError
from layers.database import alembic_config

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


class NothingToDo(OpsmapError):
    """The models and the schema already agree."""

    title = "Không có gì để thay đổi"


def write_revision(url: str, name: str) -> Path:
    """Compare the models with the database at `url` (at head) and write `NNNN_<name>.py`; its path.

    BadInput for a name that cannot name a file, NothingToDo when there is no difference.
    """
    if not NAME.fullmatch(name):
        raise BadInput(f"name={name!r}: use small letters, digits and _, as in school", field="name")
    config = alembic_config(url)
    number = f"{next_number(config):04d}_{name}"
    config.set_main_option("file_template", "%%(rev)s")
    _format_afterwards(config)
    with redirect_stdout(io.StringIO()):  # its progress says nothing that the path does not
        made = command.revision(config, name.replace("_", " "), True, rev_id=number, process_revision_directives=_drop)
    if made is None or isinstance(made, list):
        raise NothingToDo("the models are what the database has; define a table first (layers/catalog/…)")
    return Path(made.path)


def next_number(config: Any) -> int:
    """One more than the highest number of a revision."""
    numbers = [
        int(script.revision.partition("_")[0]) for script in ScriptDirectory.from_config(config).walk_revisions()
    ]
    return max(numbers, default=0) + 1


def _drop(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Write nothing when there is nothing to do."""
    if directives[0].upgrade_ops.is_empty():
        directives.clear()


def _format_afterwards(config: Any) -> None:
    """In the form that check asks for, where ruff is installed (it comes with the developers' packages)."""
    ruff = Path(sys.executable).parent / "ruff"
    if not ruff.exists():
        return
    hooks = {"sort": "check --fix --quiet --select I", "form": "format --quiet"}
    config.set_section_option("post_write_hooks", "hooks", ",".join(hooks))
    for hook, options in hooks.items():
        config.set_section_option("post_write_hooks", f"{hook}.type", "exec")
        config.set_section_option("post_write_hooks", f"{hook}.executable", str(ruff))
        config.set_section_option("post_write_hooks", f"{hook}.options", f"{options} REVISION_SCRIPT_FILENAME")
