"""Principals, actions and resources that fit a request or just miss it."""

from typing import Any

from tests.naive.draft import Draft

from diagnose.model.arn import split_path

FITTING_ACTIONS: tuple[Any, ...] = ("sts:*", "STS:*", ["sts:?*", "iam:PassRole"], "sts:*e*")
SPELLINGS: tuple[Any, ...] = ("sts:AssumeRole", "STS:assumerole", "sts:Assume*", "sts:AssumeRol?", ["sts:AssumeRole"])
MISSING_ACTIONS: tuple[Any, ...] = (
    "sts:AssumeRoleWithSAML",
    ["sts:AssumeRoleWithWebIdentity", "sts:GetFederationToken"],
    "sts:AssumeRol",
    "sts:AssumeRole?",
    "sts:assumeroles",
    "sts:Get*",
    "sts:AssumeRoleWith*",
)
OTHER_SERVICES = ("iam:PassRole", ["iam:*", "s3:Get*"], "st:*", "s*:Pass*")


def an_action(draft: Draft, *, fits: bool, trust: bool) -> tuple[str, Any]:
    """Write an Action or NotAction for all the actions of the request, or for none of them."""
    rng, actions = draft.rng, draft.actions()
    if rng.random() < 0.06:
        return "NotAction", rng.choice(
            ("iam:*", ["sts:GetFederationToken", "sts:AssumeRoleWithSAML"]) if fits else ("sts:*", ["STS:*", "iam:*"])
        )
    if not fits:
        return "Action", rng.choice(MISSING_ACTIONS if trust else MISSING_ACTIONS + OTHER_SERVICES)
    if len(actions) == 1 and rng.random() < 0.6:
        return "Action", rng.choice(SPELLINGS)
    if rng.random() < 0.5:
        return "Action", rng.sample(actions, len(actions))
    return "Action", rng.choice(FITTING_ACTIONS if trust else (*FITTING_ACTIONS, "*", "s*"))


def a_resource(draft: Draft, *, fits: bool) -> tuple[str, Any]:
    """Write a Resource or NotResource that means the role, or does not."""
    rng = draft.rng
    head, _, tail = draft.role_arn.partition(f":{draft.account}:role")
    path, _, name = tail.rpartition("/")
    hits = [
        draft.role_arn,
        draft.role_arn,
        "*",
        f"{head}:*:role{tail}",
        f"{head}:{draft.account}:role/*",
        f"{head}:{draft.account}:role{path}/{name[:3]}*",
        f"{head}:{draft.account}:role/*{name}",
        f"{head}:{draft.account}:role{path}/?{name[1:]}",
        f"arn:*:iam::{draft.account}:role{tail}",
        *_with_variables(draft, f"{head}:{draft.account}:role{path}/", name),
    ]
    misses = [
        draft.role_arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/*",
        draft.role_arn.replace(draft.account, "333333333333"),
        f"{head}:{draft.account}:role/other{tail}",
        f"{head}:{draft.account}:role/{name}x",
        f"{head}:{draft.account}:role/{name.lower()}",
        f"{head}:{draft.account}:user{tail}",
        f"{head}:{draft.account}:root",
        draft.role_arn.replace("iam::", "iam:us-east-1:"),
        f"{head}:{draft.account}:instance-profile{tail}",
        draft.role_arn + " ",
        f"arn:aws-cn:iam::{draft.account}:role{tail}",
        f"{head}:{draft.account}:role{path}/${{aws:PrincipalTag/none}}*",
        f"{head}:{draft.account}:role{path}/${{*}}{name[1:]}",
        f"{head}:{draft.account}:role{path}/{name}?",
        f"{head}:${{aws:ResourceAccount}}:role{tail}",
        f"arn:aws:i?m::{draft.account}:role{tail}",
        f"{head}:{draft.account}",
    ]
    negated = rng.random() < 0.08
    if fits == negated:
        chosen = rng.sample(misses, rng.choice((1, 1, 2)))
    else:
        chosen = [rng.choice(hits), *(rng.sample(misses, 1) if rng.random() < 0.2 else [])]
        rng.shuffle(chosen)
    return "NotResource" if negated else "Resource", chosen if len(chosen) > 1 or rng.random() < 0.2 else chosen[0]


def a_principal(draft: Draft, layer: str, effect: str, *, fits: bool) -> tuple[str, Any]:
    """Write a Principal that means the caller, or does not; RCPs know only everyone."""
    rng = draft.rng
    if layer == "rcp":
        return "Principal", "*"
    names, misses = _names(draft)
    if layer == "endpoint" and effect == "Deny" and rng.random() < 0.25:
        everyone = [*names, f"arn:{draft.partition}:iam::{draft.caller.account}:root"]
        return "NotPrincipal", {"AWS": rng.choice((everyone, names[:1], misses[:2], [names[0], everyone[-1]]))}
    if layer == "endpoint" and fits and rng.random() < 0.6:
        return "Principal", rng.choice(("*", {"AWS": "*"}))
    services = ["ec2.amazonaws.com", "lambda.amazonaws.com"]
    if draft.is_service:
        if not fits:
            services.remove(draft.arn)
            return "Principal", {"Service": [*services, "ec2.us-east-1.amazonaws.com"]}
        if effect == "Deny" and rng.random() < 0.5:
            return "Principal", rng.choice(("*", {"AWS": "*"}, {"Service": draft.arn}))
        return "Principal", rng.choice(({"Service": draft.arn}, {"Service": services, "AWS": "333333333333"}))
    if not fits:
        chosen = rng.sample(misses, rng.choice((1, 2)))
    else:
        account = (draft.caller.account, f"arn:{draft.partition}:iam::{draft.caller.account}:root")
        star = ("*", "*") if rng.random() < 0.4 else ()
        chosen = [rng.choice((*account, *names, *names, *star)), *(rng.sample(misses, 1) if rng.random() < 0.3 else [])]
    if chosen == ["*"] and rng.random() < 0.5:
        return "Principal", "*"
    principal: dict[str, Any] = {"AWS": chosen if len(chosen) > 1 or rng.random() < 0.3 else chosen[0]}
    if rng.random() < 0.1:
        principal["Service"] = rng.choice(services)
    if rng.random() < 0.1:
        principal["Federated"] = "cognito-identity.amazonaws.com"
    return "Principal", principal


def _names(draft: Draft) -> tuple[list[str], list[str]]:
    """Give what names the caller himself, and what nearly does."""
    principal = draft.principal
    if principal is None:
        return [draft.arn], ["333333333333"]
    account, arn = draft.caller.account, principal.arn
    kind, _, name = split_path(arn.rpartition(":")[2])
    iam = f"arn:{draft.partition}:iam::{account}"
    misses = [
        "333333333333",
        f"arn:{draft.partition}:iam::333333333333:root",
        f"arn:aws-cn:iam::{account}:root",
        f"{iam}:{kind}/other/{name}",
        f"{iam}:{kind}/{name.swapcase()}",
        arn.replace(account, "333333333333"),
        "AROASTALEEXAMPLE00001",
        "AIDASTALEEXAMPLE00001",
        f"{iam}:{kind}/{name[:2]}*",
        f"{iam}:group/devs",
        f"{iam}:{'role' if kind == 'user' else 'user'}/{name}",
    ]
    names = [arn, arn, principal.unique_id]
    if kind == "role":
        sessions = f"arn:{draft.partition}:sts::{account}:assumed-role/{name}"
        if draft.arn.startswith(sessions):
            names += [draft.arn]
            misses += [f"{sessions}/other", f"{sessions}/*", f"{sessions.replace(name, 'team/' + name)}/sess-1"]
    return names, misses


def _with_variables(draft: Draft, head: str, name: str) -> list[str]:
    """Write the role's ARN with variables in it that have the right values."""
    patterns = [f"{head}${{aws:PrincipalTag/none, '{name}'}}"]
    tag = draft.values("aws:PrincipalTag/team", "sts:AssumeRole")
    if tag == (name,):
        patterns += [head + "${aws:PrincipalTag/team}"] * 5
    return patterns
