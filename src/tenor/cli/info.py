"""stub."""
import typer
def info(context: typer.Context) -> None:
    """Stub."""
