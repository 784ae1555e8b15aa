"""The services that go-plugin's protocol wants beside the plugin's own."""

import asyncio

import grpc

from goplugin import goplugin_pb2, goplugin_pb2_grpc


async def until_stopping(stopping: asyncio.Event, work) -> None:
    """Waits for the work or for the end of the process, whichever is first."""
    tasks = [asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


class Controller(goplugin_pb2_grpc.GRPCControllerServicer):
    """Ends the process when the host asks for it."""

    def __init__(self, stopping: asyncio.Event):
        self._stopping = stopping

    async def Shutdown(self, request, context):
        self._stopping.set()
        return goplugin_pb2.Empty()


class Stdio(goplugin_pb2_grpc.GRPCStdioServicer):
    """Has nothing to say: this plugin prints nothing, it sends messages. The stream stays open all the same."""

    def __init__(self, stopping: asyncio.Event):
        self._stopping = stopping

    async def StreamStdio(self, request, context):
        await self._stopping.wait()


class Broker(goplugin_pb2_grpc.GRPCBrokerServicer):
    """Ingot makes no extra connections; the stream is only held open."""

    def __init__(self, stopping: asyncio.Event):
        self._stopping = stopping

    async def StartStream(self, request_iterator, context):
        async def drain():
            while await context.read() is not grpc.aio.EOF:
                pass

        await until_stopping(self._stopping, drain())
