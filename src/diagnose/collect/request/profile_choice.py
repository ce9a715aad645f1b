"""Which AWS profile is used. It stands apart, for whether one is asked about is known before any file is read."""

from collections.abc import Mapping

from diagnose.model.words import printable


def chosen_profile(named: str | None, environment: Mapping[str, str]) -> tuple[str, str]:
    """Say which profile is used, and in a sentence what else would be taken for it. Empty where none is named.

    botocore asks AWS_DEFAULT_PROFILE before AWS_PROFILE, and keys in the environment before either of them.
    """
    if named is not None:
        said = ""
        if environment.get("AWS_ACCESS_KEY_ID"):
            said = (
                "Keys are set in the environment: a program that is given the profile by AWS_PROFILE uses them instead "
                "and assumes no role; `--profile`, or `unset AWS_ACCESS_KEY_ID`, does not."
            )
        return named, said
    name, other = environment.get("AWS_DEFAULT_PROFILE", ""), environment.get("AWS_PROFILE", "")
    if name and other and name != other:
        said = (
            f"AWS_PROFILE names `{printable(other)}`, but boto3 asks AWS_DEFAULT_PROFILE first and uses "
            f"`{printable(name)}`: unset AWS_DEFAULT_PROFILE."
        )
        return name, said
    return name or other, ""
