"""The errors of a paste, as they come into a case."""

from diagnose.collect.pasted_error import pasted_error

CALLER = "arn:aws:sts::111111111111:assumed-role/App/session-1"
ROLE = "arn:aws:iam::222222222222:role/team/Deploy"
BARE = f"User: {CALLER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
CLI = "An error occurred (AccessDenied) when calling the AssumeRole operation: "


def test_an_error_comes_alone_and_on_one_line() -> None:
    paste = f"$ make deploy\n\u2502 Error: AccessDenied: {BARE.replace(' ', chr(10))}\n\u2502  status code: 403\n$"
    assert pasted_error(paste) == f"An error occurred (AccessDenied): {BARE}"


def test_every_error_has_a_line_and_a_repeated_one_only_one() -> None:
    throttled = "An error occurred (Throttling) when calling the AssumeRole operation: Rate exceeded"
    assert pasted_error(f"{throttled}\n{CLI}{BARE}\n{CLI}{BARE}\n") == f"{throttled}\n{CLI}{BARE}"


def test_of_a_long_log_the_last_errors_are_taken() -> None:
    errors = [f"{BARE}{number}" for number in range(30)]
    assert pasted_error("\n".join(errors)).split("\n") == errors[-20:]


def test_what_is_no_error_is_taken_whole() -> None:
    assert pasted_error("it just\nfails") == "it just fails"


def test_nothing_is_nothing() -> None:
    assert pasted_error(" \n") == ""


def test_a_paste_of_credentials_keeps_none_of_them() -> None:
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    for error in (CLI + BARE, "The security token included in the request is invalid."):
        assert secret not in pasted_error(f"export AWS_SECRET_ACCESS_KEY={secret}\n{error}")


def test_a_long_path_is_no_session_token() -> None:
    long = BARE.replace("role/team/", f"role/{'team/' * 60}")
    assert pasted_error(long) == long
