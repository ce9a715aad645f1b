"""Identity providers that infrastructure files declare, and the role beside them, for whoever presents a token."""

import json
from typing import Any

import pytest

from diagnose.collect.evidence.declared import declared_destination, declared_source
from diagnose.collect.evidence.handed_over import InputFile
from diagnose.collect.evidence.infrastructure import read_infrastructure
from diagnose.model.case import DestinationSide
from diagnose.model.evidence import NOT_SUPPLIED, Known, Unread

ACCOUNT = "arn:aws:iam::222222222222"
ROLE, GITHUB = f"{ACCOUNT}:role/Deploy", "https://token.actions.githubusercontent.com"
IDP = f"{ACCOUNT}:saml-provider/IdP"
TRUST = {"Version": "2012-10-17", "Statement": []}
METADATA = '<EntityDescriptor entityID="https://idp.example.com/saml"/>'
OF_AWS = {"url": GITHUB.removeprefix("https://"), "client_id_list": ["sts.amazonaws.com"], "thumbprint_list": ["ab"]}


def terraform(kind: str, values: dict[str, Any], **change: Any) -> dict[str, Any]:
    role = {"arn": ROLE, "name": "Deploy", "path": "/", "assume_role_policy": json.dumps(TRUST)}
    resources = [
        {"address": f"{each}.x", "mode": "managed", "type": each, "name": "x", "values": held}
        for each, held in (("aws_iam_role", role), (kind, values))
    ]
    return {"format_version": "1.0", "values": {"root_module": {"resources": resources}}, **change}


def template(kind: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "Deploy", "AssumeRolePolicyDocument": TRUST}}
    provider = {"Type": kind, "Properties": properties, **more}
    conditions = {"Never": {"Fn::Equals": ["a", "b"]}}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Conditions": conditions, "Resources": {"R": role, "P": provider}}


def destination(file: dict[str, Any], source: str) -> DestinationSide:
    read = read_infrastructure(
        InputFile("file.json", json.dumps(file).encode()), planned=False, arns=(source, ROLE), parameters={}
    )
    side = declared_destination([read], ROLE, source)
    assert side is not None
    return side


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(terraform("aws_iam_openid_connect_provider", OF_AWS), id="Terraform's state"),
        pytest.param(terraform("aws_iam_openid_connect_provider", {**OF_AWS, "url": GITHUB}), id="a URL as written"),
        pytest.param(
            template(
                "AWS::IAM::OIDCProvider",
                {"Url": GITHUB, "ClientIdList": ["sts.amazonaws.com"], "ThumbprintList": ["ab"]},
            ),
            id="CloudFormation's template",
        ),
    ],
)
def test_the_provider_of_the_token_is_taken_from_the_file(file: dict[str, Any]) -> None:
    found = destination(file, GITHUB).oidc_providers
    assert isinstance(found, Known)
    (provider,) = found.value
    assert provider.arn == f"{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    assert isinstance(provider.client_ids, Known)
    assert isinstance(provider.thumbprints, Known)
    assert (provider.client_ids.value, provider.thumbprints.value) == (("sts.amazonaws.com",), ("ab",))


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(
            terraform("aws_iam_saml_provider", {"name": "IdP", "saml_metadata_document": METADATA}), id="Terraform"
        ),
        pytest.param(
            template("AWS::IAM::SAMLProvider", {"Name": "IdP", "SamlMetadataDocument": METADATA}), id="CloudFormation"
        ),
    ],
)
def test_a_saml_provider_comes_with_the_issuer_of_its_metadata(file: dict[str, Any]) -> None:
    found = destination(file, IDP).saml_providers
    assert isinstance(found, Known)
    (provider,) = found.value
    assert isinstance(provider.entity_id, Known)
    assert (provider.arn, provider.entity_id.value) == (IDP, "https://idp.example.com/saml")


@pytest.mark.parametrize(
    ("file", "source"),
    [
        pytest.param(terraform("aws_iam_openid_connect_provider", OF_AWS), "https://gitlab.com", id="another issuer"),
        pytest.param(
            terraform("aws_iam_saml_provider", {"name": "idp", "saml_metadata_document": METADATA}),
            IDP,
            id="another case",
        ),
        pytest.param(
            template("AWS::IAM::OIDCProvider", {"Url": GITHUB}, Condition="Never"), GITHUB, id="a condition is false"
        ),
        pytest.param(template("AWS::IAM::OIDCProvider", {"Url": {"Ref": "Where"}}), GITHUB, id="no URL"),
        pytest.param(terraform("aws_iam_openid_connect_provider", OF_AWS), f"{ACCOUNT}:user/ci", id="whoever signs"),
    ],
)
def test_what_a_file_does_not_declare_is_not_known(file: dict[str, Any], source: str) -> None:
    side = destination(file, source)
    assert (side.oidc_providers, side.saml_providers) == (NOT_SUPPLIED, NOT_SUPPLIED)


def test_client_ids_that_are_not_known_are_unread() -> None:
    file = template("AWS::IAM::OIDCProvider", {"Url": GITHUB, "ClientIdList": {"Ref": "Missing"}})
    found = destination(file, GITHUB).oidc_providers
    assert isinstance(found, Known)
    assert isinstance(found.value[0].client_ids, Unread)


def test_a_provider_without_client_ids_has_none() -> None:
    found = destination(template("AWS::IAM::OIDCProvider", {"Url": GITHUB}), GITHUB).oidc_providers
    assert isinstance(found, Known)
    assert isinstance(found.value[0].client_ids, Known)
    assert found.value[0].client_ids.value == ()


@pytest.mark.parametrize("source", [GITHUB, IDP])
def test_nobody_who_presents_something_is_declared(source: str) -> None:
    assert declared_source([], source) is None


def test_a_role_under_another_path_is_not_the_one_asked_about() -> None:
    file, there = terraform("aws_iam_openid_connect_provider", OF_AWS), f"{ACCOUNT}:role/team/Deploy"
    file["values"]["root_module"]["resources"][0]["values"]["arn"] = there
    side = destination(file, GITHUB)
    assert side.role == Known(None, "file.json")
    assert side.trust_policy == Unread(subject=ROLE, detail="file.json has the role under another path")
    assert side.other_roles == Known((there,), "file.json")
