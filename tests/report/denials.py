"""Requests that are denied, as realistic as they come."""

import json

from msgspec.structs import replace
from tests.report.parts import (
    GUIDE,
    NAMES,
    Names,
    allowing,
    case_of,
    comparison,
    decided_with,
    identity_of,
    layer_of,
    policy_of,
    resource_fits,
    statement_of,
    trusting,
    unread_layer,
)

from diagnose.model.diagnosis import (
    Certainty,
    Diagnosis,
    Excerpt,
    Finding,
    Letter,
    Owner,
    Proof,
    Remedy,
    Verdict,
)
from diagnose.model.policy import PolicyKind, document_text, raw_document
from diagnose.model.trace import (
    Action,
    Blocker,
    Decision,
    Element,
    Layer,
    Match,
    Reason,
)
from diagnose.model.tri import NO, UNKNOWN, YES


def wrong_principal(names: Names = NAMES) -> Diagnosis:
    """Another account's role: the trust policy names it without its path."""
    meant = f"arn:aws:iam::{names.source_account}:role/{names.caller}"
    trust = policy_of(names.role, PolicyKind.TRUST, trusting(meant, sid=names.sid))
    fixed = policy_of(names.role, PolicyKind.TRUST, trusting(names.caller_arn, sid=names.sid))
    identity = identity_of(names)
    principal = "/Statement/0/Principal/AWS"
    compared = comparison(Element.PRINCIPAL, NO, Reason.PATH_MISSING, principal, wanted=meant, got=names.caller_arn)
    document = document_text(fixed.document)
    remedy = Remedy(
        kind="replace-principal",
        owner=Owner.DESTINATION,
        text="Name the role with its path.",
        proof=Proof.ALLOWED,
        policy_name=names.role,
        document=document,
        patch=json.dumps([{"op": "replace", "path": principal, "value": names.caller_arn}]),
        commands=(
            (
                "aws-cli",
                f"aws iam update-assume-role-policy --role-name {names.role} \\\n  --policy-document '{document}'",
            ),
            ("terraform", f'principals {{\n  type        = "AWS"\n  identifiers = ["{names.caller_arn}"]\n}}'),
        ),
        admits_nobody_else=YES,
        letter=Letter.CHANGE,
    )
    finding = Finding(
        rule="trust-principal-path",
        certainty=Certainty.CERTAIN,
        owner=Owner.DESTINATION,
        title="The trust policy names the caller without its path",
        explanation=(
            f"`{names.sid}` lets in `{meant}`. The caller is `{names.caller_arn}`: the same name at another path, "
            "and so another role."
        ),
        layer=Layer.TRUST,
        excerpts=(
            Excerpt(Layer.TRUST, trust, principal, f"the caller is {names.path}/{names.caller}"),
            Excerpt(Layer.IDENTITY, identity, "/Statement/0/Resource", "this side allows it", primary=False),
        ),
        remedies=(remedy,),
        sources=(f"{GUIDE}reference_identifiers.html",),
    )
    decided = decided_with(
        NO,
        trust=layer_of(Layer.TRUST, NO, [statement_of(Layer.TRUST, trust, NO, names.sid, compared)]),
        identity=layer_of(Layer.IDENTITY, YES, [statement_of(Layer.IDENTITY, identity, YES, "", resource_fits(names))]),
        scp=unread_layer(Layer.SCP, names, "organizations:ListPoliciesForTarget"),
    )
    return Diagnosis(
        case_of(names, names.caller_arn, trust, [identity]),
        Decision(NO, False, (decided,), blockers=(Blocker(Action.ASSUME_ROLE, Layer.TRUST),)),
        Verdict.DENIED,
        findings=(finding,),
    )


def silent_identity(names: Names = NAMES) -> Diagnosis:
    """One account: the trust policy leaves it to the account, and the user's policies say nothing."""
    names = replace(names, dest_account=names.source_account)
    root = f"arn:aws:iam::{names.source_account}:root"
    trust = policy_of(names.role, PolicyKind.TRUST, trusting(root))
    group = policy_of("ReadLogs", PolicyKind.MANAGED, allowing("logs:Get*", "*"), attached_to=f"group {names.group}")
    statement = allowing("sts:AssumeRole", names.role_arn)
    finding = Finding(
        rule="identity-nothing-allows",
        certainty=Certainty.CERTAIN,
        owner=Owner.SOURCE,
        title="No policy of the caller allows sts:AssumeRole",
        explanation=(
            "The trust policy trusts the account, not the user, so the user's own policies must allow the call. "
            "None of them names `sts:AssumeRole`."
        ),
        layer=Layer.IDENTITY,
        excerpts=(
            Excerpt(Layer.IDENTITY, group, "/Statement/0/Action", "other actions only"),
            Excerpt(Layer.TRUST, trust, "/Statement/0/Principal/AWS", "leaves it to the account", primary=False),
        ),
        remedies=(
            Remedy(
                kind="add-identity-policy",
                owner=Owner.SOURCE,
                text=f"Allow the user to assume this one role, in a new inline policy `assume-{names.role}`.",
                proof=Proof.ALLOWED,
                policy_name=f"assume-{names.role}",
                document=document_text(raw_document(statement)),
                admits_nobody_else=YES,
            ),
            Remedy(
                kind="name-the-user",
                owner=Owner.DESTINATION,
                text="Or name the user in the trust policy: within one account that is enough.",
                proof=Proof.ALLOWED,
                policy_name=names.role,
                document=document_text(raw_document(trusting([root, names.user_arn]))),
                admits_nobody_else=UNKNOWN,
            ),
        ),
        sources=(f"{GUIDE}reference_policies_evaluation-logic.html",),
    )
    action = comparison(Element.ACTION, NO, Reason.OTHER_SERVICE, "/Statement/0/Action", wanted="logs:Get*")
    principal = comparison(Element.PRINCIPAL, YES, Reason.MATCHES, "/Statement/0/Principal/AWS", wanted=root)
    decided = decided_with(
        NO,
        trust=layer_of(Layer.TRUST, YES, [statement_of(Layer.TRUST, trust, YES, "", principal)]),
        identity=layer_of(Layer.IDENTITY, NO, [statement_of(Layer.IDENTITY, group, NO, "", action)]),
        match=Match.ACCOUNT,
    )
    return Diagnosis(
        case_of(names, names.user_arn, trust, [group]),
        Decision(NO, True, (decided,), blockers=(Blocker(Action.ASSUME_ROLE, Layer.IDENTITY),)),
        Verdict.DENIED,
        findings=(finding,),
    )
