"""`export`: a model as an ONNX file that says what the network says, or nothing."""

from dataclasses import asdict, dataclass
from pathlib import Path

from tenor.errors import ModelError, OutputError
from tenor.export.classifier import longest, network
from tenor.export.int8 import quantized
from tenor.export.parity import TOLERANCE, Parity, compare
from tenor.files import atomic_file
from tenor.inference.ensemble import network_engine
from tenor.inference.onnx_file import SUFFIX, OnnxFile, Precision, companion, describe
from tenor.model import Model

_IN_A_FOLDER = "model"  # name of both files in a folder


@dataclass(frozen=True)
class Exported:
    """An ONNX file and what is known of it."""

    path: Path
    precision: Precision
    bytes: int
    float32_bytes: int  # of the same graph in float32
    parity: Parity  # of that
    int8: Parity | None  # how far whole numbers are from the network

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "onnx": str(self.path),
            "json": str(companion(self.path)),
            "precision": self.precision,
            "bytes": self.bytes,
            "float32_bytes": self.float32_bytes,
            "parity": asdict(self.parity),
            "int8_differences": None if self.int8 is None else self.int8.differences,
        }


def target_of(out: Path) -> Path:
    """Return the ONNX file that `out`, a file ending in .onnx or a folder, stands for.

    Raises:
        OutputError: a file of another name, or a folder with a model in it, whose files would be replaced.
    """
    if out.suffix.lower() == SUFFIX and not out.is_dir():
        return out
    if out.is_file() or (out.suffix and not out.is_dir()):
        raise OutputError(f"{out} is no name for an exported model; end it in {SUFFIX}, or name a folder")
    return out / f"{_IN_A_FOLDER}{SUFFIX}"


def refuse_existing(target: Path, *, force: bool) -> None:
    """Raise `OutputError` where a file would be replaced without `force`, or one of a model folder at all."""
    if (target.parent / "manifest.json").exists():
        raise OutputError(
            f"{target.parent} is a model folder, whose files are sealed; name another place with --out"
        )
    for file in (target, companion(target)):
        if file.is_dir():
            raise OutputError(f"{file} is a folder; name another place with --out")
        if file.exists() and not force:
            raise OutputError(
                f"{file} exists already; replace it (--force), or name another place with --out"
            )


def export(model: Model, target: Path, *, int8: bool = False, force: bool = False) -> Exported:
    """Write the graph of a model and the JSON beside it, after comparing it with the network in torch.

    The comparison is that of the graph in float32; in int8 it says how far rounding leads away.

    Args:
        model: with its tensors.
        target: the ONNX file; the JSON has the same name.
        int8: write matrices and tables in whole numbers.
        force: replace files that exist.

    Raises:
        ModelError: the network has no exporter; the graph differs from it, is too large, or is no smaller in
            int8. Nothing is written then.
        OutputError: a file exists.
        MissingExtraError: torch, onnx or onnxruntime is not installed.
        StorageError: the disk is full.
    """
    refuse_existing(target, force=force)
    engine = network_engine(model)
    most = longest(model.config.network)
    file = OnnxFile.of(target, network(model).SerializeToString(), model, most)
    parity = compare(file, engine)
    if not parity.holds:
        raise ModelError(
            f"the exported graph differs from the network by {parity.largest:.1e}, and {TOLERANCE:.0e} is "
            "allowed; nothing was written, please report it"
        )
    written, rounded = file, None
    if int8:
        written = OnnxFile.of(target, quantized(network(model, int8=True)), model, most)
        if len(written.content) >= len(file.content):
            raise ModelError(
                f"in int8 the model takes {len(written.content):,} bytes, and {len(file.content):,} in "
                "float32; nothing was written, export it without --int8"
            )
        rounded = compare(written, engine)
    precision: Precision = "int8" if int8 else "float32"
    with atomic_file(target) as temporary, atomic_file(companion(target)) as beside:
        temporary.write_bytes(written.content)
        beside.write_bytes(describe(written, precision))
    return Exported(target, precision, len(written.content), len(file.content), parity, rounded)
