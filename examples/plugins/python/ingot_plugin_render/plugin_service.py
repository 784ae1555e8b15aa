"""What every plugin serves: its description, and the life of instances, artifacts and resources."""

import os

import grpc

from ingot.plugin.v1 import plugin_pb2, plugin_pb2_grpc

from . import post_processor, provisioner
from .diagnostics import error, has_errors

COMPONENTS = {(module.DESCRIPTION.kind, module.NAME): module for module in (provisioner, post_processor)}

DESCRIPTION = plugin_pb2.DescribeResponse(
    name="render", version="0.1.0", components=[module.DESCRIPTION for module in COMPONENTS.values()]
)


class Instances:
    """The prepared instances by the host's ids."""

    def __init__(self):
        self._by_id = {}

    def add(self, instance_id: str, config) -> bool:
        return self._by_id.setdefault(instance_id, config) is config

    def remove(self, instance_id: str) -> None:
        self._by_id.pop(instance_id, None)

    async def find(self, instance_id: str, kind: type, context):
        """Gives an instance of the wanted kind. An unknown one is the host's mistake, hence a status."""
        config = self._by_id.get(instance_id)
        if not isinstance(config, kind):
            await context.abort(grpc.StatusCode.NOT_FOUND, f'there is no such instance: "{instance_id}"')
        return config


class PluginService(plugin_pb2_grpc.PluginServiceServicer):
    def __init__(self, instances: Instances):
        self._instances = instances

    async def Describe(self, request, context):
        return DESCRIPTION

    async def Prepare(self, request, context):
        module = COMPONENTS.get((request.component.kind, request.component.name))
        if module is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, f'there is no such component: "{request.component.name}"')
        diagnostics = []
        config = module.prepare(request, diagnostics)
        if not has_errors(diagnostics) and not self._instances.add(request.instance_id, config):
            await context.abort(grpc.StatusCode.ALREADY_EXISTS, f'the instance exists already: "{request.instance_id}"')
        return plugin_pb2.PrepareResponse(diagnostics=diagnostics)

    async def Release(self, request, context):
        self._instances.remove(request.instance_id)
        return plugin_pb2.ReleaseResponse()

    async def DestroyArtifact(self, request, context):
        path = request.artifact.state["output"].string_value
        if request.artifact.builder_id != post_processor.BUILDER_ID or not os.path.isabs(path):
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "not an artifact of this plugin")
        return plugin_pb2.DestroyArtifactResponse(diagnostics=remove(path))

    async def DestroyResource(self, request, context):
        path = request.resource.locator["path"]
        if request.resource.kind != post_processor.RESOURCE_KIND or not path.endswith(".partial"):
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "not a resource of this plugin")
        return plugin_pb2.DestroyResourceResponse(diagnostics=remove(path))


def remove(path: str) -> list:
    try:
        post_processor.remove(path)
    except OSError as problem:
        return [error("Cannot remove the file", f"{problem}.")]
    return []
