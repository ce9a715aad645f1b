"""Every source of evidence is a row of one table, and every flag about evidence belongs to one row at the most."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.cases import case
from tests.cli.program import Program
from tests.collect.evidence.test_declared_limits import OF_STS, ROLE, SOURCE, attached, scp, state

from diagnose.cli.case_flags import CaseFlags, EvidenceFlags
from diagnose.cli.evidence import SOURCES, case_from_flags
from diagnose.cli.files import InfrastructureFlags, PolicyFlags
from diagnose.cli.request import RequestFlags
from diagnose.cli.sides import Given, with_sides
from diagnose.errors import XdiagError
from diagnose.model.case import DestinationSide
from diagnose.model.evidence import Known

ABOUT_ANY_SOURCE = {"without", "no_probe", "planned", "parameter"}
FILES = {"case_file": Path("ticket.json"), "details": [Path("ours.json")], "infrastructure": [Path("ours.json")]}
BESIDE_A_CASE = set(PolicyFlags.__struct_fields__)


def case_flags(**flags: object) -> CaseFlags:
    evidence, policies, infrastructure = (
        {flag: value for flag, value in flags.items() if flag in group.__struct_fields__}
        for group in (EvidenceFlags, PolicyFlags, InfrastructureFlags)
    )
    return CaseFlags(
        None,
        None,
        RequestFlags(),
        EvidenceFlags(**evidence),  # type: ignore[arg-type]  # by the name of a flag
        PolicyFlags(**policies),  # type: ignore[arg-type]
        InfrastructureFlags(**infrastructure),  # type: ignore[arg-type]
    )


def test_every_flag_about_evidence_names_one_source_or_is_about_any() -> None:
    named = [flag for source in SOURCES for flag in source.flags]
    assert sorted([*named, *ABOUT_ANY_SOURCE]) == sorted(
        [
            *EvidenceFlags.__struct_fields__,
            *PolicyFlags.__struct_fields__,
            *InfrastructureFlags.__struct_fields__,
        ]
    )


@pytest.mark.parametrize(
    "flag",
    [
        pytest.param(flag, id=flag)
        for source in SOURCES
        for flag in source.flags
        if flag != "case_file" and flag not in BESIDE_A_CASE
    ],
)
def test_a_case_file_is_all_the_evidence_but_for_single_policies(flag: str) -> None:
    flags = {"case_file": FILES["case_file"], flag: FILES.get(flag, "ours")}
    with pytest.raises(XdiagError, match="cannot be used with `--case`"):
        case_from_flags(case_flags(**flags))


@pytest.mark.parametrize("flag", [pytest.param(flag, id=flag) for source in SOURCES for flag in source.flags])
def test_a_source_that_is_chosen_is_the_one_that_is_read(flag: str) -> None:
    """No file is there and no ARN is given, so each source fails in its own way."""
    several = flag in ("identity_policy", "scp", "rcp", "session_policy")
    given = FILES.get(flag, [Path("p.json")] if several else Path("p.json"))
    with pytest.raises(XdiagError) as error:
        case_from_flags(case_flags(**{flag: given}))
    assert ("ticket.json" in error.value.message) is (flag == "case_file")
    assert ("p.json" in error.value.message) is (flag in BESIDE_A_CASE)


def test_limits_that_a_file_declares_stand_beside_what_is_stated_of_others(xdiag: Program, tmp_path: Path) -> None:
    file = tmp_path / "org.json"
    file.write_text(json.dumps(state(scp(), attached("111111111111"), ("aws_vpc_endpoint", OF_STS))))
    stated = (
        "--without",
        "scp",
        "--vpc-endpoint",
        "vpce-1",
        "--region",
        "eu-west-1",
        "--save-case",
        tmp_path / "case.json",
    )
    xdiag("check", SOURCE, ROLE, "--infrastructure", file, "--no-probe", *stated)
    kept = json.loads((tmp_path / "case.json").read_text())["snapshot"]
    [level] = kept["source"]["scps"]["value"]
    assert [policy["name"] for policy in level["policies"]["policies"]] == ["FullAWSAccess", "NoRoles"]
    assert level["policies"]["unread"] == []
    assert kept["endpoint"]["value"]["policy"]["evidence"] == "known"


def test_a_provider_that_a_file_declares_goes_beside_a_role_that_was_read() -> None:
    snapshot = case("github").snapshot
    elsewhere = DestinationSide(oidc_providers=Known((), "state.json"))
    there = with_sides(snapshot, Given(provider=elsewhere)).destination
    assert there == replace(snapshot.destination, oidc_providers=elsewhere.oidc_providers)


@pytest.mark.parametrize(
    ("source", "region"),
    [
        pytest.param("arn:aws:iam::111111111111:user/ci", "eu-west-1", id="a user, by the Region of the profile"),
        pytest.param("states.amazonaws.com", None, id="a service, from a Region that no profile says"),
    ],
)
def test_the_region_of_a_profile_is_that_of_its_own_calls(source: str, region: str | None) -> None:
    flags = replace(case_flags(), source_arn=source, complete=True)
    assert flags.request_on("arn:aws:iam::222222222222:role/Deploy", "eu-west-1").region == region
    given = replace(flags, request=RequestFlags(region="us-east-1"))
    assert given.request_on("arn:aws:iam::222222222222:role/Deploy", "eu-west-1").region == "us-east-1"
