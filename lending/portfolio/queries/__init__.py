"""Questions about the whole book."""

from lending.portfolio.queries.replay import Difference, Replay, replay

__all__ = ["Difference", "Replay", "replay"]
