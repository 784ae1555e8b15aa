"""What the sessions of all components have in common: events to the host, commands from it, and cancellation."""

import asyncio

import grpc

from ingot.plugin.v1.artifact_pb2 import ResourceRecord
from ingot.plugin.v1.session_pb2 import Progress, Secrets, SessionEvent, SessionResult, UiLine

from .diagnostics import UserError


class Session:
    """One stream. The work is a task of its own, so that a cancel message can end it wherever it waits."""

    def __init__(self, context, response_type, stopping: asyncio.Event):
        self._context = context
        self._response_type = response_type
        self._stopping = stopping
        self._lock = asyncio.Lock()
        self._recorded: dict[tuple[str, int], asyncio.Event] = {}
        self.cancelled = False

    async def run(self, work):
        """Runs the work to its end. Gives its value, or None, and the session's result."""
        task = asyncio.ensure_future(work)
        listener = asyncio.ensure_future(self._listen(task))
        stop = asyncio.ensure_future(self._cancel_when_stopping(task))
        try:
            return await task, SessionResult()
        except UserError as problem:
            return None, SessionResult(diagnostics=[problem.diagnostic])
        except asyncio.CancelledError:
            if not task.done():  # the stream itself broke: end the work too, and let its clean-up finish
                task.cancel()
                await asyncio.wait([task])
            if self.cancelled or self._stopping.is_set():
                return None, SessionResult(cancelled=True)
            raise
        finally:
            listener.cancel()
            stop.cancel()

    async def _listen(self, task) -> None:
        """Takes commands until the host ends its side. It does so only after the result: earlier, the host is lost."""
        while (request := await self._context.read()) is not grpc.aio.EOF:
            command = request.command
            match command.WhichOneof("command"):
                case "cancel":
                    self.cancelled = True
                    task.cancel()
                case "resource_recorded":
                    key = (command.resource_recorded.record_id, command.resource_recorded.state)
                    self._recorded.setdefault(key, asyncio.Event()).set()
        task.cancel()

    async def _cancel_when_stopping(self, task) -> None:
        await self._stopping.wait()
        task.cancel()

    async def _event(self, **event) -> None:
        # A stream takes one writer at a time, and waits while the host does not read.
        async with self._lock:
            await self._context.write(self._response_type(event=SessionEvent(**event)))

    async def say(self, text: str) -> None:
        await self._event(ui=UiLine(level=UiLine.LEVEL_SAY, text=text))

    async def complain(self, text: str) -> None:
        await self._event(ui=UiLine(level=UiLine.LEVEL_ERROR, text=text))

    async def hide(self, values) -> None:
        await self._event(secrets=Secrets(values=list(values)))

    async def progress(self, progress: Progress) -> None:
        await self._event(progress=progress)

    async def plan(self, record: ResourceRecord) -> None:
        """Announces a resource and returns when the host has it in its journal. Only then may the resource be made."""
        recorded = self._recorded.setdefault((record.record_id, ResourceRecord.STATE_PLANNED), asyncio.Event())
        await self.announce(record, ResourceRecord.STATE_PLANNED)
        await recorded.wait()

    async def announce(self, record: ResourceRecord, state: int) -> None:
        """Announces a state of a resource without waiting."""
        announced = ResourceRecord()
        announced.CopyFrom(record)
        announced.state = state
        await self._event(resource=announced)
