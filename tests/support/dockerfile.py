"""Dockerfile, compose file and Prometheus' configuration, read as far as tests ask."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions in order, with the arguments' defaults put in."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    found, defaults = [], {}
    for line in text.replace("\\\n", " ").splitlines():
        keyword, _, rest = line.strip().partition(" ")
        if keyword == "ARG":
            name, _, default = rest.partition("=")
            defaults[name] = default
        for name, default in defaults.items():
            rest = rest.replace(f"${{{name}}}", default)
        if keyword:
            found.append((keyword, rest.strip()))
    return found


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []
    for keyword, rest in instructions():
        if keyword == "FROM":
            found.append([])
        if found:
            found[-1].append((keyword, rest))
    return found


def last(keyword: str) -> str:
    """Return what the image that is kept says last."""
    return [rest for word, rest in stages()[-1] if word == keyword][-1]


def words(text: str) -> list[str]:
    """Return the words of the form that no shell reads."""
    found = yaml.safe_load(text)
    assert isinstance(found, list), f"{text} goes through a shell, which keeps signals to itself"
    return found


def compose() -> Any:
    return yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))


def prometheus() -> Any:
    """Return the one job of Prometheus."""
    (path,) = (one for one in mounts("prometheus") if one.startswith("./"))
    (job,) = yaml.safe_load((ROOT / path).read_text("utf-8"))["scrape_configs"]
    return job


def mounts(service: str) -> list[str]:
    """Return what a service of the compose file has mounted: files (./...) and volumes."""
    return [volume.split(":")[0] for volume in compose()["services"][service]["volumes"]]


def health_check(address: str) -> str:
    """Return the Python code by which the image is asked whether it lives, for a service at an address."""
    program, flag, code = words(last("HEALTHCHECK").partition(" CMD ")[2])
    assert (program, flag) == ("python", "-c")
    ours = f"http://127.0.0.1:{last('EXPOSE')}/"
    assert ours in code
    return code.replace(ours, f"{address}/")
