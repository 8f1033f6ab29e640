"""The application on a port, from the first request to a graceful stop."""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from tenor.config.service import ServiceConfig
from tenor.errors import ConfigError
from tenor.service.service import Service

_BACKLOG = 2048  # connections that the system keeps for us
_LAST_REQUESTS = 1.0  # seconds in which requests on connections that are open already still arrive
_TICK = 0.02


def listen(config: ServiceConfig) -> socket.socket:
    """Return a socket that is bound to the address of the configuration.

    Raises:
        ConfigError: an address that is not ours, or a port that is taken.
    """
    place = f"{config.host}:{config.port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise ConfigError(f"{config.host!r} is no address ({error.strerror}); try --host 127.0.0.1") from error
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(f"{place} is in use by another program; take another --port, or 0 for any") from None
        if error.errno == errno.EACCES:
            raise ConfigError(f"{place} needs more rights than this user has; take a --port from 1024 up") from None
        raise ConfigError(f"cannot listen at {place} ({error.strerror}); take another --host or --port") from error
    return made


def run(app: FastAPI, service: Service, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests until SIGTERM or SIGINT; then finish those that were accepted.

    `ready` is called when the first request can come.
    """
    settings = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        ws_max_size=service.config.body_bytes,
        timeout_graceful_shutdown=max(1, round(service.config.stop_seconds)),
    )
    asyncio.run(_run(uvicorn.Server(settings), service, listening, ready))


async def _run(
    server: uvicorn.Server, service: Service, listening: socket.socket, ready: Callable[[], None]
) -> None:
    serving = asyncio.create_task(server.serve([listening]))
    while not (server.started or serving.done()):
        await asyncio.sleep(_TICK)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    # In place of uvicorn's, which end the process by the signal: a graceful stop has exit status 0.
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, stop, server)
    if not serving.done():
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
    """Say that it is not ready, take no more connections, and let those that are open send their last request."""
    service.stopping.set()
    await asyncio.sleep(service.config.stop_notice)
    for listener in server.servers:
        listener.close()
    deadline = asyncio.get_running_loop().time() + _LAST_REQUESTS
    while server.server_state.connections and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(_TICK)
