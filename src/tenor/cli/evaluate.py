"""stub."""
import typer
def evaluate(context: typer.Context) -> None:
    """Stub."""
