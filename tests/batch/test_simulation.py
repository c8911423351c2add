"""Simulated mobilities: the same from the same seed, made block by block, of facts that the model can read."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from icm_rules.batch import simulation as module
from icm_rules.batch.simulation import BLOCK_ROWS, COLUMNS, Simulation, described, flows, simulate
from icm_rules.cli_data import simulate as command
from icm_rules.engine.errors import GuideError, InputError
from icm_rules.evaluate import evaluation
from icm_rules.guide import calls, guide
from icm_rules.model.terms import Activity
from icm_rules.model.vocabulary import VOCABULARY, mobility_of

PINNED = (2019, 2024)
"""Two calls, so that the Guide of a new call moves no bytes here."""


def digest(batch: pa.RecordBatch) -> str:
    """The sha256 of the bytes of every column: which rows are told, the values, the dictionaries."""
    found = hashlib.sha256()
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        found.update(name.encode())
        arrays = [column]
        if pa.types.is_dictionary(column.type):
            found.update("\n".join(column.dictionary.to_pylist()).encode())
            arrays = [column.indices]
        for array in arrays:
            found.update(bytes(pc.is_valid(array).to_pylist()))
            whole = pa.concat_arrays([array])  # a copy from the first row on, whatever the slice
            values = whole.buffers()[1]
            width = whole.type.bit_width
            size = (len(whole) * width + 7) // 8
            found.update(values[:size].to_pybytes())
    return found.hexdigest()


def rows_of(table: pa.Table) -> list[dict[str, object]]:
    return table.to_pylist()


@pytest.fixture(scope="module")
def some() -> list[dict[str, object]]:
    """Rows of all calls in which every fact that concerns them is told."""
    return rows_of(Simulation(seed=7, missing=0).table(400))


class TestSameSeed:
    def test_the_first_rows_of_a_seed_are_these_bytes_on_every_machine(self):
        # Whoever changes a distribution, a Guide of these two calls or a column moves these bytes, and says so in the
        # changelog; nothing else may.
        batch = Simulation(seed=1, calls=PINNED, missing="0.02").block(0).slice(0, 1000)
        assert digest(batch) == "87f1b8df4222f5ef379485e49039197981a09c9047d5b82fedae61ce4648ddfc"

    def test_another_process_with_another_hash_seed_makes_the_same_bytes(self):
        code = (
            "from tests.batch.test_simulation import *;"
            "print(digest(Simulation(seed=1, calls=PINNED, missing='0.02').block(1).slice(0, 500)))"
        )
        environment = os.environ | {"PYTHONHASHSEED": "17"}
        told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
        here = Simulation(seed=1, calls=PINNED, missing="0.02").block(1).slice(0, 500)
        assert told.stdout.strip() == digest(here)

    def test_another_seed_gives_other_rows(self):
        first, second = (Simulation(seed=seed, calls=PINNED).block(0) for seed in (1, 2))
        assert digest(first) != digest(second)

    def test_two_blocks_of_one_seed_differ(self):
        simulation = Simulation(seed=1, calls=PINNED)
        assert digest(simulation.block(0)) != digest(simulation.block(1))

    @pytest.mark.parametrize("rows", [1, 10, BLOCK_ROWS - 1, BLOCK_ROWS, BLOCK_ROWS + 1])
    def test_the_first_rows_are_the_same_however_long_the_table(self, rows):
        simulation = Simulation(seed=3, calls=PINNED)
        longer = simulation.table(BLOCK_ROWS + 5)
        assert simulation.table(rows).equals(longer.slice(0, rows))

    def test_a_table_is_its_blocks_one_after_the_other_and_the_last_is_cut(self):
        simulation = Simulation(seed=3, calls=2018)
        batches = list(simulation.batches(2 * BLOCK_ROWS + 7))
        assert [batch.num_rows for batch in batches] == [BLOCK_ROWS, BLOCK_ROWS, 7]
        assert batches[1].equals(simulation.block(1))

    def test_what_is_missing_moves_no_other_value(self):
        whole = Simulation(seed=5, calls=PINNED, missing=0).block(0)
        holey = Simulation(seed=5, calls=PINNED, missing="0.3").block(0)
        for name in ("start_date", "distance_km", "activity"):
            told = holey.column(name).is_valid()
            assert holey.column(name).filter(told).equals(whole.column(name).filter(told))

    def test_no_rows_are_an_empty_table_with_its_columns(self):
        assert Simulation().table(0).schema == Simulation().schema

    def test_every_batch_has_the_same_dictionaries(self):
        first, second = (Simulation(seed=1).block(number) for number in (0, 1))
        for name in COLUMNS:
            if pa.types.is_dictionary(COLUMNS[name]):
                assert first.column(name).dictionary.equals(second.column(name).dictionary)


class TestFacts:
    def test_every_column_is_named_as_a_given_fact(self):
        assert not COLUMNS.keys() - VOCABULARY.keys()

    def test_every_row_is_a_mobility_that_the_model_reads(self, some):
        for row in some:
            assert mobility_of(row).call == row["call"]

    def test_rows_with_gaps_are_mobilities_too(self):
        for row in rows_of(Simulation(seed=8, missing="0.4").table(200)):
            assert mobility_of(row).call == row["call"]

    def test_the_table_is_sound_by_the_rules_of_arrow(self):
        Simulation(seed=2, missing="0.1").table(1000).validate(full=True)

    def test_nothing_is_left_out_of_the_call(self):
        assert Simulation(missing=1).block(0).column("call").null_count == 0

    def test_everything_else_can_be_left_out(self):
        block = Simulation(missing=1).block(0)
        assert all(block.column(name).null_count == BLOCK_ROWS for name in COLUMNS if name != "call")

    def test_the_share_of_gaps_is_the_one_asked_for(self):
        gaps = Simulation(seed=4, missing="0.05").block(0).column("distance_km").null_count
        assert abs(gaps / BLOCK_ROWS - 0.05) < 0.01

    def test_without_gaps_every_stay_has_its_dates(self):
        block = Simulation(seed=4, missing=0).block(0)
        assert block.column("start_date").null_count == block.column("end_date").null_count == 0


class TestMix:
    def test_every_activity_and_both_directions_occur(self, some):
        table = Simulation(seed=1, missing=0).table(20_000)
        assert set(table["activity"].unique().to_pylist()) == {str(item) for item in Activity}
        directions = {str(evaluation(mobility_of(row)).value("direction")) for row in some}
        assert {"incoming", "outgoing"} <= directions

    def test_about_two_thirds_are_incoming(self, some):
        found = Counter(str(evaluation(mobility_of(row)).value("direction")) for row in some)
        assert 0.55 < found["incoming"] / (found["incoming"] + found["outgoing"]) < 0.77

    def test_some_rows_are_refused_some_fully_met_and_some_open(self, some):
        overall = {evaluation(mobility_of(row)).overall.value for row in some}
        assert overall == {"not met", "all met", "open"}

    def test_all_calls_occur_where_none_is_told(self, some):
        assert {row["call"] for row in some} == set(calls())

    def test_only_the_calls_told_occur(self):
        assert set(Simulation(calls=PINNED).table(100)["call"].to_pylist()) == set(PINNED)

    def test_a_stay_begins_from_august_of_its_call_on(self, some):
        for row in some:
            assert date(row["call"], 8, 1) <= row["start_date"] < date(row["call"] + 3, 1, 1)

    def test_countries_are_those_of_the_guide_of_the_call(self):
        for call in (2015, 2024):
            of = guide(call)
            known = of["programme_countries"].countries.union(*(line.countries for line in of["regions"].lines))
            table = Simulation(calls=call, missing=0).table(5_000)
            assert set(table["sending_country"].unique().to_pylist()) <= known

    def test_activities_that_a_guide_does_not_open_are_rare(self):
        table = Simulation(calls=2016, missing=0).table(20_000)
        found = Counter(table["activity"].to_pylist())
        closed = found["traineeship"] + found["studies_and_traineeship"]
        assert 0 < closed < 400

    def test_blended_stays_are_in_calls_whose_guide_knows_them(self):
        assert Simulation(calls=2019, missing=0).table(5_000)["stay_format"].unique().to_pylist() == ["long_term"]
        assert len(Simulation(calls=2024, missing=0).table(5_000)["stay_format"].unique()) == 3

    def test_facts_of_students_are_told_of_students_alone(self, some):
        for row in some:
            assert (row["study_cycle"] is None) == (row["participant_kind"] == "staff")
            assert row["participant_kind"] == "staff" or row["is_employed_by_sending"] is None


class TestDistributions:
    def test_every_distribution_says_where_it_is_from_and_how_sure_it_is(self):
        for table in flows().values():
            assert table["source"]
            assert table["note"]
            assumed = table["source"] == "assumed"
            assert (table["confidence"] == "assumed: shape only") is assumed

    def test_a_region_that_no_guide_has_is_refused(self, monkeypatch):
        text = (module.resources.files("icm_rules.batch") / "flows.toml").read_text(encoding="utf-8")
        wrong = text.replace('"Central Asia"                  = 6', '"Central Azia" = 6')
        monkeypatch.setattr(module.tomllib, "loads", lambda _, load=module.tomllib.loads: load(wrong))
        with pytest.raises(GuideError, match=r"flows\.toml names 'Central Azia' under partner_regions\.weights"):
            flows.__wrapped__()

    def test_a_distribution_without_source_is_refused(self, monkeypatch):
        monkeypatch.setattr(module.tomllib, "loads", lambda _: {"year": {"weights": [1]}})
        with pytest.raises(GuideError, match=r"flows\.toml says no source of year"):
            flows.__wrapped__()

    def test_they_can_be_read_in_words(self):
        assert "direction (https://erasmusplus.kg/en/results-of-icm-2022/; single-source)" in described()

    def test_ten_thousand_places_are_shared_out_by_weight_and_none_is_lost(self):
        places = module.spread([1, 1, 1])
        assert Counter(places.tolist()) == {0: 3334, 1: 3333, 2: 3333}


class TestRefused:
    @pytest.mark.parametrize("seed", [-1, 2**64, 1.5, "one"])
    def test_a_seed_is_a_whole_number_of_64_bits(self, seed):
        with pytest.raises(InputError):
            Simulation(seed=seed)

    @pytest.mark.parametrize("seed", [0, 2**64 - 1])
    def test_the_least_and_the_greatest_seed_work(self, seed):
        assert Simulation(seed=seed, calls=2019).table(1).num_rows == 1

    @pytest.mark.parametrize("missing", ["-0.1", "1.1", "some"])
    def test_a_share_lies_between_none_and_all(self, missing):
        with pytest.raises(InputError):
            Simulation(missing=missing)

    def test_a_call_that_never_was_is_refused(self):
        with pytest.raises(GuideError, match="2021"):
            Simulation(calls=2021)

    def test_no_call_at_all_is_refused(self):
        with pytest.raises(InputError, match="no call is told"):
            Simulation(calls=())

    def test_rows_are_a_whole_number(self):
        with pytest.raises(InputError):
            list(Simulation().batches(-1))


class TestFiles:
    def test_a_file_holds_the_rows_of_the_simulation(self, tmp_path):
        path = tmp_path / "stays.parquet"
        assert simulate(path, 50, seed=9, calls=PINNED, missing=Decimal("0.1")) == 50
        read = pq.read_table(path).to_pylist()
        assert read == rows_of(Simulation(seed=9, calls=PINNED, missing="0.1").table(50))

    def test_the_command_writes_a_file_and_says_how_many(self, tmp_path):
        path = tmp_path / "stays.parquet"
        result = CliRunner().invoke(command, ["--rows", "1_000", "--seed", "3", "--call", "2019", str(path)])
        assert result.exit_code == 0, result.output
        assert re.search(r"stays\.parquet: 1000 simulated mobilities", result.output)
        assert pq.read_table(path).num_rows == 1000

    def test_the_command_says_in_one_line_what_cannot_be_used(self, tmp_path):
        path = tmp_path / "stays.parquet"
        result = CliRunner().invoke(command, ["--rows", "1", "--call", "2021", str(path)])
        assert result.exit_code == 2
        assert "2021" in result.output
        assert not path.exists()
