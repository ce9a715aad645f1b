"""`--template`: a report in a form of one's own."""

import json
import re

import pytest
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES, Names
from tests.report.test_hostile import HOSTILE, UNSEEN

from diagnose.errors import XdiagError
from diagnose.report import Format, render
from diagnose.report.template import filled, own_template

DENIED = EVERY["denied-by-scp"](NAMES)
EVERYTHING = "{{ source_arn }} {{ causes }} {{ layers }} {{ attempt }} {{ gaps }} {{ fixes }} {{ still_needed }}"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        pytest.param("{{ verdict | upper }}\n", "DENIED\n", id="a field"),
        pytest.param("{% for one in causes %}\n- {{ one.rule }}\n{% endfor %}\n",
                     "- scp-region\n- request-duration-chaining\n", id="a loop leaves no empty lines"),
        pytest.param("{% if fix_proved %}yes{% else %}no{% endif %}", "no", id="a condition"),
        pytest.param("{{ '*a* `b`' | markdown }} {{ '<!here>' | slack }} {{ '*' | jira }} {{ '[code]' | servicenow }}",
                     r"`*a*` `b` `&lt;!here&gt;` &#42; \u005bcode]", id="filters of the formats"),
        pytest.param("{{ primary_cause | default('none') }}", "scp-region", id="a default"),
    ],
)  # fmt: skip
def test_a_template_is_filled_with_the_fields_of_the_json(source: str, text: str) -> None:
    assert filled(DENIED, own_template("ticket.txt", source)) == text


@pytest.mark.parametrize("name", EVERY)
def test_every_field_of_the_json_is_there(name: str) -> None:
    diagnosis = EVERY[name](NAMES)
    for key, value in json.loads(render(diagnosis, Format.JSON)).items():
        written = filled(diagnosis, own_template("ticket.txt", f"{{{{ {key} | tojson }}}}"))
        if "\\u" not in written:
            assert json.loads(written) == value


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("ticket.html", True),
        ("ticket.HTM", True),
        ("ticket.html.j2", True),
        ("feed.xml.jinja", True),
        ("ticket.txt", False),
        ("html.md", False),
        ("ticket.j2", False),
    ],
)
def test_markup_is_escaped_where_the_name_says_that_it_is_markup(name: str, escaped: bool) -> None:
    diagnosis = EVERY["wrong-principal"](Names(user="<b>", caller="<b>"))
    written = filled(diagnosis, own_template(name, "{{ source_arn }}"))
    assert ("&lt;b&gt;" in written, "<b>" in written) == (escaped, not escaped)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_no_name_hides_or_moves_anything(hostile: str) -> None:
    names = Names(user=hostile, caller=hostile, session=hostile, role=hostile, external_id=hostile, sid=hostile)
    for diagnosis in (make(names) for make in EVERY.values()):
        assert not UNSEEN.search(filled(diagnosis, own_template("ticket.txt", EVERYTHING)))
        assert "\n" not in filled(diagnosis, own_template("ticket.txt", "{{ source_arn }}{{ attempt.message }}"))
        assert "<script" not in filled(diagnosis, own_template("ticket.html", EVERYTHING))


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_the_keys_of_a_document_hide_nothing_either(hostile: str) -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    (finding, *_) = diagnosis.findings
    remedy = replace(finding.remedies[0], document=json.dumps({hostile: {"handover": f"{hostile}\n"}}))
    told = replace(diagnosis, findings=(replace(finding, remedies=(remedy,)),))
    loop = "{% for key, value in fixes[0].document.items() %}{{ key }}{{ value.handover }}{% endfor %}"
    written = filled(told, own_template("t", loop))
    assert written
    assert not UNSEEN.search(written)
    assert "\n" not in written


def test_what_is_copied_keeps_its_lines() -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    written = filled(diagnosis, own_template("t", "{{ causes[0].places[0].text }}|{{ fixes[0].handover }}"))
    assert "\n" in written.partition("|")[2]


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        pytest.param("\n\n{{ verdikt }}", 3, "there is no `verdikt`", id="no such field"),
        pytest.param("\n{{ causes[0].titel }}", 2, "there is no `titel`", id="no such field of a cause"),
        pytest.param("\n{{ causes[99].title }}", 2, "there is no `99`", id="no such cause"),
        pytest.param("{{ verdict", 1, "unexpected end of template", id="not finished"),
        pytest.param("\n{% unknown %}", 2, "encountered unknown tag 'unknown'", id="no such tag"),
        pytest.param("\n{{ verdict | shout }}", 2, "no filter named 'shout'", id="no such filter"),
        pytest.param("\n{{ 1 / 0 }}", 2, "division by zero", id="an error of its own"),
        pytest.param("{% include '/etc/passwd' %}", 1, "there is no template `/etc/passwd`", id="another file"),
        pytest.param("\n{{ ''.__class__.__mro__ }}", 2, "there is no `__class__`", id="a way out of the sandbox"),
        pytest.param("{{ causes.append(1) }}", 1, "", id="a change of the report"),
        pytest.param("{{ cycler.__init__.__globals__ }}", 1, "", id="another way out of the sandbox"),
        pytest.param("{% for _ in range(999999) %}{% endfor %}", 1, "range too big", id="without end"),
        pytest.param("\n{{ verdict\n | slack(1, 2) }}", 3, "", id="a filter asked wrongly"),
    ],
)
def test_a_wrong_template_is_one_sentence_with_its_line(source: str, line: int, words: str) -> None:
    expected = re.escape(f"the template `ticket.txt` cannot be used, line {line}: {words}")
    with pytest.raises(XdiagError, match=expected) as raised:
        filled(DENIED, own_template("ticket.txt", source))
    assert "\n" not in raised.value.message
    assert "xdiag schema diagnosis" in raised.value.hint
