"""Learning, as it is shown: a live bar on a terminal, a line an epoch elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from ragsmith.cli.render import Report, span
from ragsmith.training import Began, Epoch, Event, FromBase, Progress

__all__ = ["show_learning"]


def show_learning(report: Report) -> Callable[[Event], None]:
    """An `on_event` that shows events in a report."""
    estimated = False
    epochs = 0
    best: float | None = None

    def show(event: Event) -> None:
        nonlocal estimated, epochs, best
        if isinstance(event, FromBase):
            report.line(_base_line(event))
        elif isinstance(event, Began):
            epochs = event.epochs
            again = f", going on after epoch {event.resumed_after}" if event.resumed_after else ""
            report.line(
                f"learning {event.parameters:,} numbers, batches an epoch: "
                f"{event.batches_per_epoch}, epochs at most: {event.epochs}{again}"
            )
        elif isinstance(event, Progress):
            if not estimated and event.batch > event.batches // 10:
                estimated = True
                report.line(f"at most {span(event.seconds_left)} at this pace; Ctrl-C stops early")
            done = event.epoch - 1 + event.batch / event.batches
            text = f"epoch {event.epoch}: {event.nats:.3f} nats, at most {span(event.seconds_left)}"
            report.update(done, epochs, text)
        else:
            is_best = best is None or event.criterion < best
            best = event.criterion if is_best else best
            report.line(_epoch_line(event, is_best))

    return show


def _base_line(event: FromBase) -> str:
    line = f"beginning from the base {event.base}"
    if event.learnt_before == event.files:
        return f"{line}, which has learnt all these files already"
    if event.learnt_before:
        line += f", which has learnt {event.learnt_before} of these {event.files} files already"
    return line


def _epoch_line(epoch: Epoch, is_best: bool) -> str:
    line = f"epoch {epoch.number}: training {epoch.training:.3f}"
    if epoch.held_out is not None:
        line += f", held out {epoch.held_out:.3f}"
    return f"{line} nats a step, {span(epoch.seconds)}" + (" (best)" if is_best else "")
