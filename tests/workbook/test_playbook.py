import pytest

from csm_xl.language import LANGUAGES
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.playbook_rows import PLAYS, first_playbook


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("business", words.BUSINESSES.keys)
def test_every_kind_of_business_has_something_to_do_in_every_situation(business, lang):
    rows = first_playbook(business, lang)
    assert all(row["action"].strip() for row in rows)
    assert rows[-1]["stage"] == rows[-1]["risk"] == rows[-1]["reason"] == ""
    columns = {column.key for column in layout.table("playbook").columns}
    assert all(set(row) <= columns for row in rows)
    for row in rows:
        assert row["stage"] in ["", *words.STAGES.within(lang)]
        assert row["risk"] in ["", *words.ACTION_RISKS.within(lang)]


def test_no_row_is_hidden_behind_a_more_general_one():
    for later, play in enumerate(PLAYS):
        for earlier in PLAYS[:later]:
            covers = (
                earlier.stage in ("", play.stage)
                and (earlier.risk == play.risk or (not earlier.risk and play.risk != "left"))
                and (earlier.reason is None or earlier.reason == play.reason)
            )
            assert not covers, (earlier, play)


def test_an_unknown_kind_of_business_is_refused():
    with pytest.raises(ValueError, match="bakery"):
        first_playbook("bakery", "en")
