import time

import pytest

from diagnose.aws.secrets import redacted

TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE" + "Ab9/+" * 60


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        pytest.param("key AKIAIOSFODNN7EXAMPLE is inactive", "IOSFODNN7EXAMPLE", id="a long-term access key"),
        pytest.param("'ASIAIOSFODNN7EXAMPLE'", "IOSFODNN7EXAMPLE", id="a temporary access key"),
        pytest.param(f"what is {TOKEN}", "IQoJb3JpZ2luX2VjEXAMPLE", id="a session token without a name"),
        pytest.param("aws_session_token=FwoGZXIvYXdz", "FwoGZXIvYXdz", id="a session token in a setting"),
        pytest.param('{"SecretAccessKey": "wJalrXUtnFEMI/K7MD"}', "wJalrXUtnFEMI", id="a secret key in JSON"),
        pytest.param("x-amz-security-token:FwoGZXIvYXdz\n", "FwoGZXIvYXdz", id="the header that carries the token"),
        pytest.param(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/x, Signature=ab821ae9", "ab821ae9", id="a signature"
        ),
        pytest.param(
            "Error: eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl is expired",
            "eyJpc3MiOiJ4In0.c2lnbmF0dXJl",
            id="an identity token",
        ),
        pytest.param(
            "bearer-eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl",
            "eyJpc3MiOiJ4In0.c2lnbmF0dXJl",
            id="an identity token behind a dash",
        ),
        pytest.param("POST /saml SAMLResponse=PHNhbWxwOlJlc3A%2B&x=y", "PHNhbWxw", id="a SAML response"),
        pytest.param(
            "does not match.\n\nThe Canonical String for this request should have been\n'POST\n/\nhost'",
            "host",
            id="the request that should have been signed",
        ),
    ],
)
def test_credentials_are_taken_out(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redacted(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("X-Amz-Security-Token: FwoGZXIvYXdz", "X-Amz-Security-Token: ...", id="a header"),
        pytest.param("?X-Amz-Security-Token=FwoG&X-Amz-Date=1", "?X-Amz-Security-Token=...&X-Amz-Date=1", id="a URL"),
        pytest.param("'x-amz-security-token': 'FwoG', 'x'", "'x-amz-security-token': '...', 'x'", id="a dict"),
        pytest.param("AWS_SECRET_ACCESS_KEY=wJalr/K7+M=", "AWS_SECRET_ACCESS_KEY=...", id="a variable"),
        pytest.param("secret access key = wJalr next", "secret access key = ... next", id="words"),
        pytest.param("secret-access-key:wJalr", "secret-access-key:...", id="dashes"),
        pytest.param("{SecretAccessKey=wJalr, a=1}", "{SecretAccessKey=..., a=1}", id="a struct, and more in it"),
        pytest.param("{a=1,SessionToken=FwoG}", "{a=1,SessionToken=...}", id="a struct, and its end"),
        pytest.param('"SessionToken": "FwoG"}', '"SessionToken": "..."}', id="JSON, and its end"),
        pytest.param("signature=aZ09+/=, x", "signature=..., x", id="a signature in letters of base64"),
        pytest.param("Credential=AKIAIOSFODNN7EXAMPLE/x", "Credential=AKIA.../x", id="the kind of a long-term key"),
        pytest.param("ASIA12345678", "ASIA...", id="the kind of a temporary key, however short"),
        *(
            pytest.param(f"at {first}hbGciOiJub25l.eyJpc3MiOiJ4In0.", "at ...", id=f"a token that begins with {first}")
            for first in ("eyA", "eyI", "eyJ", "ewog", "ewoJ")
        ),
        pytest.param("bearer-eyJhbGciOiJ9.eyJpc3MiOi.c2ln.", "bearer-....", id="what stands before and behind a token"),
        pytest.param("SAMLResponse=PHNhbWxw%2B&x=y", "SAMLResponse=...&x=y", id="what stands behind a response"),
        pytest.param(f"a {'Ab9/+' * 32} b", "a ... b", id="160 letters of base64"),
        pytest.param(
            "it does not match.\n\nThe Canonical String for this request should have been\n'POST\n/\nhost'",
            "it does not match.",
            id="what stands before the request that should have been signed",
        ),
    ],
)
def test_only_they_are_taken_out(text: str, shown: str) -> None:
    assert redacted(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"a {'Ab9/+' * 31}Ab9/ b", id="159 letters of base64"),
        pytest.param("AKIA1234567", id="too short for an access key"),
        pytest.param(
            "No OpenIDConnect provider found for https://ewallet-service.production1.example.com", id="a host"
        ),
        pytest.param(
            "User: arn:aws:sts::111111111111:assumed-role/App/build-7 is not authorized to perform: sts:AssumeRole on "
            "resource: arn:aws:iam::222222222222:role/a/long/path/to/the/very/Deploy with an explicit deny in a "
            "service control policy: "
            "arn:aws:organizations::999999999999:policy/o-a1b2c3d4e5/service_control_policy/p-12345678",
            id="a denial",
        ),
        pytest.param("The security token included in the request is expired", id="an expired token"),
        pytest.param("AROAJQABLZS4A3EXAMPLE", id="the unique id of a role"),
    ],
)
def test_all_else_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(" ", id="blanks"),
        pytest.param("-eyJ", id="beginnings of tokens"),
        pytest.param("eyJaaaaaaaa.", id="parts of tokens"),
        pytest.param("session token ", id="names of secrets"),
        pytest.param("session token" + " " * 100, id="names of secrets, and blanks"),
        pytest.param("a" * 159 + " ", id="names that are almost too long"),
    ],
)
def test_a_long_text_takes_no_longer_than_its_length(part: str) -> None:
    text = part * (100_000 // len(part))
    before = time.process_time()
    redacted(text)
    assert time.process_time() - before < 2
