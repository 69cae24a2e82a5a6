"""What stands on a PDF, as poppler reads it."""

import shutil
import subprocess


def pdf_text(body: bytes) -> str:
    """The words of a PDF, every run of white space one blank."""
    program = shutil.which("pdftotext")
    assert program is not None, "pdftotext is missing: ./run test installs it (apt-get install poppler-utils)"
    done = subprocess.run([program, "-layout", "-", "-"], input=body, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())
