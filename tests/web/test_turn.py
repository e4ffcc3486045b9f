"""What is asked once a turn of the loop is never answered from before whoever asks began to."""

from __future__ import annotations

import asyncio

import uvloop

from notifier.web.turn import once_a_turn


def test_all_in_a_turn_share_one_answer_and_the_next_turn_asks_again() -> None:
    written = [1]
    asked: list[int] = []

    def ask() -> int:
        asked.append(written[-1])
        return written[-1]

    question = once_a_turn(ask)

    async def later() -> int:
        return question()

    async def turns() -> None:
        loop = asyncio.get_running_loop()
        same = [question(), question()]
        # As a request that came together with one that was answered at once.
        following = asyncio.create_task(later())
        written.append(2)
        assert [*same, await following] == [1, 1, 2]
        await asyncio.sleep(0)
        # As requests of several clients that are read in one turn.
        before, read = len(asked), list[int]()
        for _ in range(3):
            loop.call_soon(lambda: read.append(question()))
        await asyncio.sleep(0)
        assert (read, len(asked) - before) == ([2, 2, 2], 1)
        written.append(3)
        await asyncio.sleep(0)
        assert question() == 3

    uvloop.run(turns())
