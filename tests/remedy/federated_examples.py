"""Examples of remedies for whoever presents a token or an assertion."""

from typing import Any

from tests.remedy.broken import about, broken, trust
from tests.remedy.example import ALLOWED, CLEARS, NO_TROUBLE, NOT_TRIED, example, of_gate

from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Action, Element, Gate, Layer

HOST = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::222222222222:oidc-provider/{HOST}"
SUB, AUD = f"{HOST}:sub", f"{HOST}:aud"
MAIN = "repo:octo/app:ref:refs/heads/main"
CLUSTER = "oidc.eks.eu-west-1.amazonaws.com/id/1122334455667788990011223344AABB"
CLUSTER_PROVIDER = f"arn:aws:iam::222222222222:oidc-provider/{CLUSTER}"
CART = "system:serviceaccount:shop:cart"


def trusting(
    condition: Any, world: str = "github", principal: Any = None, action: str = "sts:AssumeRoleWithWebIdentity"
) -> Case:
    statement = {"Effect": "Allow", "Principal": principal or {"Federated": PROVIDER}, "Action": action}
    return broken(world, trust_policy=trust({**statement, **({"Condition": condition} if condition else {})}))


def presenting(claims: Any, world: str = "github", **more: Any) -> Case:
    return broken(world, {"snapshot": {"source": {"identity": {"claims": claims}}, **more}})


def of_token(element: Element, key: str = "", action: Action = Action.WITH_WEB_IDENTITY) -> Any:
    return lambda case: about(case, Layer.TRUST, element, key=key, action=action)


def providers(*listed: Any) -> Any:
    return {"destination": {"oidc_providers": {"value": list(listed)}}}


OLD_ROLE = {
    "namespace": "shop",
    "service_account": "cart",
    "id": "a-0123456789abcdef1",
    "role_arn": {"evidence": "known", "value": "arn:aws:iam::222222222222:role/CartOld"},
    "target_role_arn": {"evidence": "known", "value": None},
}


def pod_with(*associations: Any) -> Any:
    held = {"evidence": "known", "value": list(associations)}
    clusters = [{"arn": "arn:aws:eks:eu-west-1:222222222222:cluster/main", "associations": held}]
    return {"snapshot": {"source": {"pod": {"clusters": {"value": clusters}}}}}


def pod(*associations: Any) -> Case:
    return broken("pod", pod_with(*associations))


WHOM = of_token(Element.PRINCIPAL)
SWAPPED = CLUSTER_PROVIDER.replace("eks.eu-west-1", "eu-west-1.eks")
ON_CLUSTER = {"StringEquals": {f"{CLUSTER}:sub": CART}}

FEDERATED_EXAMPLES = (
    example(
        "name-provider-in-trust",
        "words of the host are exchanged",
        trusting(ON_CLUSTER, "eks", {"Federated": SWAPPED}),
        WHOM,
        ALLOWED,
    ),
    example(
        "name-provider-in-trust",
        "a misspelling whose correction alone would let in every service account",
        trusting(None, "eks", {"Federated": SWAPPED}),
        WHOM,
        ALLOWED,
    ),
    example(
        "name-provider-in-trust",
        "only a service is trusted",
        trusting(None, "saml", {"Service": "ec2.amazonaws.com"}, "sts:AssumeRole"),
        of_token(Element.PRINCIPAL, action=Action.WITH_SAML),
        ALLOWED,
    ),
    example(
        "name-provider-in-trust",
        "nobody knows the subject of the token",
        broken(
            "github",
            {"snapshot": {"source": {"identity": None}}},
            trust_policy=trust({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:*"}),
        ),
        WHOM,
        NotProved.CALLER_NOT_NAMEABLE,
    ),
    example(
        "correct-claim-key",
        "the subject stands under aud",
        trusting({"StringEquals": {AUD: MAIN}}),
        of_token(Element.CONDITION, AUD),
        ALLOWED,
    ),
    example(
        "correct-claim-key",
        "the key ends behind the provider",
        trusting({"StringEquals": {HOST: MAIN}}),
        of_token(Element.CONDITION, HOST),
        ALLOWED,
    ),
    example(
        "correct-claim-key",
        "both keys begin with https",
        trusting({"StringEquals": {f"https://{SUB}": MAIN, f"https://{AUD}": "sts.amazonaws.com"}}),
        of_token(Element.CONDITION, f"https://{SUB}"),
        ALLOWED,
    ),
    example(
        "correct-claim-key",
        "every branch is meant, and the right key would let them all in",
        trusting({"StringLike": {AUD: "repo:octo/*"}}),
        of_token(Element.CONDITION, AUD),
        ALLOWED,
    ),
    example("correct-claim-key", "it is not about a key", presenting({"exp": 1}), NO_TROUBLE, NotProved.NO_EDIT),
    example(
        "drop-condition",
        "an external ID is asked for",
        trusting({"StringEquals": {SUB: MAIN, "sts:ExternalId": "acme-42"}}),
        of_token(Element.CONDITION, "sts:ExternalId"),
        ALLOWED,
    ),
    example(
        "drop-condition",
        "nothing else tells callers apart",
        trusting({"StringEquals": {"sts:ExternalId": "acme-42"}}),
        of_token(Element.CONDITION, "sts:ExternalId"),
        ALLOWED,
    ),
    example("drop-condition", "it is not about a key", presenting({"exp": 1}), NO_TROUBLE, NotProved.NO_EDIT),
    example("create-provider", "there is none", presenting({}, **providers()), of_gate(Gate.PROVIDER), ALLOWED),
    example(
        "create-provider",
        "the trust policy does not fit either",
        presenting({"sub": "repo:octo/web:ref:refs/heads/main"}, **providers()),
        of_gate(Gate.PROVIDER),
        CLEARS,
    ),
    example(
        "create-provider",
        "nobody knows which there are, but AWS says that this one is not",
        broken(
            "github",
            {
                "snapshot": {"destination": {"oidc_providers": {"evidence": "unread"}}},
                "message": "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity "
                f"operation: No OpenIDConnect provider found in your account for https://{HOST}",
            },
        ),
        of_gate(Gate.PROVIDER),
        ALLOWED,
    ),
    example(
        "create-provider",
        "nobody knows which there are",
        broken("github", {"snapshot": {"destination": {"oidc_providers": {"evidence": "unread"}}}}),
        of_gate(Gate.PROVIDER),
        NotProved.NOT_READ,
    ),
    example("associate-role", "there is no association", pod(), of_gate(Gate.ASSOCIATION), ALLOWED),
    example("associate-role", "there is one with another role", pod(OLD_ROLE), of_gate(Gate.ASSOCIATION), ALLOWED),
    example(
        "associate-role",
        "the role does not trust EKS either",
        broken(
            "pod", pod_with(), trust_policy=trust({"Effect": "Allow", "Principal": "x", "Action": "sts:AssumeRole"})
        ),
        of_gate(Gate.ASSOCIATION),
        CLEARS,
    ),
    example(
        "associate-role",
        "nobody knows which there are",
        broken("pod", {"snapshot": {"source": {"pod": {"clusters": {"evidence": "unread"}}}}}),
        of_gate(Gate.ASSOCIATION),
        NotProved.NOT_READ,
    ),
    example(
        "register-audience",
        "the token is for another client",
        broken(
            "github",
            {"snapshot": {"source": {"identity": {"claims": {"aud": "sts.example.com"}}}}},
            trust_policy=trust(
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": PROVIDER},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {"StringEquals": {SUB: MAIN}},
                }
            ),
        ),
        of_gate(Gate.AUDIENCE),
        ALLOWED,
    ),
    example(
        "register-audience",
        "the token has several audiences",
        presenting({"aud": ["sts.example.com", "api.example.com"]}),
        of_gate(Gate.AUDIENCE),
        NotProved.NOT_READ,
    ),
    example(
        "request-audience",
        "the token has the audience of its issuer",
        presenting({"aud": "https://github.com/octo"}),
        of_gate(Gate.AUDIENCE),
        ALLOWED,
    ),
    example(
        "request-audience",
        "nobody knows what the provider accepts",
        broken("github", {"snapshot": providers({"arn": PROVIDER})}),
        of_gate(Gate.AUDIENCE),
        NotProved.NO_EDIT,
    ),
    example(
        "renew-token",
        "it ended hours ago",
        presenting({"iat": 1772429700, "nbf": 1772429700, "exp": 1772430000}),
        of_gate(Gate.TOKEN),
        ALLOWED,
    ),
    example(
        "renew-token",
        "it ended hours ago, and does not say when it was issued",
        presenting({"iat": None, "nbf": None, "exp": 1772430000}),
        of_gate(Gate.TOKEN),
        ALLOWED,
    ),
    example(
        "renew-token",
        "an assertion is ten minutes old",
        broken(
            "saml",
            {"snapshot": {"source": {"identity": {"issued_at": "2026-03-02T09:19:00Z", "not_on_or_after": None}}}},
        ),
        of_gate(Gate.TOKEN),
        ALLOWED,
    ),
    example(
        "renew-token",
        "its algorithm is refused",
        broken("github", {"snapshot": {"source": {"identity": {"algorithm": "HS256"}}}}),
        of_gate(Gate.TOKEN),
        NotProved.CHANGES_NOTHING,
    ),
    example(
        "request-token",
        "its algorithm is refused",
        broken("github", {"snapshot": {"source": {"identity": {"algorithm": "HS256"}}}}),
        of_gate(Gate.TOKEN),
        NOT_TRIED,
    ),
    example(
        "drop-condition",
        "the subject is not known, so that the statement without it would let in everybody",
        broken(
            "github",
            {"snapshot": {"source": {"identity": {"claims": {"sub": None}, "complete": False}}}},
            trust_policy=trust(
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": PROVIDER},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {"StringEquals": {"sts:ExternalId": "acme-42"}},
                }
            ),
        ),
        of_token(Element.CONDITION, "sts:ExternalId"),
        NotProved.LETS_IN_OTHERS,
    ),
    example(
        "correct-assertion",
        "another role is given",
        broken(
            "saml",
            {
                "snapshot": {
                    "source": {
                        "identity": {
                            "attributes": {
                                "https://aws.amazon.com/SAML/Attributes/Role": [
                                    "arn:aws:iam::222222222222:role/Other,arn:aws:iam::222222222222:saml-provider/IdP"
                                ]
                            }
                        }
                    }
                }
            },
        ),
        of_gate(Gate.ROLE_CLAIM),
        ALLOWED,
    ),
    example("correct-assertion", "it is a token", presenting({"exp": 1}), NO_TROUBLE, NotProved.NO_EDIT),
)
