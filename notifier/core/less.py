"""Following less, and again: what is left when somebody drops a service or a Change, and how they take that back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from notifier.core.change import ChangeList
from notifier.core.subscription import EVERYTHING, Followed, Scope, Topic, includes

NOTHING = Followed(())


def followed_of(topics: Iterable[Topic], excluded: Iterable[Topic], changes: ChangeList | None) -> Followed:
    """These Topics, but for what is excluded of them; only what a wider one covers can be."""
    chosen = tuple(dict.fromkeys(topics))
    kept = (
        each
        for each in dict.fromkeys(excluded)
        if each not in chosen
        and any(each.is_narrower_than(topic) and includes(topic, each, changes) for topic in chosen)
    )
    return Followed(chosen, tuple(kept))


def excluded_from_nothing(
    topics: Sequence[Topic], excluded: Sequence[Topic], changes: ChangeList | None
) -> str | None:
    """A sentence naming what is excluded though nothing wider is followed, or though it is itself, else None."""
    kept = followed_of(topics, excluded, changes).excluded
    wide = " ".join(map(str, topics))
    for each in excluded:
        if each in topics:
            return f"{each} cannot be both followed and excluded"
        if each not in kept:
            return f"{each} cannot be excluded, since it is no part of what they follow: {wide}"
    return None


def without(followed: Followed, dropped: Topic, changes: ChangeList) -> Followed:
    """What is left when a service or a Change is followed no longer.

    What was followed of it by itself goes. From what is wider it is excluded, so that all else of that is followed
    on, also what is still to come. Everything dropped leaves nothing.
    """
    if dropped == EVERYTHING:
        return NOTHING
    left = [topic for topic in followed.topics if not includes(dropped, topic, changes)]
    rest = followed_of(left, followed.excluded, changes)
    return followed_of(left, (*rest.excluded, dropped), changes) if rest.includes(dropped, changes) else rest


def dropped_between(before: Followed, after: Followed) -> tuple[Topic, ...]:
    """What to follow again, so that no less is followed than `before`."""
    gone = [topic for topic in before.topics if topic not in after.topics]
    return tuple(dict.fromkeys((*gone, *(each for each in after.excluded if each not in before.excluded))))


def lost_between(before: Followed, after: Followed, changes: ChangeList | None) -> tuple[Topic, ...]:
    """What of it is no longer followed, and was before: nothing where no less is, however it is put."""
    found = dropped_between(before, after)
    return tuple(
        each for each in found if before.includes(each, changes) and not after.includes(each, changes)
    )


def again(followed: Followed, topics: Sequence[Topic], changes: ChangeList | None) -> Followed:
    """The same with these Topics, which are no longer excluded, and what else was followed.

    Everything again excludes nothing. A service again leaves those of its Changes excluded that were so before.
    """
    excluded = [each for each in followed.excluded if each not in topics and EVERYTHING not in topics]
    rest = followed_of(followed.topics, excluded, changes)
    new = [topic for topic in topics if not rest.includes(topic, changes)]
    left = [each for each in rest.topics if not any(includes(topic, each, changes) for topic in new)]
    return followed_of((*new, *left), excluded, changes)


def parts_of(followed: Followed, changes: ChangeList) -> tuple[Topic, ...]:
    """What can be followed no longer by itself, so that something is left, in the list's order.

    Each service that is followed, and each Change.
    """
    parts: list[Topic] = []
    for service in changes.services:
        whole = Topic(Scope.SERVICE, service.id)
        singles = [Topic(Scope.CHANGE, each.id) for each in changes.changes if each.service == service.id]
        parts += [part for part in (whole, *singles) if followed.includes(part, changes)]
    return tuple(part for part in parts if without(followed, part, changes).topics)
