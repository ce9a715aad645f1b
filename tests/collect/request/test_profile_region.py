"""Which endpoint of STS a profile calls, and which profile that is; what may surprise is said."""

from pathlib import Path

import pytest
from tests.collect.request.test_profile import chain, role_of

from diagnose.collect.request.profile_choice import chosen_profile
from diagnose.model.case import GLOBAL_REGION

ITSELF = "The request is what profile `p` asks for."
URL = "https://vpce-0a1-x.sts.eu-west-1.vpce.amazonaws.com"
OF_SERVICE = "[services s]\nsts =\n  endpoint_url = https://sts.of-service\n"


@pytest.mark.parametrize(
    ("lines", "environment", "told"),
    [
        pytest.param([], {"AWS_DEFAULT_REGION": "eu-west-2", "AWS_REGION": "eu-west-3"}, [], id="both are set"),
        pytest.param(
            [],
            {"AWS_REGION": "eu-west-2"},
            [
                "AWS_REGION=eu-west-2 is read by the AWS CLI and other SDKs, but not by boto3; "
                "pass --region eu-west-2 for them."
            ],
            id="what boto3 does not read",
        ),
        pytest.param(
            ["region = eu-west-2", "sts_regional_endpoints = legacy"],
            {},
            ["sts_regional_endpoints = legacy: eu-west-2 calls sts.amazonaws.com, which is us-east-1."],
            id="legacy",
        ),
        pytest.param(["sts_regional_endpoints = legacy"], {}, [], id="legacy, and no Region"),
        pytest.param(["region = eu-west-2", "sts_regional_endpoints = regional"], {}, [], id="regional"),
        pytest.param(
            ["region = eu-west-2", "endpoint_url = http://127.0.0.1:4566"],
            {},
            ["The calls go to `http://127.0.0.1:4566`, and are signed for eu-west-2."],
            id="an endpoint",
        ),
    ],
)
def test_what_may_surprise_is_said_in_full(
    tmp_path: Path, lines: list[str], environment: dict[str, str], told: list[str]
) -> None:
    [hop] = chain(tmp_path, role_of(*lines), **environment).hops
    assert list(hop.asked.told) == [ITSELF, *told]


@pytest.mark.parametrize(
    "region",
    [
        *("ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1"),
        *("eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"),
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
    ],
)
def test_the_first_regions_have_the_global_endpoint_where_it_is_legacy(tmp_path: Path, region: str) -> None:
    [hop] = chain(tmp_path, role_of(f"region = {region}"), AWS_STS_REGIONAL_ENDPOINTS="legacy").hops
    assert hop.asked.region == GLOBAL_REGION
    regional = role_of(f"region = {region}", "sts_regional_endpoints = legacy")
    [hop] = chain(tmp_path, regional, AWS_STS_REGIONAL_ENDPOINTS="regional").hops
    assert hop.asked.region == region


@pytest.mark.parametrize(
    ("lines", "environment", "url"),
    [
        pytest.param(["endpoint_url = https://a", "services = s"], {}, "https://sts.of-service", id="the service's"),
        pytest.param(["endpoint_url = https://a", "services = t"], {}, "https://a", id="the profile's"),
        pytest.param(["services = s"], {"AWS_ENDPOINT_URL": "https://b"}, "https://b", id="the environment's"),
        pytest.param(
            [],
            {"AWS_ENDPOINT_URL": "https://b", "AWS_ENDPOINT_URL_STS": "https://c"},
            "https://c",
            id="the environment's for STS",
        ),
        pytest.param(["services = s", "ignore_configured_endpoint_urls = true"], {}, "", id="none is to be used"),
        pytest.param(
            ["services = s"],
            {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True", "AWS_ENDPOINT_URL": "https://b"},
            "",
            id="none is to be used, says the environment",
        ),
        pytest.param(
            ["services = s", "ignore_configured_endpoint_urls = false"], {}, "https://sts.of-service", id="all are"
        ),
    ],
)
def test_an_endpoint_is_the_one_that_botocore_calls(
    tmp_path: Path, lines: list[str], environment: dict[str, str], url: str
) -> None:
    [hop] = chain(tmp_path, role_of(*lines) + OF_SERVICE, **environment).hops
    told = [f"The calls go to `{url}`, and are signed for aws-global."] if url else []
    assert list(hop.asked.told) == [ITSELF, *told]


@pytest.mark.parametrize(
    ("url", "context"),
    [
        pytest.param(URL, {"aws:SourceVpce": ("vpce-0a1",)}, id="an endpoint of a VPC"),
        pytest.param("https://x-vpce-0a1-x.example", {}, id="another host"),
        pytest.param("https://[x", {}, id="what is no URL"),
    ],
)
def test_what_an_address_says_of_the_network(tmp_path: Path, url: str, context: dict[str, tuple[str, ...]]) -> None:
    [hop] = chain(tmp_path, role_of(f"endpoint_url = {url}")).hops
    assert hop.asked.context == context


@pytest.mark.parametrize(
    ("named", "environment", "chosen"),
    [
        pytest.param(None, {"AWS_DEFAULT_PROFILE": "b"}, ("b", ""), id="the one that boto3 asks for first"),
        pytest.param(None, {"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "a"}, ("a", ""), id="both name the same"),
        pytest.param(
            None,
            {"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"},
            (
                "b",
                "AWS_PROFILE names `a`, but boto3 asks AWS_DEFAULT_PROFILE first and uses `b`: "
                "unset AWS_DEFAULT_PROFILE.",
            ),
            id="they name two",
        ),
        pytest.param("c", {"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"}, ("c", ""), id="one is named"),
        pytest.param(None, {"AWS_PROFILE": "a", "AWS_ACCESS_KEY_ID": "x"}, ("a", ""), id="keys, and none is named"),
        pytest.param(
            "c",
            {"AWS_ACCESS_KEY_ID": "x"},
            (
                "c",
                "Keys are set in the environment: a program that is given the profile by AWS_PROFILE uses them instead "
                "and assumes no role; `--profile`, or `unset AWS_ACCESS_KEY_ID`, does not.",
            ),
            id="keys, and one is named",
        ),
    ],
)
def test_which_profile_is_used_and_why(named: str | None, environment: dict[str, str], chosen: tuple[str, str]) -> None:
    assert chosen_profile(named, environment) == chosen
