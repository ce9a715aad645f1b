"""Words that are AWS's, or a vendor's, are known for them: each list by the words that it begins and ends with."""

import pytest

from diagnose.report.redact import public_words as words
from diagnose.report.redact import service_words as services

# ruff: noqa: E501  # words of a list stand close together


@pytest.mark.parametrize(
    ("listed", "known"),
    [
        (words.POLICY_ELEMENTS, "Version Id Statement Sid Effect Principal NotPrincipal Action NotAction Resource "
         "NotResource Condition AWS Service Federated CanonicalUser Allow Deny"),
        (words.AWS_NAMES, "FullAWSAccess RCPFullAWSAccess p-FullAWSAccess p-RCPFullAWSAccess AWSRevokeOlderSessions "
         "OrganizationAccountAccessRole aws-service-role aws-reserved service-role root aws dms-vpc-role "
         "AWSCloudFormationStackSetAdministrationRole AWSCloudFormationStackSetExecutionRole dms-cloudwatch-logs-role "
         "dms-access-for-endpoint 123456789012"),
        (words.OPERATOR_NAMES, "StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike "
         "StringNotLike NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan "
         "NumericGreaterThanEquals DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan "
         "DateGreaterThanEquals Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnLike ArnNotEquals ArnNotLike Null"),
        (words.PROVIDERS, "accounts.google.com www.amazon.com graph.facebook.com token.actions.githubusercontent.com "
         "github.com gitlab.com buildkite.com kubernetes.default.svc kubernetes.default.svc.cluster.local"),
        (words.CLAIM_NAMES, "exp iat nbf auth_time iss sub aud azp amr jti acr nonce scp client_id name given_name ver "
         "groups hd tid base_ref enterprise event_name head_ref repository_owner runner_environment sha workflow_ref "
         "workflow_sha ci_config_ref_uri groups_direct job_id job_source ref_path user_identities agent_id build_commit "
         "step_key oidc.circleci.com/context-ids oidc.circleci.com/pipeline-id oidc.circleci.com/vcs-ref "
         "terraform_full_workspace terraform_project_id terraform_workspace_name kubernetes.io uid warnafter branchname "
         "workspaceuuid environment owner plan user_id transitive_tag_keys principal_tags https://aws.amazon.com/tags "
         "https://aws.amazon.com/source_identity"),
        (words.SUBJECT_WORDS, "repo ref refs heads tags environment pull_request job_workflow_ref project_path ref_type "
         "branch system serviceaccount organization project workspace run_phase plan apply pipeline commit step org user "
         "tag context repository_owner_id repository_id stack deployment operation vcs-origin vcs-ref owner"),
        (words.CLAIM_VALUES, "authenticated unauthenticated"),
        (words.PLACEHOLDER_WORDS, "accountid partition novalue resolve ref getatt join importvalue roleid userid var path "
         "terraform aws caller identity redacted your id account acct role me here placeholder external iam rolename "
         "username userarn"),
        (services.SERVICE_NAMES, "cloudformation cloudtrail dynamodb ec2 ecs eks iam lambda s3 secretsmanager sns ssm sts"),
        (services.RESOURCE_TYPES, "vpc vpc-endpoint instance subnet ou cluster service task task-definition schedule "
         "stateMachine express trust-anchor profile function"),
        (services.SERVICE_PRINCIPALS, "access-analyzer athena autoscaling build cloud9 cloudhsm connect controltower "
         "datapipeline ecs-tasks edgelambda eks-fargate-pods es events grafana health imagebuilder lightsail macie pods "
         "quicksight rolesanywhere route53 sagemaker shield signin spotfleet timestream transcribe xray sts"),
        (services.ACTION_PREFIXES, "a4b account acm cloudwatch ec2 execute-api iam s3 signin sts tag xray"),
        (words.WORDS, "a account account's actions activate allotted an and any assumes at boundary's caller's chaining "
         "connection console constraint default-version delegated duration encoded endpoint endpoint's executing exist "
         "failed failure for group groups have has id identity invalid invalidclienttokenid less managed must never no "
         "nobody's once one over packed part policy policies' range rate refused request requested reach retry role's "
         "rolesessionname satisfy seconds security serial session source such tag tells terraform there this "
         "throttling transitively trust unused used user value verify whom you your zero"),
    ],
)  # fmt: skip
def test_a_word_of_a_list_is_known(listed: frozenset[str], known: str) -> None:
    assert set(known.split()) - listed == set()


@pytest.mark.parametrize(
    "listed", [words.PLACEHOLDER_WORDS, words.SUBJECT_WORDS, words.CLAIM_VALUES, words.WORDS, services.SERVICE_NAMES]
)
def test_what_is_looked_up_in_lower_case_is_so(listed: frozenset[str]) -> None:
    assert [word for word in listed if word != word.lower()] == []


@pytest.mark.parametrize(
    ("region", "is_one"),
    [
        ("us-east-1", True),
        ("US-EAST-1", True),
        ("us-gov-west-1", True),
        ("us-isob-east-1", True),
        ("eusc-de-east-1", True),
        ("ap-southeast-9", True),
        ("aws-global", True),
        ("", True),
        ("*", True),
        ("??", True),
        ("eu-*", True),
        ("EU-west-?", True),
        ("zq-*", False),
        ("us-eats-1", True),
        ("useast1", True),
        ("zqmain", False),
        ("us-zqmain-1", False),
        ("eu-wset-1", True),
        ("us-east1", True),
        ("eu-wesst-1", True),
        ("eu-west-1a", True),
        ("acme-west-2", False),
        ("apex-east-1", False),
        ("ca-central-bank", False),
        ("us-west-inc", False),
        ("eu-north-sea-1", False),
    ],
)
def test_a_region_is_one_of_aws_s_or_nearly(region: str, is_one: bool) -> None:
    assert words.is_region(region) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("arn:aws:iam::1:root", True),
        ("arn:zq:iam::1:root", True),
        ("arm:aws:iam::1:root", True),
        ("ARN:aws-cn:iam::1:root", True),
        ("zq:aws:iam::1:root", False),
        ("arm:zq:iam::1:root", False),
        ("arn:aws:iam:1:root", False),
        ("arn:aws:iam::1:root:x", False),
    ],
)
def test_an_arn_has_six_parts_and_begins_like_one(text: str, is_one: bool) -> None:
    assert words.is_arn(text.split(":")) is is_one


@pytest.mark.parametrize(
    "text",
    ["true", "FALSE", "-5", "1234567890", "1.5", "2026-01-01", "2026-01-01T10:00:00.5Z", "2026-01-01T10:00+02:00"],
)
def test_a_truth_a_number_and_a_time_are_exact(text: str) -> None:
    assert words.EXACT.fullmatch(text)


@pytest.mark.parametrize("text", ["truth", "12345678901", "1.", "--5", "26-01-01", "2026-01-01T10:00X"])
def test_other_texts_are_not(text: str) -> None:
    assert not words.EXACT.fullmatch(text)


@pytest.mark.parametrize(
    ("text", "is_saml"),
    [
        ("https://signin.aws.amazon.com/saml", True),
        ("https://eu-west-1.signin.aws.amazon.com/saml", True),
        ("https://us-gov-west-1.signin.amazonaws-us-gov.com/saml", True),
        ("https://signin.amazonaws.cn/saml", True),
        ("urn:amazon:webservices", True),
        ("urn:amazon:webservices:cn-north-1", True),
        ("urn:amazon:webservices:govcloud", True),
        ("persistent", True),
        ("transient", True),
        ("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", True),
        ("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", True),
        ("urn:oasis:names:tc:SAML:2.0:nameid-format:zq-own", False),
        ("urn:oasis:names:tc:SAML:zq", False),
        ("https://zq.signin.aws.amazon.com/saml", False),
        ("https://zq-acme-1.signin.aws.amazon.com/saml", False),
        ("https://signin.aws.amazon.com/saml/zq", False),
        ("urn:amazon:webservices:zq", False),
        ("Persistent", False),
    ],
)
def test_a_word_of_saml_is_the_same_for_everybody(text: str, is_saml: bool) -> None:
    assert (words.SAML.fullmatch(text) is not None) is is_saml


@pytest.mark.parametrize("algorithm", ["RS256", "PS384", "ES512", "HS256", "ES256K", "EdDSA", "none"])
def test_an_algorithm_is_the_same_for_everybody(algorithm: str) -> None:
    assert words.ALGORITHM.fullmatch(algorithm)
    assert not words.ALGORITHM.fullmatch(f"{algorithm}x")


@pytest.mark.parametrize(
    ("host", "is_aws"),
    [
        ("ec2.amazonaws.com", True),
        ("ec2.amazonaws.com.cn", True),
        ("ec2.amazonaws.eu", True),
        ("ec2.c2s.ic.gov", True),
        ("ec2.sc2s.sgov.gov", True),
        ("ecs-tasks.eu-west-1.amazonaws.com", True),
        ("ec2.amazonaws.org", False),
        ("ec2amazonaws.com", False),
        ("EC2.amazonaws.com", False),
    ],
)
def test_a_service_ends_as_its_partition_says(host: str, is_aws: bool) -> None:
    assert (words.SERVICE.fullmatch(host) is not None) is is_aws
