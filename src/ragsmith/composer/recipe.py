"""How a piece was composed, as JSON that a MIDI file carries: enough to compose it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

import ragsmith
from ragsmith.bundle.bundle import Bundle
from ragsmith.composer.sampling import Choosing
from ragsmith.composer.wish import Wish
from ragsmith.errors import BadOption, one_line
from ragsmith.originality.search import Limits
from ragsmith.piece import Metre, Piece

__all__ = ["Recipe", "digest_of", "digest_of_piece", "read_recipe", "recipe_for"]

LONGEST, MOST_SEEDS = 1 << 16, 1000
"""Characters, and seeds, of a recipe that is believed."""


class Recipe(NamedTuple):
    """What a piece was made of.

    Attributes:
        ragsmith: the version.
        model: the digest of the bundle.
        seed: the piece's own number.
        seeds: of all that were composed beside it: the last bits of a sum depend on them.
        wish: what was wished; its primer has to be given again.
        primer: the digest of the primer, or of the piece that was varied; "" where there was none.
        vary: the bars that were composed again; None where it is a piece of its own.
    """

    ragsmith: str
    model: str
    seed: int
    seeds: tuple[int, ...]
    wish: Wish
    primer: str
    vary: tuple[int, int] | None = None


def recipe_for(
    bundle: Bundle,
    wish: Wish,
    seeds: Sequence[int],
    seed: int,
    vary: tuple[int, int] | None = None,
) -> str:
    """The recipe of one of the pieces that were composed together; with `vary` the wish's primer is
    the piece of which these bars were composed again."""
    wished: dict[str, Any] = {
        "bars": wish.bars,
        "form": wish.form,
        "key": wish.key,
        "metre": wish.metre,
        "tempo": wish.tempo and float(wish.tempo),
        "choosing": {
            "way": wish.choosing.way,
            "temperature": float(wish.choosing.temperature),
            "min_p": float(wish.choosing.min_p),
        },
        "limits": [float(beats) for beats in wish.limits],
        "rules": wish.rules,
    }
    return json.dumps(
        {
            "ragsmith": ragsmith.__version__,
            "model": digest_of(bundle),
            "seed": seed,
            "seeds": list(seeds),
            "wish": wished,
            "primer": digest_of_piece(wish.primer) if wish.primer else "",
        }
        | ({"vary": list(vary)} if vary else {})
    )


def read_recipe(text: str, name: str) -> Recipe:
    """The inverse of `recipe_for`, without the primer.

    Args:
        text: what a file carries.
        name: of the file, for the error.

    Raises:
        BadOption: there is no recipe in it, or none of this version's.
    """
    if not text:
        rule = "carries no recipe: ragsmith did not compose it, or it was written anew since"
        raise BadOption(name, rule, "give a MIDI file as ragsmith compose wrote it")
    try:
        if len(text) > LONGEST:
            raise ValueError("it is too long")
        data = json.loads(text)
        wished, seed, seeds = data["wish"], int(data["seed"]), tuple(map(int, data["seeds"]))
        if seed not in seeds or len(seeds) > MOST_SEEDS:
            raise ValueError("its seeds cannot be")
        choosing = wished["choosing"]
        wish = Wish(
            bars=int(wished["bars"]),
            form=wished["form"],
            key=wished["key"],
            metre=wished["metre"] and Metre(*map(int, wished["metre"])),
            tempo=wished["tempo"] and float(wished["tempo"]),
            choosing=Choosing(
                str(choosing["way"]), float(choosing["temperature"]), float(choosing["min_p"])
            ),
            limits=Limits(*map(float, wished["limits"])),
            rules=bool(wished["rules"]),
        )
        version = one_line(str(data["ragsmith"]))
        first, last = data.get("vary", (0, 0))
        vary = (int(first), int(last)) if first else None
        return Recipe(version, str(data["model"]), seed, seeds, wish, str(data["primer"]), vary)
    except (
        LookupError,
        TypeError,
        ArithmeticError,
        ValueError,
        AttributeError,
        RecursionError,
    ) as e:
        rule = f"carries a recipe that cannot be read ({e})"
        raise BadOption(name, rule, "give a MIDI file as ragsmith compose wrote it") from e


def digest_of_piece(piece: Piece) -> str:
    """A digest of the notes and bars of a piece."""
    return hashlib.sha256(repr((piece.notes, piece.bars)).encode()).hexdigest()


def digest_of(bundle: Bundle) -> str:
    """A digest of what a bundle composes by: the model's numbers, and what its card knows of the
    corpus; the same wherever its file lies, however long it took to learn, and whatever settings
    a later version knows besides."""
    config, card = _chosen(bundle.model.config), _chosen(replace(bundle.card, seconds=0.0))
    told = json.dumps([bundle.model.name, config, card], sort_keys=True)
    found = hashlib.sha256(told.encode())
    for name, array in sorted(bundle.model.arrays().items()):
        found.update(name.encode())
        found.update(array.tobytes())
    return found.hexdigest()


def _chosen(data: Any) -> dict[str, Any]:
    """What a dataclass says that its defaults do not."""
    blank = asdict(type(data)())
    return {name: value for name, value in asdict(data).items() if value != blank[name]}
