"""stub."""
import typer
def predict(context: typer.Context) -> None:
    """Stub."""
