"""The page at /: the files of service/static."""

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent.parent / "static"


def mount(app: FastAPI) -> None:
    """Give the files wherever no other path is; a mount would also take other methods of those there are."""
    app.router.default = StaticFiles(directory=STATIC, html=True)
