"""The application on a port, from the first request to a graceful stop."""

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn
from fastapi import FastAPI

from tenor.config.service import ServiceConfig
from tenor.errors import ConfigError
from tenor.service.service import Service

_BACKLOG = 2048  # connections that the system keeps for us
_LAST_REQUESTS = 1.0  # seconds in which requests on connections that are open already still arrive
_TICK = 0.02
_HINTS = {
    errno.EADDRINUSE: "another program has it; stop that, or take another --port (0: one that is free)",
    errno.EACCES: "it needs more rights than this user has; take a --port from 1024 up",
    errno.EADDRNOTAVAIL: "this machine has no such address; take 127.0.0.1, or 0.0.0.0 for all it has",
}


@contextmanager
def listening(config: ServiceConfig) -> Iterator[socket.socket]:
    """Yield a socket that listens at the address of the configuration; `run` answers what comes there.

    Raises:
        ConfigError: an address that is not ours, or a port that is taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise ConfigError(
            f"{config.host!r} is no address ({error.strerror}); try --host 127.0.0.1"
        ) from error
    with socket.socket(family, kind, protocol) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(address)
            # From here on clients wait, while models are loaded, instead of being refused.
            made.listen(_BACKLOG)
        except OSError as error:
            hint = _HINTS.get(error.errno or 0, "take another --host or --port")
            raise ConfigError(
                f"{config.host}:{config.port} cannot be had ({error.strerror}); {hint}"
            ) from error
        yield made


def run(app: FastAPI, service: Service, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests until SIGTERM or SIGINT; then finish those that were accepted.

    `ready` is called when the first request can come.
    """
    settings = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=service.config.proxies is not None,
        forwarded_allow_ips=service.config.proxies,
        backlog=_BACKLOG,
        ws_max_size=service.config.body_bytes,
        timeout_graceful_shutdown=max(1, round(service.config.stop_seconds)),
    )
    asyncio.run(_run(uvicorn.Server(settings), service, listener, ready))


async def _run(
    server: uvicorn.Server, service: Service, listener: socket.socket, ready: Callable[[], None]
) -> None:
    serving = asyncio.create_task(server.serve([listener]))
    while not (server.started or serving.done()):
        await asyncio.sleep(_TICK)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    # In place of uvicorn's, which end the process by the signal: a graceful stop has exit status 0.
    with suppress(NotImplementedError):  # on Windows uvicorn's have to do
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _stop, stop, server)
    if not serving.done():
        # What is loaded by now stays. Looking through it again and again took tens of milliseconds each time.
        gc.collect()
        gc.freeze()
        ready()
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        await _drain(server, service)
    server.should_exit = True
    await serving


def _stop(stop: asyncio.Event, server: uvicorn.Server) -> None:
    if stop.is_set():
        server.force_exit = True  # asked for twice
    stop.set()


async def _drain(server: uvicorn.Server, service: Service) -> None:
    """Say that it is not ready, take no more connections, and let the open ones send their last request."""
    service.stopping.set()
    await _wait(server, service.config.stop_notice, lambda: False)
    for open_server in server.servers:
        open_server.close()
    await _wait(server, _LAST_REQUESTS, lambda: not server.server_state.connections)


async def _wait(server: uvicorn.Server, seconds: float, enough: Callable[[], bool]) -> None:
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    while clock() < deadline and not (server.force_exit or enough()):
        await asyncio.sleep(_TICK)
