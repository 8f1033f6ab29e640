"""stub."""
import typer
def train(context: typer.Context) -> None:
    """Stub."""
from typer.core import TyperCommand as TrainCommand
