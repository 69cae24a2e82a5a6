"""The door: HTTP, the live stream, pages, accounts, the command line."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("opsmap")
except PackageNotFoundError:
    VERSION = "0.1.0"
