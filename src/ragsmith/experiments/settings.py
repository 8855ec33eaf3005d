"""How large a study is: minutes by default, the write-up's own settings on wish."""

from __future__ import annotations

from dataclasses import dataclass

from ragsmith.models.classic.configs import ElementConfig, ManyToOneConfig, MultihotConfig

__all__ = ["FULL", "QUICK", "Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What is learnt and how much is composed.

    Attributes:
        lengths: steps in a training sequence, short to long; the middle one is the compromise that
            experiments 2 to 5 work with.
        element: of experiments 1 to 3, which learn to the end; `lengths` are its sequences.
        contest_element, multihot, many_to_one: of the comparison of models.
        patience: of the comparison of models, in epochs; nothing else stops early.
        pieces: composed by each model in each way.
        bars: in each of them; human pieces are cut to as many.
    """

    lengths: tuple[int, ...]
    element: ElementConfig
    contest_element: ElementConfig
    multihot: MultihotConfig
    many_to_one: ManyToOneConfig
    patience: int
    pieces: int
    bars: int

    @property
    def middle(self) -> int:
        """The compromise between the lengths."""
        return self.lengths[len(self.lengths) // 2]


QUICK = Settings(
    lengths=(8, 16, 32),
    element=ElementConfig(batch=16, decay=0.0005, epochs=5),
    contest_element=ElementConfig(epochs=6),
    multihot=MultihotConfig(batch=16, decay=0.0005, epochs=16),
    many_to_one=ManyToOneConfig(
        sequence_length=32, hidden=64, batch=16, learning_rate=0.004, epochs=4
    ),
    patience=2,
    pieces=12,
    bars=64,
)
"""The classic network in smaller batches at a rate that decays more slowly, so that in 5 passes it
learns 29 rags by heart, where the classic's 200 end at a training loss of 2 nats a step. Stopped
there early, before its rate has decayed, the network composes next to nothing."""

FULL = Settings(
    lengths=(8, 16, 32),
    element=ElementConfig(),
    contest_element=ElementConfig(),
    multihot=MultihotConfig(),
    many_to_one=ManyToOneConfig(),
    patience=10,
    pieces=12,
    bars=64,
)
"""The write-up's settings, and those of the sources it names."""
