"""How a piece was composed, as JSON that a MIDI file carries: enough to compose it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any, NamedTuple

import ragsmith
from ragsmith.bundle.profile import Profile
from ragsmith.composer.sampling import Sampling
from ragsmith.composer.wish import Wish
from ragsmith.errors import BadOption, one_line
from ragsmith.keys import key_named
from ragsmith.models.base import Model
from ragsmith.models.mixture.memory import network_of
from ragsmith.options import HARMONY
from ragsmith.originality.search import Limits
from ragsmith.piece import Hand, Metre, Piece

__all__ = ["Recipe", "digest_of", "digest_of_piece", "read_recipe", "recipe_for"]

LONGEST, MOST_SEEDS, MOST_PARTICLES, MOST_PIECES = 1 << 16, 1000, 1000, 10**9
"""Characters, seeds, particles and pieces in a key of a recipe that is believed."""


class Recipe(NamedTuple):
    """What a piece was made of.

    Attributes:
        ragsmith: the version.
        model: the digest of the model and its profile.
        seed: the piece's own number.
        seeds: of all that were composed beside it: the last bits of a sum depend on them.
        wish: what was wished; its primer has to be given again.
        primer: the digest of the primer, or of the piece that was varied; "" where there was none.
        vary: the bars that were composed again; None where it is a piece of its own.
        hand: the only hand that was composed there; None for both.
        particles: ways of each candidate that were followed side by side to that end.
        beats: the only beats of each bar that were composed; None for all.
        keys: how many pieces of the corpus have each of those that its key was drawn from; empty
            where it was not drawn: without a wish for one it is then the profile's.
        variant: what was asked of a variant of the primer, by name
            (`ragsmith.composer.variants.Change`); empty where it is none.
    """

    ragsmith: str
    model: str
    seed: int
    seeds: tuple[int, ...]
    wish: Wish
    primer: str
    vary: tuple[int, int] | None = None
    hand: Hand | None = None
    particles: int = 1
    variant: Mapping[str, Any] = MappingProxyType({})
    beats: tuple[int, ...] | None = None
    keys: Mapping[str, int] = MappingProxyType({})


def recipe_for(
    model: Model,
    profile: Profile,
    wish: Wish,
    seeds: Sequence[int],
    seed: int,
    vary: tuple[int, int] | None = None,
    hand: Hand | None = None,
    particles: int = 1,
    progression: str = "",
    variant: Mapping[str, Any] | None = None,
    beats: Sequence[int] | None = None,
    keys: Mapping[str, int] | None = None,
) -> str:
    """The recipe of one of the pieces that were composed together; with `vary` the wish's primer is
    the piece of which these bars were composed again, in both hands or in `hand`. The `progression`
    that a piece was composed under is kept for whoever reads it: the wish and the seed say it
    again. Of a variant the wish's primer is the original. The `keys` are those of the corpus that
    the piece's own was drawn from, by their numbers of pieces."""
    wished: dict[str, Any] = {
        "bars": wish.bars,
        "form": wish.form,
        "key": wish.key,
        "metre": wish.metre,
        "tempo": wish.tempo and float(wish.tempo),
        "choosing": {
            "way": wish.sampling.way,
            "temperature": float(wish.sampling.temperature),
            "min_p": float(wish.sampling.min_p),
            "tries": wish.sampling.tries,
        },
        "limits": [float(beats) for beats in wish.limits],
        "rules": wish.rules,
    }
    if keys:
        wished["keys"] = dict(keys)
    if wish.chords is not None:
        wished["chords"] = wish.chords
    if wish.dials is not None:
        wished["dials"] = wish.dials
    if wish.mix is not None:
        wished["mix"] = wish.mix
    if wish.difficulty is not None:
        wished["difficulty"] = wish.difficulty
    return json.dumps(
        {
            "ragsmith": ragsmith.__version__,
            "model": digest_of(model, profile, wish.sampling.tries),
            "seed": seed,
            "seeds": list(seeds),
            "wish": wished,
            "primer": digest_of_piece(wish.primer) if wish.primer else "",
        }
        | ({"vary": list(vary)} if vary else {})
        | ({"hand": hand.name.lower()} if hand else {})
        | ({"beats": list(beats)} if beats else {})
        | ({"particles": particles} if vary and particles > 1 else {})
        | ({"progression": progression} if progression else {})
        | ({"variant": dict(variant)} if variant else {})
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
            sampling=Sampling(
                str(choosing["way"]),
                float(choosing["temperature"]),
                float(choosing["min_p"]),
                int(choosing.get("tries", 1)),  # older recipes name none
            ),
            limits=Limits(*map(float, wished["limits"])),
            rules=bool(wished["rules"]),
            chords=wished.get("chords"),
            dials=wished.get("dials"),
            difficulty=wished.get("difficulty"),
            mix=wished.get("mix"),
        )
        version = one_line(str(data["ragsmith"]))
        first, last = data.get("vary", (0, 0))
        vary = (int(first), int(last)) if first else None
        hand = Hand[data["hand"].upper()] if "hand" in data else None
        particles = int(data.get("particles", 1))
        if not 1 <= particles <= MOST_PARTICLES:
            raise ValueError("it follows too many ways")
        model, primer = str(data["model"]), str(data["primer"])
        variant = _read_variant(data.get("variant", {}))
        beats = tuple(map(int, data["beats"])) if "beats" in data else None
        made = (version, model, seed, seeds, wish, primer, vary, hand, particles)
        return Recipe(*made, variant, beats, _read_keys(wished.get("keys", {})))
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


def _read_variant(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a recipe asks of a variant, each value of its kind."""
    if not data:
        return {}
    bars, hand = data["bars"], data["hand"]
    return {
        "distance": float(data["distance"]),
        "bars": None if bars is None else (int(bars[0]), int(bars[1])),
        "hand": None if hand is None else str(hand),
        "harmony": HARMONY.check(data["harmony"]),
    }


def _read_keys(data: Mapping[str, Any]) -> dict[str, int]:
    """The keys that a recipe's was drawn from; older recipes name none."""
    keys = {name: int(count) for name, count in data.items()}
    for name, count in keys.items():
        key_named(name)
        if not 1 <= count <= MOST_PIECES:
            raise ValueError(f"no corpus has {count} pieces in {name}")
    return keys


def digest_of_piece(piece: Piece) -> str:
    """A digest of the notes and bars of a piece."""
    return hashlib.sha256(repr((piece.notes, piece.bars)).encode()).hexdigest()


def digest_of(model: Model, profile: Profile, tries: int = 1) -> str:
    """A digest of all that a piece is composed by: the same wherever the file of the model lies,
    whatever its card says, whether it remembers, and whatever settings a later version knows
    besides; a bar that is tried once has no critic, and what ranks pieces composes none."""
    model = network_of(model)
    profile = replace(profile, critic=profile.critic if tries > 1 else None, piece_critic=None)
    config, blank = asdict(model.config), asdict(type(model.config)())
    values, plain = profile.to_json(), Profile().to_json()
    chosen = [_differing(config, blank), _differing(values, plain)]
    digest = hashlib.sha256(json.dumps([model.name, *chosen], sort_keys=True).encode())
    for name, array in sorted(model.arrays().items()):
        digest.update(name.encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _differing(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != defaults.get(name)}
