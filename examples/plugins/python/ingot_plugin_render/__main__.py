"""Starts the plugin."""

import signal

# After Ctrl-C the host decides what happens, also while this process still loads what it needs.
signal.signal(signal.SIGINT, signal.SIG_IGN)

import asyncio  # noqa: E402

from .launch import launch  # noqa: E402


def main() -> None:
    asyncio.run(launch())


if __name__ == "__main__":
    main()
