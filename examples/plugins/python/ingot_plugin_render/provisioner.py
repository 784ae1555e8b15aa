"""The provisioner "render": fills in a text template, puts the result on the machine, and runs commands there."""

import asyncio
import os
import string
from dataclasses import dataclass

import grpc

from ingot.plugin.v1 import plugin_pb2, plugin_pb2_grpc
from ingot.plugin.v1.artifact_pb2 import COMPONENT_KIND_PROVISIONER
from ingot.plugin.v1.schema_pb2 import Attribute, NestedBlock, Schema
from ingot.plugin.v1.value_pb2 import MapValue, Value

from .decoder import decoder_of
from .diagnostics import UserError
from .machine import Machine
from .session import Session
from .values import TEXT, TEXT_MAP, text_value, to_python

NAME = "render"


class Placeholders(string.Template):
    """Text with placeholders `@{name}`; `@@` is an at sign. Dollar signs belong to shells and to the template language."""

    delimiter = "@"


DESCRIPTION = plugin_pb2.ComponentDescription(
    kind=COMPONENT_KIND_PROVISIONER,
    name=NAME,
    summary="Fills in a text template, puts the result on the machine, and runs commands there.",
    config=Schema(
        attributes={
            "destination": Attribute(type=TEXT, required=True, description="Where the file goes on the machine."),
            "template": Attribute(type=TEXT, description="The path of the template. Exactly one of `template` and `content` is set."),
            "content": Attribute(type=TEXT, description="The template itself. Placeholders look like `@{name}`; `@@` is an at sign."),
            "values": Attribute(
                type=TEXT_MAP,
                default_value=Value(map_value=MapValue()),
                description="The values of the placeholders, beside the names of the build such as `ID`.",
            ),
            "secrets": Attribute(type=TEXT_MAP, sensitive=True, description="More values, which are never shown."),
            "mode": Attribute(type=TEXT, default_value=text_value("0644"), description="The file's mode in octal digits."),
        },
        blocks={
            "then": NestedBlock(
                nesting=NestedBlock.NESTING_LIST,
                description="A command that runs on the machine afterwards. Commands run in the order of their blocks.",
                schema=Schema(
                    attributes={
                        "command": Attribute(type=TEXT, required=True, description="A line for the machine's shell."),
                        "environment": Attribute(type=TEXT_MAP, description="Variables for the command."),
                    }
                ),
            )
        },
    ),
)


@dataclass(frozen=True)
class Command:
    line: str
    environment: dict[str, str]


@dataclass(frozen=True)
class Config:
    destination: str
    template: str
    content: str
    values: dict[str, str]
    secrets: dict[str, str]
    mode: int
    then: list[Command]


def prepare(request, diagnostics: list) -> Config:
    """Decodes and validates a configuration."""
    decoder = decoder_of(request.config, diagnostics)
    template = decoder.text("template")
    if template and not os.path.isabs(template):
        template = os.path.join(request.build.working_directory, template)
    mode = decoder.text("mode", "0644")
    try:
        bits = int(mode, 8)
    except ValueError:
        bits = -1
    if not 0 <= bits <= 0o7777:
        decoder.report("Invalid mode", f'"{mode}" is not a mode in octal digits, such as "0644".', "mode")
    if decoder.is_set("template") == decoder.is_set("content"):
        decoder.report("Invalid combination of arguments", 'Exactly one of "template" and "content" must be set.')
    config = Config(
        destination=decoder.text("destination", required=True),
        template=template,
        content=decoder.text("content"),
        values=decoder.texts("values"),
        secrets=decoder.texts("secrets"),
        mode=bits,
        then=[Command(block.text("command", required=True), block.texts("environment")) for block in decoder.blocks("then")],
    )
    if config.content and not Placeholders(config.content).is_valid():
        decoder.report("Invalid template", 'A placeholder looks like "@{name}", and a lone at sign is written "@@".', "content")
    return config


class Provisioner(plugin_pb2_grpc.ProvisionerServiceServicer):
    """Translates between the stream and `provision`."""

    def __init__(self, instances, stopping: asyncio.Event):
        self._instances = instances
        self._stopping = stopping

    async def Provision(self, request_iterator, context):
        request = await context.read()
        if request is grpc.aio.EOF or request.WhichOneof("message") != "start":
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the first message must be start")
        config = await self._instances.find(request.start.instance_id, Config, context)
        session = Session(context, plugin_pb2.ProvisionResponse, self._stopping)
        _, result = await session.run(provision(config, request.start, session))
        await context.write(plugin_pb2.ProvisionResponse(result=result))


async def provision(config: Config, start, session: Session) -> None:
    """Renders, uploads and runs."""
    if not start.HasField("communicator"):
        raise UserError("No machine", "The builder has no machine to which a file could be copied.")
    if config.secrets:
        await session.hide(config.secrets.values())
    content = render(config, start.generated_data.values)
    async with Machine(start.communicator) as machine:
        await session.say(f"Rendering {config.destination}")
        await machine.upload(config.destination, content.encode(), config.mode)
        for index, command in enumerate(config.then):
            status = await machine.run(command.line, command.environment, session.say, session.complain)
            if status != 0:
                raise UserError("Command failed", f"The command exited with status {status}.", "then", index, "command")


def render(config: Config, generated_data) -> str:
    """Fills in the template. The template's own values win over those of the build."""
    text, attribute = config.content, "content"
    if config.template:
        attribute = "template"
        try:
            with open(config.template, encoding="utf-8") as file:
                text = file.read()
        except (OSError, UnicodeDecodeError) as problem:
            raise UserError("Cannot read the template", f"{problem}.", "template") from problem
    build = {name: value for name, value in ((n, to_python(v)) for n, v in generated_data.items()) if isinstance(value, str)}
    try:
        return Placeholders(text).substitute({**build, **config.values, **config.secrets})
    except KeyError as problem:
        name = problem.args[0]
        raise UserError("Unknown placeholder", f'There is no value for "@{{{name}}}".', attribute) from problem
    except ValueError as problem:
        raise UserError("Invalid template", f"{problem}.", attribute) from problem
