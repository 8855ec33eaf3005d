"""What a bundle says and keeps of the corpus that it was learnt from."""

from collections import Counter
from dataclasses import asdict, replace

import pytest

from ragsmith.bundle.bundle import load_bundle
from ragsmith.bundle.card import card_from_json
from ragsmith.composer import Wish, compose
from ragsmith.corpus import folder, read_corpus, split_works
from ragsmith.corpus.cache_files import load_piece
from ragsmith.measure.habits import habits_of
from ragsmith.measure.strain_plans import plans_of
from ragsmith.models.stride.batches import BatchSampler
from ragsmith.models.stride.config import StrideConfig
from ragsmith.originality import compact
from ragsmith.originality.check import check
from ragsmith.originality.corpora import CorpusIndex, as_base, together
from ragsmith.originality.search import as_played
from ragsmith.piece import Key, Metre, Section, Tempo, regular_bars
from ragsmith.training import Epoch, Learnt, Plan, learn
from ragsmith.training.profiling import bundle_of
from support.fakes import a_rag

STRAINS = (Section("A", 0, 64), Section("B", 64, 128))
FORMED = {"keys": (Key(0, -3),), "tempos": (Tempo(0, 500_000),), "sections": STRAINS}
RAGS = [replace(a_rag(seed, bars=16), **FORMED) for seed in range(6)]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder of rags with a licence beside it, and the model that was learnt from them."""
    place = tmp_path_factory.mktemp("describe")
    (place / "rags").mkdir()
    for number, rag in enumerate(RAGS):
        rag.save(place / "rags" / f"{number}.mid")
    (place / "LICENSE").write_text("Free for all.\n")
    return place


@pytest.fixture(scope="module")
def corpus(place):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAGSMITH_CACHE", str(place / "cache"))
        return read_corpus(place / "rags")


@pytest.fixture(scope="module")
def bundle(place, corpus):
    out = place / "m.ragsmith"
    learnt = learn(corpus, "markov", plan=Plan(epochs=1, seed=2), held_out=0.3, out=out)
    again = load_bundle(out)
    assert (again.card, again.profile) == (learnt.card, learnt.profile)
    return learnt


def test_the_card_says_what_is_commonest(bundle):
    card, profile = bundle.card, bundle.profile
    assert (profile.metre, card.metres) == (Metre(2, 4), {"2/4": sum(card.keys.values())})
    assert (profile.key, set(card.keys)) == (Key(0, -3), {"Eb major"})
    assert (profile.tempo, profile.strain) == (500_000, 8)
    assert card.licence == "Free for all."
    assert (card.seed, card.epochs) == (2, 1)


def test_every_file_is_named_with_its_role_and_indexed_under_its_number(bundle, corpus):
    roles = [source.role for source in bundle.card.sources]
    assert {"train", "held out"} <= set(roles)
    assert {source.path for source in bundle.card.sources} == {f"{n}.mid" for n in range(6)}
    digests = {entry.path: entry.digest for entry in corpus.usable}
    assert all(source.sha256 == digests[source.path] for source in bundle.card.sources)
    for entry, piece in zip(corpus.usable, corpus.sequence(corpus.usable), strict=True):
        found = check(piece, bundle)
        assert found.longest_texture.file == entry.path
        assert found.longest_texture.beats > 30


@pytest.mark.parametrize("public", [False, True])
def test_a_model_knows_the_music_of_its_base_too(bundle, corpus, public):
    before = [replace(rag, title="") for rag in (a_rag(8), a_rag(9))]
    index = CorpusIndex(compact.passages_of(map(as_played, before), 4), ("8.mid", "9.mid"))
    epoch = Epoch(1, 3.0, None, 1.0)
    learnt = Learnt(bundle.model, epoch, (epoch,), None, "epochs")
    on_base = bundle_of(corpus, split_works(corpus, 0), learnt, 0, public=public)
    on_base = on_base._replace(passages=together(on_base.passages, as_base([index])))
    own, of_base = on_base.passages
    assert isinstance(own.passages, compact.CompactPassages) == public
    assert (own.of, len(own.files), of_base.of, of_base.files) == (
        "corpus", len(RAGS), "base", index.files
    )  # fmt: skip
    for piece, file, of in ((RAGS[2], "2.mid", "corpus"), (before[1], "9.mid", "base")):
        copied = check(piece, on_base)
        assert (copied.longest_texture.file, copied.longest_texture.of) == (file, of)
        assert copied.files == len(RAGS) + 2


def test_figures_are_those_of_what_was_learnt(bundle, corpus):
    learnt = [s.path for s in bundle.card.sources if s.role == "train"]
    entries = [entry for entry in corpus.usable if entry.path in learnt]
    profile = bundle.profile
    assert profile.habits == habits_of(corpus.sequence(entries))
    assert profile.portrait.pieces == len(learnt)
    assert profile.strain_plans == plans_of(corpus.sequence(entries))
    assert profile.likelihood.low <= bundle.card.nats_per_step <= profile.likelihood.high


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "settings"), [("markov", {}), ("multihot", {"hidden": 4, "sequence_length": 4})]
)
def test_a_training_piece_is_loaded_three_times_at_most(
    corpus, monkeypatch, tmp_path, model, settings
):
    loads = Counter()

    def counted(place):
        loads[place] += 1
        return load_piece(place)

    monkeypatch.setattr(folder, "load_piece", counted)
    out = tmp_path / "m.ragsmith"
    bundle = learn(corpus, model, settings=settings, plan=Plan(epochs=1), held_out=0.3, out=out)
    trained = {source.sha256 for source in bundle.card.sources if source.role == "train"}
    counts = [
        loads[corpus.cache.place(e.digest, e.path)] for e in corpus.usable if e.digest in trained
    ]
    assert len(counts) == len(trained)
    assert 1 <= min(counts) <= max(counts) <= 3


def test_stride_draws_from_pieces_that_it_loads_twice():
    loads = Counter()

    class Loaded(list):
        def __getitem__(self, number):
            loads[number] += 1
            return super().__getitem__(number)

        def __iter__(self):
            return (self[number] for number in range(len(self)))

    sampler = BatchSampler(StrideConfig(sequence_length=16), Loaded(RAGS), 4)
    for turn in range(6):
        sampler.sample(0, turn)
    assert 1 < max(loads.values()) <= 2


def test_entries_and_sequences_know_their_length(corpus):
    pieces = corpus.sequence(corpus.usable)
    assert [entry.steps for entry in corpus.usable] == [piece.steps for piece in pieces]
    assert pieces.steps == sum(piece.steps for piece in pieces)


def test_with_nothing_held_out_nothing_is_said_of_it(corpus):
    bundle = learn(corpus, "markov", plan=Plan(epochs=1), held_out=0)
    assert (bundle.profile.likelihood, bundle.card.nats_per_step) == (None, None)
    assert {source.role for source in bundle.card.sources} == {"train"}


def test_composing_takes_what_the_profile_says(bundle):
    piece = compose(bundle, Wish(bars=4, rules=False), seed=1)
    assert piece.keys == (Key(0, -3),)
    assert piece.tempos == (Tempo(0, 500_000),)
    assert piece.bars == regular_bars(32, [(0, Metre(2, 4))])


def test_a_card_comes_back_after_json(bundle):
    assert card_from_json(asdict(bundle.card)) == bundle.card
