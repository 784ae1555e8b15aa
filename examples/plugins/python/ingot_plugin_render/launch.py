"""The launch protocol: cookie, version, listener, handshake line, and the three ways to end."""

import asyncio
import base64
import os
import secrets
import signal
import stat
import sys
import tempfile
import threading

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from goplugin import goplugin_pb2_grpc
from ingot.plugin.v1 import plugin_pb2_grpc

from . import log
from .go_plugin import Broker, Controller, Stdio
from .plugin_service import Instances, PluginService
from .post_processor import PostProcessor
from .provisioner import Provisioner

COOKIE = ("INGOT_PLUGIN_MAGIC_COOKIE", "6b1f3f2f6d0c8d0f2a3ee1d3f7a6c1d94f5c0b8f7f1f5f0f9d5b4c0f3a7e2d18")

# The versions of Ingot's protocol that this plugin speaks.
VERSIONS = [1]

# How long sessions may take to clean up once the process has to end: a host kills after two seconds.
EXIT_GRACE_SECONDS = 1.5

OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


async def launch() -> None:
    """Serves until the host asks for the end, vanishes, or terminates the process."""
    if os.environ.get(COOKIE[0]) != COOKIE[1]:
        sys.exit("This is a plugin for Ingot. Put it where Ingot finds it; it is not meant to be started by hand.")

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGTERM, stopping.set)
    watch_stdin(lambda: loop.call_soon_threadsafe(stopping.set))

    server = grpc.aio.server(options=OPTIONS)
    instances = Instances()
    plugin_pb2_grpc.add_PluginServiceServicer_to_server(PluginService(instances), server)
    plugin_pb2_grpc.add_ProvisionerServiceServicer_to_server(Provisioner(instances, stopping), server)
    plugin_pb2_grpc.add_PostProcessorServiceServicer_to_server(PostProcessor(instances, stopping), server)
    health_pb2_grpc.add_HealthServicer_to_server(Health(), server)
    goplugin_pb2_grpc.add_GRPCControllerServicer_to_server(Controller(stopping), server)
    goplugin_pb2_grpc.add_GRPCStdioServicer_to_server(Stdio(stopping), server)
    goplugin_pb2_grpc.add_GRPCBrokerServicer_to_server(Broker(stopping), server)

    certificate, credentials = make_credentials(os.environ.get("PLUGIN_CLIENT_CERT", ""))
    network, address = listen(server, credentials)
    await server.start()
    print(f"1|{choose_version()}|{network}|{address}|grpc|{certificate}", flush=True)
    os.dup2(2, 1)  # what a library prints from now on is a log line, not a second handshake

    await stopping.wait()
    await server.stop(EXIT_GRACE_SECONDS)
    if network == "unix" and os.path.exists(address):
        os.unlink(address)


class Health(health_pb2_grpc.HealthServicer):
    """Tells that the plugin is ready, under the name that go-plugin uses for it."""

    async def Check(self, request, context):
        if request.service not in ("", "plugin"):
            await context.abort(grpc.StatusCode.NOT_FOUND, "there is no such service")
        return health_pb2.HealthCheckResponse(status=health_pb2.HealthCheckResponse.SERVING)


def choose_version() -> int:
    """The highest version that both sides speak. Without one our lowest is announced, and the host explains the mismatch."""
    offered = {text.strip() for text in os.environ.get("PLUGIN_PROTOCOL_VERSIONS", "").split(",")}
    return max((version for version in VERSIONS if str(version) in offered), default=min(VERSIONS))


def listen(server, credentials) -> tuple[str, str]:
    """Opens the listener: a socket in the host's folder, or a port of the loopback interface where sockets do not serve."""

    def add(target: str) -> int:
        if credentials is None:
            return server.add_insecure_port(target)
        return server.add_secure_port(target, credentials)

    if sys.platform != "win32":
        folder = os.environ.get("PLUGIN_UNIX_SOCKET_DIR") or tempfile.gettempdir()
        path = os.path.join(folder, f"plugin{secrets.token_hex(6)}")
        add(f"unix:{path}")
        return "unix", path
    for port in range(int(os.environ.get("PLUGIN_MIN_PORT") or 0), int(os.environ.get("PLUGIN_MAX_PORT") or 0) + 1):
        try:
            return "tcp", f"127.0.0.1:{add(f'127.0.0.1:{port}')}"
        except RuntimeError:  # the port is taken
            continue
    sys.exit("There is no free port between PLUGIN_MIN_PORT and PLUGIN_MAX_PORT.")


def make_credentials(host_certificate: str):
    """Makes a certificate for this process, and lets in only the host, when the host asks for TLS."""
    if not host_certificate:
        return "", None
    from .certificate import make_certificate  # takes time to load, and most hosts do without

    key, pem, der = make_certificate()
    credentials = grpc.ssl_server_credentials(
        [(key, pem)], root_certificates=host_certificate.encode(), require_client_auth=True
    )
    return base64.b64encode(der).decode().rstrip("="), credentials


def watch_stdin(ended) -> None:
    """Calls `ended` at the end of standard input, which the host keeps open as long as it lives.

    A terminal or the null device says nothing about a host, so a plugin that was started by hand goes on.
    """
    try:
        if stat.S_ISCHR(os.fstat(0).st_mode):
            return
    except OSError:
        return

    def watch() -> None:
        try:
            while os.read(0, 4096):
                pass
        except OSError:
            pass
        log.debug("the host is gone")
        ended()

    threading.Thread(target=watch, daemon=True).start()
