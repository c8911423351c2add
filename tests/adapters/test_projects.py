"""Projects as plain data, as a file and as a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from icm_rules import InputError, project_from_dict, read_project

SHARED = {
    "call": 2019,
    "number": "2019-1-SI01-KA107-000001",
    "grant_agreement_signed_on": "2019-06-20",
    "institutions": {"lj": {"name": "Ljubljana", "country": "SI"}, "alm": {"name": "Almaty", "country": "KZ"}},
    "agreements": {"lj-alm": {"parties": ["lj", "alm"], "first_academic_year": "2019/2020"}},
}
STAY = {"sending": "alm", "receiving": "lj", "agreement": "lj-alm", "person": "p-1", "counts_without_grant": True}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project in a folder, with two files of mobilities."""
    (tmp_path / "project.json").write_text(json.dumps({**SHARED, "mobilities": [STAY]}), "utf-8")
    inner = tmp_path / "mobilities" / "2020"
    inner.mkdir(parents=True)
    (inner / "one.json").write_text(json.dumps({**STAY, "reference": "one"}), "utf-8")
    (inner / "two.json").write_text(json.dumps([{"reference": "two"}, {"reference": "three"}]), "utf-8")
    return tmp_path


class TestPlainData:
    def test_names_stand_for_what_they_share(self):
        (item,) = project_from_dict({**SHARED, "mobilities": [STAY]}).mobilities
        assert (item.mobility.sending.country, item.mobility.receiving.name) == ("KZ", "Ljubljana")
        assert [party.country for party in item.mobility.agreement.parties] == ["SI", "KZ"]
        assert (item.person, item.agreement_name, item.counts_without_grant) == ("p-1", "lj-alm", True)

    def test_a_mobility_takes_call_number_and_signature_of_its_project(self):
        (item,) = project_from_dict({**SHARED, "mobilities": [{}]}).mobilities
        assert str(item.mobility.project_number) == SHARED["number"]
        assert str(item.mobility.grant_agreement_signed_on) == "2019-06-20"

    def test_the_call_may_be_that_of_the_number(self):
        assert project_from_dict({"number": SHARED["number"]}).call == 2019

    def test_other_stays_belong_to_other_projects_and_calls(self):
        made = project_from_dict({**SHARED, "other_stays": [{"call": 2018, "person": "p-1"}]})
        assert (made.other_stays[0].mobility.call, made.other_stays[0].mobility.project_number) == (2018, None)

    @pytest.mark.parametrize(
        ("changes", "field", "said"),
        [
            ({"nummer": 1}, "nummer", "did you mean 'number'"),
            ({"mobilities": {}}, "mobilities", "no list of mobilities"),
            ({"mobilities": [3]}, "mobilities[0]", "is no mobility"),
            ({"mobilities": [{}, {"sending": "almm"}]}, "mobilities[1].sending", "did you mean 'alm'"),
            ({"mobilities": [{"agreement": "x"}]}, "mobilities[0].agreement", "write it under agreements"),
            ({"mobilities": [{"start_date": "soon"}]}, "mobilities[0].start_date", "'soon' is no date"),
            ({"mobilities": [{"call": 2018, "project_number": None}]}, None, "of call 2018"),
            ({"applicant": {"cuntry": "SI"}}, "applicant.cuntry", "did you mean 'country'"),
            ({"applicant": "graz"}, "applicant", "there is no institution 'graz'"),
            ({"envelopes": [{"granted_eur": 3}]}, "envelopes[0].region", "neither a region nor a country"),
            ({"envelopes": [{"region": 2}, {"region": "x"}]}, "envelopes[1].region", "'x' is no number"),
            ({"envelopes": [{"region": 2}, {"regon": 3}]}, "envelopes[1].regon", "did you mean 'region'"),
            ({"envelopes": [{"region": 2}, 3]}, "envelopes[1]", "3 is no Envelope"),
            ({"envelopes": 3}, "envelopes", "3 is no list"),
            ({"number": "x"}, "number", "'x' is no project number"),
            ({"call": None, "number": "x"}, "number", "'x' is no project number"),
            ({"institutions": 3}, "institutions", "no mapping"),
            ({"months": 999}, "months", "no length of a project"),
            ({"call": None, "number": None}, "call", "the call is not told"),
        ],
    )
    def test_what_cannot_be_read_is_refused_with_its_place(self, changes, field, said):
        with pytest.raises(InputError, match=said) as caught:
            project_from_dict({**SHARED, **changes})
        if field is not None:
            assert caught.value.field == field

    def test_what_is_no_object_is_refused(self):
        with pytest.raises(InputError, match="is no project"):
            project_from_dict(3)


class TestFiles:
    def test_a_folder_holds_the_project_and_all_files_of_mobilities(self, folder):
        read = read_project(folder)
        assert read.refused == ()
        assert [item.mobility.reference for item in read.project.mobilities] == [None, "one", "two", "three"]

    def test_a_file_alone_is_a_project_without_the_folder_beside_it(self, folder):
        assert len(read_project(folder / "project.json").project.mobilities) == 1

    def test_a_mobility_that_cannot_be_read_is_refused_by_itself(self, folder):
        (folder / "mobilities" / "bad.json").write_text('[{"start_date": "soon"}, {"call": 2018}, {}]', "utf-8")
        (folder / "mobilities" / "worse.json").write_text("[{", "utf-8")
        read = read_project(folder)
        assert len(read.project.mobilities) == 5
        told = [(Path(each.name).name, each.position, each.field) for each in read.refused]
        assert told == [("bad.json", 1, "start_date"), ("bad.json", 2, "call"), ("worse.json", None, None)]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[]", "a list stands where a project belongs"),
            ("{}", "the call is not told"),
            ("5", "5 is no project"),
            ("[1]", "a list stands where a project belongs"),
            ('{"call": 2019, "call": 2018}', "more than once"),
            ('{"call": 2019, "start_date": "soon"}', "'soon' is no date"),
            ('{"call": 2019, "mobilities": 3}', "no list of mobilities"),
        ],
    )
    def test_a_project_that_cannot_be_read_is_refused_whole_or_in_part(self, tmp_path, text, said):
        file = tmp_path / "p.json"
        file.write_text(text, "utf-8")
        assert any(said in each.message for each in read_project(file).refused)
