"""State machines as tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from portal.core.refusals import Refusal, register

E = TypeVar("E")
S = TypeVar("S")

register(
    {
        "transition_refused": _(
            "This is no longer possible: it has already moved on. Reload the page to see where it stands."
        )
    }
)


class TransitionRefused(Refusal):
    """The event does not happen in this status."""

    code = "transition_refused"


@dataclass(frozen=True)
class Transition:
    """An event leads from any of ``sources`` to ``target``."""

    sources: frozenset[str]
    target: str


def target_of(transitions: Mapping[E, Transition], event: E, status: str) -> str:
    """Tell where an event leads from a status.

    :raises TransitionRefused: when the event does not happen there.
    """
    transition = transitions[event]
    if status not in transition.sources:
        raise TransitionRefused(event=str(event), status=status)
    return transition.target
