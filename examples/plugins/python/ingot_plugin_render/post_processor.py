"""The post-processor "sha256sums": writes the checksums of an artifact's files."""

import asyncio
import hashlib
import os
from dataclasses import dataclass

import grpc

from ingot.plugin.v1 import plugin_pb2, plugin_pb2_grpc
from ingot.plugin.v1.artifact_pb2 import COMPONENT_KIND_POST_PROCESSOR, Artifact, ResourceRecord
from ingot.plugin.v1.schema_pb2 import Attribute, Schema
from ingot.plugin.v1.session_pb2 import Progress

from .decoder import decoder_of
from .diagnostics import UserError
from .session import Session
from .values import TEXT, text_value

NAME = "sha256sums"
BUILDER_ID = "example.sha256sums"
RESOURCE_KIND = "checksum-file"
ALGORITHMS = ["sha256", "sha512"]
BLOCK_BYTES = 4 << 20

DESCRIPTION = plugin_pb2.ComponentDescription(
    kind=COMPONENT_KIND_POST_PROCESSOR,
    name=NAME,
    summary="Writes the checksums of an artifact's files in the format of sha256sum.",
    config=Schema(
        attributes={
            "output": Attribute(type=TEXT, required=True, description="The file to write. It must not exist, unless `-force` is given."),
            "algorithm": Attribute(
                type=TEXT, default_value=text_value("sha256"), allowed_values=ALGORITHMS, description="The kind of checksum."
            ),
        }
    ),
    resource_kinds=[RESOURCE_KIND],
)


@dataclass(frozen=True)
class Config:
    output: str
    algorithm: str
    directory: str
    force: bool


def prepare(request, diagnostics: list) -> Config:
    """Decodes and validates a configuration."""
    decoder = decoder_of(request.config, diagnostics)
    directory = request.build.working_directory or os.getcwd()
    algorithm = decoder.text("algorithm", "sha256")
    if algorithm not in ALGORITHMS:
        decoder.report("Unknown algorithm", f'"{algorithm}" is not one of {", ".join(ALGORITHMS)}.', "algorithm")
    return Config(
        output=os.path.join(directory, decoder.text("output", required=True)),
        algorithm=algorithm,
        directory=directory,
        force=request.build.force,
    )


class PostProcessor(plugin_pb2_grpc.PostProcessorServiceServicer):
    """Translates between the stream and `post_process`."""

    def __init__(self, instances, stopping: asyncio.Event):
        self._instances = instances
        self._stopping = stopping

    async def PostProcess(self, request_iterator, context):
        request = await context.read()
        if request is grpc.aio.EOF or request.WhichOneof("message") != "start":
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the first message must be start")
        config = await self._instances.find(request.start.instance_id, Config, context)
        session = Session(context, plugin_pb2.PostProcessResponse, self._stopping)
        artifact, result = await session.run(post_process(config, request.start.artifact, session))
        # The checksums are worth nothing without the files, so the input is kept unless the user says otherwise.
        response = plugin_pb2.PostProcessResult(result=result, artifact=artifact, keep_input=True)
        await context.write(plugin_pb2.PostProcessResponse(result=response))


async def post_process(config: Config, artifact: Artifact, session: Session) -> Artifact:
    """Hashes the files and writes the list."""
    if os.path.exists(config.output) and not config.force:
        raise UserError("Output exists", f'"{config.output}" exists already. Remove it, or use -force to replace it.', "output")
    files = [os.path.join(config.directory, file) for file in artifact.files]
    if not files:
        raise UserError("Nothing to do", f'The artifact of "{artifact.builder_id}" has no files.')
    base = os.path.dirname(config.output)
    lines = []
    for index, file in enumerate(files):
        lines.append(f"{await digest(file, config.algorithm)}  {os.path.relpath(file, base)}\n")
        done = Progress(id="hash", label="checksums", done=index + 1, total=len(files), unit="files", finished=index + 1 == len(files))
        await session.progress(done)

    # The file is written under another name first: an interrupted run leaves nothing that looks complete.
    partial = f"{config.output}.partial"
    record = ResourceRecord(record_id="output", kind=RESOURCE_KIND, id=partial, locator={"path": partial})
    try:
        await session.plan(record)
        write(partial, "".join(lines))
        await session.announce(record, ResourceRecord.STATE_CREATED)
        os.replace(partial, config.output)
    except OSError as problem:
        raise UserError("Cannot write the checksums", f"{problem}.", "output") from problem
    finally:
        remove(partial)
        await session.announce(record, ResourceRecord.STATE_RELEASED)
    await session.say(f"Wrote {len(files)} checksums to {config.output}")
    return Artifact(
        builder_id=BUILDER_ID,
        id=config.output,
        files=[config.output],
        description=f"Checksums of {len(files)} files: {config.output}",
        state={"output": text_value(config.output)},
    )


async def digest(path: str, algorithm: str) -> str:
    """Hashes one file, block by block in a thread, so that a cancel waits for one block at most."""
    sum_ = hashlib.new(algorithm)
    try:
        with open(path, "rb") as file:
            while block := await asyncio.to_thread(file.read, BLOCK_BYTES):
                await asyncio.to_thread(sum_.update, block)
    except OSError as problem:
        raise UserError("Cannot read a file of the artifact", f"{problem}.") from problem
    return sum_.hexdigest()


def write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def remove(path: str) -> None:
    """Removes a file; one that is gone already is fine."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
