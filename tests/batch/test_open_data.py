"""The Commission's open mobility data: every generation of its headers, read into facts, with nothing guessed."""

from __future__ import annotations

import csv
import io
import tomllib
from importlib import resources

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from icm_rules.batch.open_data import CARRIED_COLUMNS, FACT_COLUMNS, OpenData, convert, icm_actions
from icm_rules.cli_data import open_data as command
from icm_rules.engine.errors import InputError
from icm_rules.model.terms import Activity, ParticipantKind, StudyCycle
from icm_rules.model.vocabulary import VOCABULARY, mobility_of

HEADER = [
    "Project Reference",
    "Academic Year",
    "Mobility Start Month",
    "Mobility End Month",
    "Mobility Duration",
    "Activity (mob)",
    "Field of Education",
    "Participant Nationality",
    "Education Level",
    "Participant Gender",
    "Participant Profile",
    "Special Needs",
    "Fewer Opportunities",
    "GroupLeader",
    "Participant Age",
    "Sending Country Code",
    "Sending City",
    "Sending Organization",
    "Sending Organisation Erasmus Code",
    "Receiving Country Code",
    "Receiving City",
    "Receiving Organization",
    "Receiving Organisation Erasmus Code",
    "Participants",
]
SNAKE_CASE = [
    "project_reference",
    "academic_year",
    "mobility_start_month",
    "mobility_end_month",
    "mobility_duration",
    "activity_mob",
    "field_of_education",
    "participant_nationality",
    "education_level",
    "participant_gender",
    "participant_profile",
    "special_needs",
    "fewer_opportunities",
    "group_leader",
    "participant_age",
    "sending_country_code",
    "sending_city",
    "sending_organization",
    "sending_organisation_erasmus_code",
    "receiving_country_code",
    "receiving_city",
    "receiving_organization",
    "receiving_organisation_erasmus_code",
    "participants",
]
OF_THE_SPREADSHEETS = {
    "Mobility Start Month": "Mobility Start Year/Month",
    "Mobility Duration": "Mobility Duration - calendar days",
    "Sending Organization": "Sending Organisation",
    "Receiving Organization": "Receiving Organisation",
    "Participants": "Actual Participants*",
}
STUDENT = {
    "Project Reference": "2018-1-EL01-KA107-037079",
    "Academic Year": "2018-2019",
    "Mobility Start Month": "2019-02",
    "Mobility End Month": "2019-06",
    "Mobility Duration": "140",
    "Activity (mob)": "Student mobility for Studies To/From Partner Countries",
    "Field of Education": "Law",
    "Participant Nationality": "KZ",
    "Education Level": "ISCED-6 - First cycle / Bachelor’s or equivalent level (EQF-6)",
    "Participant Gender": "Female",
    "Participant Profile": "Learner",
    "Special Needs": "No",
    "Fewer Opportunities": "Yes",
    "GroupLeader": "No",
    "Participant Age": "21",
    "Sending Country Code": "KZ",
    "Sending City": "Almaty",
    "Sending Organization": "An invented university",
    "Sending Organisation Erasmus Code": "-",
    "Receiving Country Code": "EL",
    "Receiving City": "Αθήνα",
    "Receiving Organization": "Another; invented university",
    "Receiving Organisation Erasmus Code": "G  ATHINE01",
    "Participants": "2",
}
TEACHER = STUDENT | {
    "Project Reference": "2023-1-ES01-KA171-HED-000141833",
    "Activity (mob)": "Staff mobility for Teaching To/From Partner Countries",
    "Education Level": "ISCED-8 - Third cycle / Doctoral or equivalent level (EQF-8)",
    "Participant Profile": "Staff",
    "Sending Country Code": "ES",
    "Receiving Country Code": "UA",
    "Receiving Organisation Erasmus Code": "-",
    "Participants": "1",
}


def written(path, rows, header=None, delimiter=";", encoding="utf-8"):
    """A file of these rows under this header, of which each cell stands where the usual header has it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header or HEADER)
    writer.writerows([row[name] for name in HEADER] for row in rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.fixture
def read(tmp_path):
    """Read rows as a file of open data holds them; gives the rows of the table and the tally."""

    def of(*rows, **options):
        data = OpenData(written(tmp_path / "mobilities.csv", rows), **options)
        table = data.table()
        table.validate(full=True)
        return table.to_pylist(), data.tally

    return of


def one(read, **changed):
    """The one row of a student with some cells changed."""
    rows, _ = read(STUDENT | changed, only_icm=False)
    assert len(rows) == 1
    return rows[0]


EXPECTED = {
    "call": 2018,
    "project_number": "2018-1-EL01-KA107-037079",
    "action": "KA107",
    "is_icm": True,
    "activity": "studies",
    "participant_kind": "student",
    "study_cycle": "first",
    "direction": "incoming",
    "academic_year": "2018/2019",
    "sending_country": "KZ",
    "sending_city": "Almaty",
    "sending_name": "An invented university",
    "sending_erasmus_code": None,
    "receiving_country": "GR",
    "receiving_city": "Αθήνα",
    "receiving_name": "Another; invented university",
    "receiving_erasmus_code": "G  ATHINE01",
    "has_fewer_opportunities": True,
    "mobility_start_month": "2019-02",
    "mobility_end_month": "2019-06",
    "mobility_duration": 140.0,
    "activity_name": STUDENT["Activity (mob)"],
    "education_level": STUDENT["Education Level"],
    "field_of_education": "Law",
    "participant_nationality": "KZ",
    "participant_gender": "Female",
    "participant_age": 21,
    "special_needs": False,
    "group_leader": False,
    "participants": 2,
}


class TestGenerations:
    @pytest.mark.parametrize("delimiter", [";", ",", "\t"])
    @pytest.mark.parametrize(
        "header",
        [HEADER, [OF_THE_SPREADSHEETS.get(name, name) for name in HEADER], SNAKE_CASE],
        ids=["2014-2019", "spreadsheets", "snake case"],
    )
    def test_every_generation_of_the_header_gives_the_same_row(self, tmp_path, header, delimiter):
        data = OpenData(written(tmp_path / "mobilities.csv", [STUDENT], header, delimiter))
        assert data.table().to_pylist() == [EXPECTED]
        assert data.tally.absent_columns == data.tally.ignored_columns == ()

    def test_names_of_countries_are_read_where_the_file_has_names(self, tmp_path):
        renamed = {"Sending Country Code": "Sending Country", "Receiving Country Code": "Receiving Country"}
        header = [renamed.get(name, name) for name in HEADER]
        row = STUDENT | {"Sending Country Code": "Kosovo * UN resolution", "Receiving Country Code": "Greece"}
        found = OpenData(written(tmp_path / "mobilities.csv", [row], header)).table().to_pylist()[0]
        assert (found["sending_country"], found["receiving_country"]) == ("XK", "GR")

    def test_a_mark_of_the_encoding_before_the_header_does_no_harm(self, tmp_path):
        path = written(tmp_path / "mobilities.csv", [STUDENT], encoding="utf-8-sig")
        assert OpenData(path).table().num_rows == 1

    def test_columns_that_nobody_asked_for_are_named_and_left_aside(self, tmp_path):
        path = tmp_path / "mobilities.csv"
        path.write_text("Field,Field,Project Reference\nx,y,2018-1-EL01-KA107-037079\n", encoding="utf-8")
        data = OpenData(path)
        assert data.table()["call"].to_pylist() == [2018]
        assert data.tally.ignored_columns == ("Field", "Field")
        assert "Participants" in data.tally.absent_columns

    def test_facts_are_named_as_facts_and_what_is_carried_is_none(self):
        assert not FACT_COLUMNS.keys() - VOCABULARY.keys()
        assert not CARRIED_COLUMNS.keys() & VOCABULARY.keys()

    def test_every_list_of_codes_says_where_it_is_from_and_how_sure_it_is(self):
        text = (resources.files("icm_rules.batch") / "open_data.toml").read_text(encoding="utf-8")
        codes = tomllib.loads(text)
        lists = [*codes["activities"], *(codes[name] for name in ("missing", "countries", "study_cycles", "profiles"))]
        assert all(line["source"] and line["confidence"] for line in lists)
        assert {line["activity"] for line in codes["activities"]} <= set(Activity)
        assert set(codes["study_cycles"]["levels"].values()) == set(StudyCycle)
        assert set(codes["profiles"]["kinds"].values()) == set(ParticipantKind)


class TestDerived:
    def test_the_actions_are_those_the_guides_name(self):
        assert icm_actions() == {"KA107", "KA171"}

    def test_call_and_action_come_from_the_number_of_the_project(self, read):
        rows, _ = read(STUDENT, TEACHER)
        assert [(row["call"], row["action"]) for row in rows] == [(2018, "KA107"), (2023, "KA171")]

    @pytest.mark.parametrize(
        ("sending", "receiving", "direction"),
        [
            ("KZ", "EL", "incoming"),
            ("EL", "KZ", "outgoing"),
            ("EL", "PL", "between_programme_countries"),
            ("KZ", "UZ", "between_partner_countries"),
            ("-", "EL", None),
        ],
    )
    def test_the_direction_is_the_one_the_rules_tell(self, read, sending, receiving, direction):
        found = one(read, **{"Sending Country Code": sending, "Receiving Country Code": receiving})
        assert found["direction"] == direction

    def test_the_direction_is_seen_from_the_guide_of_the_call(self, read):
        # Serbia takes full part from call 2019 on.
        serbia = {"Sending Country Code": "RS", "Receiving Country Code": "EL"}
        assert one(read, **serbia)["direction"] == "incoming"
        of_2019 = one(read, **serbia, **{"Project Reference": "2019-1-EL01-KA107-037079"})
        assert of_2019["direction"] == "between_programme_countries"

    @pytest.mark.parametrize(
        ("name", "activity"),
        [
            ("Student mobility for Studies To/From Partner Countries", "studies"),
            ("student mobility for  studies to/from partner countries ", "studies"),
            ("Student mobility for traineeships To/From Partner Countries", "traineeship"),
            ("HE-SMS-T", "studies"),
            ("HE-SMP-T", "traineeship"),
            ("Youth Exchanges - Partner Countries", None),
            ("-", None),
        ],
    )
    def test_the_activity_is_told_by_its_name_or_not_at_all(self, read, name, activity):
        assert one(read, **{"Activity (mob)": name})["activity"] == activity

    @pytest.mark.parametrize(
        ("level", "cycle"),
        [
            ("ISCED-5 - Short-cycle within the first cycle / Short-cycle tertiary education (EQF-5)", "short"),
            ("ISCED-7 - Second cycle / Master’s or equivalent level (EQF-7)", "second"),
            ("ISCED-8 - Third cycle / Doctoral or equivalent level (EQF-8)", "third"),
            ("ISCED-9 - Not elsewhere classified", None),
            ("ISCED-66", None),
            ("Bachelor", None),
            ("-", None),
        ],
    )
    def test_the_study_cycle_is_told_by_the_level_or_not_at_all(self, read, level, cycle):
        assert one(read, **{"Education Level": level})["study_cycle"] == cycle

    def test_of_staff_no_study_cycle_is_told_whatever_the_level(self, read):
        rows, _ = read(TEACHER)
        assert (rows[0]["participant_kind"], rows[0]["study_cycle"]) == ("staff", None)

    def test_the_profile_tells_the_kind_where_the_activity_does_not(self, read):
        found = one(read, **{"Activity (mob)": "-"})
        assert (found["participant_kind"], found["study_cycle"]) == ("student", "first")

    def test_where_activity_and_profile_contradict_each_other_neither_is_told(self, read):
        rows, tally = read(STUDENT | {"Participant Profile": "Staff"})
        assert [rows[0][name] for name in ("activity", "participant_kind", "study_cycle")] == [None, None, None]
        assert tally.contradictions == 1
        assert any("of a student and of staff at once" in sentence for sentence in tally.sentences())

    def test_no_day_is_made_up_from_a_month(self, read):
        assert not {"start_date", "end_date"} & one(read).keys()

    def test_every_row_is_a_mobility_that_the_model_reads(self, read):
        rows, _ = read(STUDENT, TEACHER, STUDENT | {"Participant Profile": "Staff"})
        for row in rows:
            assert mobility_of({name: row[name] for name in FACT_COLUMNS}).call == row["call"]


class TestValues:
    @pytest.mark.parametrize("code", ["TP", "AN", "AB", "CP", "-"])
    def test_a_code_that_is_no_country_stays_empty(self, read, code):
        assert one(read, **{"Sending Country Code": code})["sending_country"] is None

    @pytest.mark.parametrize(("code", "country"), [("EL", "GR"), ("UK", "GB"), ("XK", "XK")])
    def test_codes_of_the_union_are_read_by_the_reader_of_the_model(self, read, code, country):
        assert one(read, **{"Receiving Country Code": code})["receiving_country"] == country

    @pytest.mark.parametrize(("text", "age"), [("0", 0), ("120", 120), ("121", None), ("-3", None), ("-", None)])
    def test_an_impossible_age_stays_empty(self, read, text, age):
        assert one(read, **{"Participant Age": text})["participant_age"] == age

    @pytest.mark.parametrize("word", ["-", "Undefined", "?? Unknown", ""])
    def test_the_words_for_missing_are_gaps(self, read, word):
        assert one(read, **{"Participant Gender": word})["participant_gender"] is None

    @pytest.mark.parametrize(
        ("text", "month"), [("2019-12", "2019-12"), ("2019-13", None), ("2019-00", None), ("2019", None)]
    )
    def test_a_month_is_carried_as_year_and_month(self, read, text, month):
        assert one(read, **{"Mobility Start Month": text})["mobility_start_month"] == month

    def test_several_people_in_one_row_stay_one_row_and_are_counted(self, read):
        rows, tally = read(STUDENT, TEACHER)
        assert [row["participants"] for row in rows] == [2, 1]
        assert (tally.kept, tally.people) == (2, 3)

    def test_what_could_not_be_read_is_counted_by_its_column(self, read):
        _, tally = read(STUDENT | {"Sending Country Code": "TP"}, STUDENT, STUDENT | {"Sending Country Code": "-"})
        assert tally.unread == {"sending_country": 1}


INSIDE = STUDENT | {"Project Reference": "2018-1-PL01-KA103-051716"}
SENTENCES = STUDENT | {"Project Reference": "some words"}
MISSING = STUDENT | {"Project Reference": "-"}


class TestOtherActions:
    def test_rows_of_other_actions_are_left_out_and_counted_with_their_reason(self, read):
        rows, tally = read(STUDENT, INSIDE, SENTENCES, MISSING, INSIDE)
        assert len(rows) == 1
        assert (tally.rows, tally.kept) == (5, 1)
        assert tally.left_out == {
            "KA103 is another action": 2,
            "the project reference cannot be read": 1,
            "the project reference is missing": 1,
        }
        assert tally.sentences()[1] == "rows left out: 2, since KA103 is another action"

    def test_they_are_kept_and_marked_if_asked_for(self, read):
        rows, tally = read(STUDENT, INSIDE, SENTENCES, only_icm=False)
        assert [(row["call"], row["is_icm"]) for row in rows] == [(2018, True), (2018, False), (None, False)]
        assert not tally.left_out

    def test_a_second_reading_counts_anew(self, tmp_path):
        data = OpenData(written(tmp_path / "mobilities.csv", [STUDENT, INSIDE]))
        assert data.table().num_rows == data.table().num_rows == data.tally.kept == 1

    def test_a_file_without_a_row_of_this_action_is_an_empty_table(self, tmp_path):
        data = OpenData(written(tmp_path / "mobilities.csv", [INSIDE]))
        assert data.table().schema == data.schema
        assert data.tally.rows == 1


class TestLongFiles:
    def test_a_long_file_is_read_in_several_batches_that_share_their_dictionaries(self, tmp_path):
        data = OpenData(written(tmp_path / "mobilities.csv", [STUDENT, TEACHER] * 10_000))
        batches = list(data.batches())
        assert len(batches) > 1
        assert sum(batch.num_rows for batch in batches) == data.tally.kept == 20_000
        first, *others = (batch.column("sending_country").dictionary for batch in batches)
        assert all(first.equals(other) for other in others)


class TestRefused:
    def test_a_line_that_is_not_utf_8_is_named_with_the_way_out(self, tmp_path):
        plain = STUDENT | {"Receiving City": "x", "Education Level": "ISCED-6"}
        rows = [plain, plain | {"Receiving City": "Málaga"}]
        path = written(tmp_path / "mobilities.csv", rows, encoding="latin-1")
        with pytest.raises(InputError, match=r"mobilities\.csv, line 3: .* encoding utf-8; try the encoding latin-1"):
            OpenData(path).table()
        read = OpenData(path, encoding="latin-1").table()
        assert read["receiving_city"].to_pylist() == ["x", "Málaga"]

    def test_a_header_that_is_not_utf_8_is_line_1(self, tmp_path):
        path = tmp_path / "mobilities.csv"
        path.write_bytes(b"Project Reference;Sending City \xe9\n")
        with pytest.raises(InputError, match="line 1"):
            OpenData(path)

    def test_a_line_of_too_few_columns_is_named(self, tmp_path):
        path = written(tmp_path / "mobilities.csv", [STUDENT])
        path.write_text(path.read_text(encoding="utf-8") + "2018-1-EL01-KA107-037079;2018\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"line 3: there are 2 columns and the header has 24"):
            OpenData(path).table()

    def test_the_file_of_the_programme_before_is_refused_with_the_reason(self, tmp_path):
        path = tmp_path / "students.csv"
        path.write_text("Action;CallYear;ProjectNumber;MobiilityID\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"2013/14 .* had no International Credit Mobility"):
            OpenData(path)

    def test_another_file_is_refused_with_the_column_that_is_not_there(self, tmp_path):
        path = tmp_path / "other.csv"
        path.write_text("Project Referense;Participants\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"no column 'Project Reference' .* did you mean 'Project Referense'\?"):
            OpenData(path)

    def test_a_header_with_one_column_twice_is_refused(self, tmp_path):
        path = tmp_path / "mobilities.csv"
        path.write_text("Project Reference;Participants;Actual Participants*\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"twice, 'Participants' and 'Actual Participants\*'"):
            OpenData(path)

    def test_an_empty_file_is_refused(self, tmp_path):
        path = tmp_path / "mobilities.csv"
        path.write_bytes(b"")
        with pytest.raises(InputError, match="is empty"):
            OpenData(path)

    def test_a_spreadsheet_is_refused_with_the_way_out(self, tmp_path):
        with pytest.raises(InputError, match="save it as CSV"):
            OpenData(tmp_path / "mobilities.xlsx")

    def test_an_encoding_that_does_not_exist_is_refused(self, tmp_path):
        with pytest.raises(InputError, match="no encoding"):
            OpenData(tmp_path / "mobilities.csv", encoding="utf-9")


class TestFiles:
    def test_a_file_is_written_anew_as_facts(self, tmp_path):
        source, target = written(tmp_path / "mobilities.csv", [STUDENT, TEACHER]), tmp_path / "facts.parquet"
        tally = convert(source, target)
        assert tally.kept == 2
        assert pq.read_table(target).to_pylist() == OpenData(source).table().to_pylist()

    def test_the_command_says_what_was_left_out(self, tmp_path):
        source = written(tmp_path / "mobilities.csv", [STUDENT, INSIDE])
        result = CliRunner().invoke(command, [str(source), str(tmp_path / "facts.parquet")])
        assert result.exit_code == 0, result.output
        assert "rows taken: 1 of 2" in result.output
        assert "rows left out: 1, since KA103 is another action" in result.output

    def test_the_command_keeps_all_actions_if_asked(self, tmp_path):
        source, target = (
            written(tmp_path / "mobilities.csv", [STUDENT, INSIDE]),
            tmp_path / "f.parquet",
        )
        result = CliRunner().invoke(command, ["--all-actions", str(source), str(target)])
        assert result.exit_code == 0, result.output
        assert pq.read_table(target).num_rows == 2

    @pytest.mark.parametrize("name", ["none.csv", "broken.csv"])
    def test_the_command_says_in_one_line_what_cannot_be_used_and_leaves_no_file(self, tmp_path, name):
        (tmp_path / "broken.csv").write_text("nothing\n", encoding="utf-8")
        result = CliRunner().invoke(command, [str(tmp_path / name), str(tmp_path / "facts.parquet")])
        assert result.exit_code == 2
        assert name in result.output
        assert not (tmp_path / "facts.parquet").exists()
