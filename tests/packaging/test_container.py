"""Dockerfile and compose file agree with the package and with `tenor serve`; nothing is built here."""

import fnmatch
import re
import shlex
import tomllib
from pathlib import Path

import dockerfile
import installed
from serve_options import options_of

from tenor import __version__
from tenor.config.service import ServiceConfig

ROOT = installed.ROOT
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
INTERPRETER = re.compile(r"python:(3\.\d+)\.\d+-slim-[a-z]+")


def is_sent(name: str) -> bool:
    """Whether a file of the root is sent to the builder; the last line of .dockerignore that fits decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = line.removeprefix("!")
        if line and not line.startswith("#") and fnmatch.fnmatchcase(name, pattern):
            sent = line.startswith("!")
    return sent


def test_every_stage_is_one_pinned_python_that_is_supported() -> None:
    bases = {rest.split()[0] for keyword, rest in dockerfile.instructions() if keyword == "FROM"}
    (base,) = bases
    pinned = INTERPRETER.fullmatch(base)
    assert pinned, base
    assert f"Programming Language :: Python :: {pinned[1]}" in PROJECT["classifiers"]


def test_what_is_copied_is_there_and_enough_to_build() -> None:
    copied = {
        name
        for keyword, rest in dockerfile.stages()[0]
        if keyword == "COPY"
        for name in shlex.split(rest)[:-1]
        if not name.startswith("--")
    }
    assert {name for name in copied if not (ROOT / name).exists()} == set()
    needed = {"pyproject.toml", "constraints.txt", PROJECT["readme"], *PROJECT["license-files"], "src"}
    assert copied == needed
    assert {path.name for path in ROOT.iterdir() if is_sent(path.name)} == needed
    # Of the first stage, the image keeps the environment alone.
    assert [rest for keyword, rest in dockerfile.stages()[-1] if keyword == "COPY"] == [
        "--from=build /opt/tenor /opt/tenor"
    ]


def test_the_image_holds_no_torch() -> None:
    (run,) = (rest for keyword, rest in dockerfile.stages()[0] if keyword == "RUN")
    wanted = re.search(r'"\.\[([a-z,]+)\]"', run)
    assert wanted
    assert "--constraint constraints.txt" in run
    lines = list(PROJECT["dependencies"])
    for extra in wanted[1].split(","):
        lines += PROJECT["optional-dependencies"][extra]
    found = installed.required(lines)
    assert "fastapi" in found
    assert not {"torch", "scikit-learn", "matplotlib", "pytest"} & found.keys()


def test_nothing_runs_as_root() -> None:
    user, group = dockerfile.last("USER").split(":")
    assert int(user) > 0
    assert int(group) > 0
    order = [keyword for keyword, _ in dockerfile.stages()[-1]]
    assert "RUN" not in order
    assert order.index("USER") < order.index("ENTRYPOINT")


def test_the_command_is_one_that_tenor_understands() -> None:
    program, command, *arguments = dockerfile.words(dockerfile.last("ENTRYPOINT"))
    assert (program, command) == ("tenor", "serve")
    options = options_of(*arguments, *dockerfile.words(dockerfile.last("CMD")))
    assert options["host"] == "0.0.0.0"
    assert options["port"] == int(dockerfile.last("EXPOSE")) == ServiceConfig().port
    assert options["models"] == ["/models"]
    assert dockerfile.last("STOPSIGNAL") == "SIGTERM"


def test_compose_runs_this_version_for_this_machine_only() -> None:
    services = dockerfile.compose()["services"]
    assert services["tenor"]["image"] == f"tenor:{__version__}"
    for name, service in services.items():
        assert re.search(r":v?\d+\.\d+\.\d+$", service["image"]), name
        assert all(port.startswith("127.0.0.1:") for port in service["ports"]), name
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "environment" not in service  # no password that everybody knows
    assert services["tenor"]["ports"] == [
        f"127.0.0.1:{dockerfile.last('EXPOSE')}:{dockerfile.last('EXPOSE')}"
    ]


def test_compose_reads_models_and_cannot_change_them() -> None:
    service = dockerfile.compose()["services"]["tenor"]
    (mounted,) = service["volumes"]
    assert mounted["target"] == dockerfile.words(dockerfile.last("CMD"))[0]
    assert mounted["read_only"] is True
    _, _, *arguments = dockerfile.words(dockerfile.last("ENTRYPOINT"))
    options = options_of(*arguments, *service["command"])
    assert all(Path(model).is_relative_to(mounted["target"]) for model in options["models"])


def test_compose_waits_for_a_graceful_stop() -> None:
    config = ServiceConfig()
    seconds = int(dockerfile.compose()["services"]["tenor"]["stop_grace_period"].removesuffix("s"))
    assert seconds > config.stop_notice + config.stop_seconds


def test_prometheus_reads_what_is_served() -> None:
    (group,) = dockerfile.prometheus()["static_configs"]
    (target,) = group["targets"]
    name, port = target.split(":")
    assert name in dockerfile.compose()["services"]
    assert port == dockerfile.last("EXPOSE")
    volumes = {one for one in dockerfile.mounts("prometheus") if not one.startswith("./")}
    assert volumes == set(dockerfile.compose()["volumes"])
