"""The client's side of CommunicatorService: commands and files on a machine that another plugin serves."""

import base64
import codecs
import contextlib

import grpc

from ingot.plugin.v1 import communicator_pb2 as pb
from ingot.plugin.v1 import communicator_pb2_grpc

from .diagnostics import UserError, has_errors

CHUNK_BYTES = 64 << 10

# A line that gets longer than this is shown in pieces.
LONGEST_LINE = 64 << 10


class Machine:
    """A machine, reached by its reference. Use as an async context manager."""

    def __init__(self, reference):
        self._access = pb.Access(handle=reference.handle, token=reference.token)
        self._channel = open_channel(reference)
        self._stub = communicator_pb2_grpc.CommunicatorServiceStub(self._channel)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exception):
        await self._channel.close()

    async def upload(self, path: str, content: bytes, mode: int) -> None:
        """Writes one file."""

        async def requests():
            file = pb.FileInfo(kind=pb.FileInfo.KIND_FILE, path=path, mode=mode, size=len(content))
            yield pb.UploadRequest(start=pb.UploadStart(access=self._access, file=file))
            for offset in range(0, len(content), CHUNK_BYTES):
                yield pb.UploadRequest(chunk=content[offset : offset + CHUNK_BYTES])

        with explained(f"writing {path}"):
            response = await self._stub.Upload(requests())
        raise_first(response.diagnostics)

    async def run(self, command: str, environment: dict[str, str], stdout, stderr) -> int:
        """Runs a line of the machine's shell; awaits stdout(line) or stderr(line) for each line. Gives the exit status.

        Cancelling the task cancels the call, and that ends the command.
        """
        start = pb.ExecStart(access=self._access, shell_command=command, environment=environment)
        call = self._stub.Exec(iter([pb.ExecRequest(start=start)]))
        lines = {"stdout": Lines(stdout), "stderr": Lines(stderr)}
        with explained(f"running {command}"):
            async for message in call:
                kind = message.WhichOneof("message")
                if kind in lines:
                    await lines[kind].feed(getattr(message, kind))
                elif kind == "exit":
                    for rest in lines.values():
                        await rest.finish()
                    raise_first(message.exit.diagnostics)
                    if message.exit.disconnected:
                        raise UserError("Connection lost", f"The connection to the machine was lost while it ran: {command}.")
                    return message.exit.status
        raise UserError("Connection lost", f"The machine ended the call without an exit status: {command}.")


class Lines:
    """Makes lines of text out of chunks of bytes. A chunk may end inside a line, and inside a character."""

    def __init__(self, show):
        self._show = show
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    async def feed(self, chunk: bytes) -> None:
        *lines, self._rest = (self._rest + self._decoder.decode(chunk)).split("\n")
        if len(self._rest) > LONGEST_LINE:
            lines.append(self._rest)
            self._rest = ""
        if lines:
            await self._show("\n".join(lines))

    async def finish(self) -> None:
        rest = self._rest + self._decoder.decode(b"", final=True)
        if rest:
            await self._show(rest)


@contextlib.contextmanager
def explained(doing: str):
    """Turns a failed call into a message for the user: the machine's plugin is gone, or the machine is no longer ours."""
    try:
        yield
    except grpc.aio.AioRpcError as problem:
        detail = f"{problem.code().name} while {doing}: {problem.details()}."
        raise UserError("Cannot use the machine", detail) from problem


def open_channel(reference):
    """Opens a channel to "unix:/path" or "tcp:host:port", with TLS when the reference has a certificate."""
    target = reference.endpoint.removeprefix("tcp:")
    options = [
        ("grpc.max_receive_message_length", -1),
        ("grpc.max_send_message_length", -1),
        ("grpc.enable_http_proxy", 0),  # the other side is on this computer
        ("grpc.default_authority", "localhost"),
    ]
    if not reference.server_certificate:
        return grpc.aio.insecure_channel(target, options=options)
    credentials = grpc.ssl_channel_credentials(
        root_certificates=pem("CERTIFICATE", reference.server_certificate),
        private_key=pem("PRIVATE KEY", reference.client_key) if reference.client_key else None,
        certificate_chain=pem("CERTIFICATE", reference.client_certificate) if reference.client_certificate else None,
    )
    return grpc.aio.secure_channel(target, credentials, options=[*options, ("grpc.ssl_target_name_override", "localhost")])


def pem(kind: str, der: bytes) -> bytes:
    return f"-----BEGIN {kind}-----\n{base64.encodebytes(der).decode()}-----END {kind}-----\n".encode()


def raise_first(diagnostics) -> None:
    """Turns the machine's first error, if any, into one of ours."""
    if has_errors(diagnostics):
        first = next(diagnostic for diagnostic in diagnostics if has_errors([diagnostic]))
        raise UserError(first.summary, first.detail)
