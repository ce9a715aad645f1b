import json
import re
import subprocess

from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES, Names

from diagnose.model.diagnosis import Diagnosis, Proof, RemainingBlocker
from diagnose.model.trace import Action, Blocker, Layer
from diagnose.report.fix_files import fix_files

DENIED = EVERY["wrong-principal"](NAMES)
REMEDY = DENIED.findings[0].remedies[0]


def with_remedies(*remedies: object, plan: tuple[object, ...] = ()) -> Diagnosis:
    return replace(DENIED, findings=(replace(DENIED.findings[0], remedies=remedies),), plan=plan)


def test_a_fix_is_a_script_a_policy_templates_and_a_letter() -> None:
    files = fix_files(DENIED)
    assert list(files) == ["fix-1.sh", "fix-1.tf", "fix-1.json", "fix-1.letter.txt"]
    assert json.loads(files["fix-1.json"]) == json.loads(REMEDY.document)
    assert dict(REMEDY.commands)["aws-cli"] in files["fix-1.sh"]


def test_a_script_says_what_it_does_and_can_be_run() -> None:
    script = fix_files(DENIED)["fix-1.sh"]
    first, *rest = script.splitlines()
    assert first == "#!/bin/sh"
    comments = "\n".join(line for line in rest if line.startswith("# "))
    assert "222222222222" in comments
    assert "Checked: " in comments
    assert subprocess.run(["sh", "-n"], input=script, text=True, check=False).returncode == 0


def test_what_is_not_enough_or_was_not_checked_is_not_written() -> None:
    blocked = RemainingBlocker(Blocker(Action.ASSUME_ROLE, Layer.SCP))
    short = replace(REMEDY, proof=Proof.CLEARS, remaining=(blocked,))
    assert not fix_files(with_remedies(short, replace(REMEDY, proof=Proof.NOT_TRIED)))


def test_several_fixes_are_numbered_and_each_is_written_once() -> None:
    other = replace(REMEDY, text="something else")
    names = fix_files(with_remedies(REMEDY, other, REMEDY))
    assert {name.partition(".")[0] for name in names} == {"fix-1", "fix-2"}


def test_of_a_plan_the_steps_are_written_and_no_part_of_it_as_a_fix() -> None:
    step = replace(REMEDY, proof=Proof.CLEARS)
    names = fix_files(with_remedies(REMEDY, plan=(step, REMEDY)))
    assert {name.partition(".")[0] for name in names} == {"step-1", "step-2"}


def test_hostile_names_are_no_part_of_a_file_s_name_and_stay_in_their_comment() -> None:
    hostile = "../x\n; reboot \u202e$(reboot)`reboot`"
    diagnosis = EVERY["wrong-principal"](Names(user=hostile, caller=hostile, role=hostile, sid=hostile))
    remedy = replace(diagnosis.findings[0].remedies[0], text=hostile, commands=(("aws-cli", "aws sts help"),))
    files = fix_files(replace(diagnosis, findings=(replace(diagnosis.findings[0], remedies=(remedy,)),)))
    assert files
    assert all(re.fullmatch(r"fix-1\.(sh|json|letter\.txt)", name) for name in files)
    assert "\u202e" not in "".join(files.values())
    code = [line for line in files["fix-1.sh"].splitlines() if line and not line.startswith("#")]
    assert code == ["set -eu", "aws sts help"]
