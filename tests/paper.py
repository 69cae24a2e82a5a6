"""What stands on a PDF, as poppler reads it."""

import shutil
import subprocess


def pdf_text(body: bytes) -> str:
    """The words of a PDF, every run of white space one blank."""
    return " ".join(_read(body).split())


def pdf_sheets(body: bytes) -> list[str]:
    """The same, sheet by sheet."""
    return [" ".join(sheet.split()) for sheet in _read(body).split("\f") if sheet.strip()]


def _read(body: bytes) -> str:
    program = shutil.which("pdftotext")
    assert program is not None, "pdftotext is missing: ./run test installs it (apt-get install poppler-utils)"
    done = subprocess.run([program, "-layout", "-", "-"], input=body, capture_output=True, check=True)
    return done.stdout.decode()
