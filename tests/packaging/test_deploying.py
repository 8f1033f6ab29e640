"""What docs/deploying.md shows can be used as it stands: the unit, the files, the options."""

import configparser
import re
import shlex
from typing import Any

import installed
import pytest
import yaml
from serve_options import options_of

from tenor.config.load import settings
from tenor.config.service import ServiceConfig

PAGE = (installed.ROOT / "docs" / "deploying.md").read_text("utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture
def unit() -> dict[str, dict[str, str]]:
    class Parser(configparser.RawConfigParser):
        def optionxform(self, optionstr: str) -> str:
            return optionstr

    # A unit may say a thing twice, and a line that begins with # is a comment.
    parser = Parser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    parser.read_string(block("ini"))
    return {section: dict(parser[section]) for section in parser.sections()}


def test_the_unit_starts_what_there_is(unit: dict[str, dict[str, str]]) -> None:
    program, command, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert (program, command) == ("/opt/tenor/bin/tenor", "serve")
    options = options_of(*arguments)
    assert options["host"] is None  # 127.0.0.1
    assert options["key_file"] == f"%d/{unit['Service']['LoadCredential'].partition(':')[0]}"
    assert all(model.startswith(unit["Service"]["ReadOnlyPaths"] + "/") for model in options["models"])


def test_the_unit_takes_rights_away_and_waits_for_a_graceful_stop(unit: dict[str, dict[str, str]]) -> None:
    config, service = ServiceConfig(), unit["Service"]
    assert float(service["TimeoutStopSec"]) > config.stop_notice + config.stop_seconds
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"]) == ("strict", "")
    for setting in ("DynamicUser", "NoNewPrivileges", "PrivateTmp", "ProtectHome"):
        assert service[setting] == "yes"
    assert "MemoryDenyWriteExecute" not in service
    # The one place that can be written to is where compiled code goes.
    assert service["Environment"] == f"NUMBA_CACHE_DIR=/var/cache/{service['CacheDirectory']}"


def test_a_key_goes_on_top_of_the_compose_file() -> None:
    base: Any = yaml.safe_load((installed.ROOT / "compose.yaml").read_text("utf-8"))
    more = yaml.safe_load(block("yaml"))
    (name,) = more["services"]
    assert name in base["services"]
    (secret,) = more["services"][name]["secrets"]
    assert secret in more["secrets"]
    options = options_of(*more["services"][name]["command"])
    assert options["key_file"] == f"/run/secrets/{secret}"
    assert options["models"] == base["services"][name]["command"]


def test_nginx_lets_everything_through_that_the_service_takes() -> None:
    text, config = block("nginx"), ServiceConfig()
    limit = re.search(r"client_max_body_size (\d+)m;", text)
    patience = re.search(r"proxy_read_timeout (\d+)s;", text)
    assert limit
    assert patience
    assert int(limit[1]) << 20 > config.body_bytes
    assert int(patience[1]) > config.request_seconds
    assert f"server 127.0.0.1:{config.port};" in text
    assert f"reverse_proxy 127.0.0.1:{config.port}" in block("caddy")


def test_every_setting_that_is_named_exists() -> None:
    known = {setting.key for setting in settings(ServiceConfig)}
    named = set(re.findall(r"--set ([a-z_]+)=", PAGE))
    assert named
    assert named <= known
    # The text explains by these.
    assert {"stop_notice", "stop_seconds", "request_seconds", "body_bytes", "poll_seconds"} <= known


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", PAGE):
        assert (installed.ROOT / "docs" / target).exists(), target
