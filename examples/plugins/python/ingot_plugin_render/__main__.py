"""Starts the plugin."""

import asyncio

from .launch import launch

asyncio.run(launch())
