"""AWS's sentence where it is told in another form: the fields of a panel of the console, or another language.

The console shows the parts of the sentence on lines of their own. Tickets and logs are translated by other software;
AWS itself writes English. Then ARNs and the action tell themselves by their form, and which layer is meant stays
unknown.
"""

import re


def with_sentence(text: str) -> str:
    """Add AWS's sentence to a clean paste that tells one in another form; give the paste as it is where it does not."""
    if _SENTENCE.search(text):
        return text
    if panel := _PANEL.search(text):
        why = (panel["why"] or "").strip().rstrip(".")
        return f"{text}\n{_sentence(panel['user'], panel['action'], panel['resource'])}{_reason(why, panel['action'])}"
    if any(words in text.lower() for words in _REFUSED):
        caller = _CALLER.search(text)
        action = _ACTION.search(text)
        if caller and action:
            role = _ROLE.search(text, caller.end())
            return f"{text}\n{_sentence(caller[0], action[0], role[0] if role else None)}"
    return text


_SENTENCE = re.compile(r"(?i)not\s+authorized\s+to\s+perform")
_PANEL = re.compile(
    r"User: ?(?P<user>arn:\S{1,600}+)\s+(?:Service: ?\S{1,80}\s+)?Action: ?(?P<action>[a-z][\w-]{0,60}:\w{1,80})"
    r"(?:\s+On resource(?:\(s\))?: ?(?P<resource>\S{1,1200}))?(?:\s+Context: ?(?P<why>[^\n]{0,300}))?"
)
_REFUSED = (
    # German, French, Spanish, Portuguese, Italian, Russian
    "nicht berechtigt",
    "nicht autorisiert",
    "pas autorisé",
    "no está autorizado",
    "não está autorizado",
    "não tem autorização",
    "não tem permissão",
    "non è autorizzato",
    "не авторизован",
    "не имеет прав",
    # Japanese, Chinese, Korean
    "権限がありません",
    "許可されていません",
    "无权",
    "未获授权",
    "未被授权",
    "沒有權限",
    "没有权限",
    "권한이 없습니다",
)
"""What software translates "is not authorized" to."""
_CALLER = re.compile(r"arn:[\w-]{1,20}:(?:sts|iam)::[^\s:]{0,40}:(?:assumed-role/|user/|root\b)[\w+=,.@/-]{0,500}")
_ACTION = re.compile(r"(?<![\w:])(?:sts:(?:AssumeRole\w{0,20}|TagSession|SetSourceIdentity|SetContext)|iam:PassRole)")
_ROLE = re.compile(r"arn:[\w-]{1,20}:iam::[^\s:]{0,40}:role/[\w+=,.@/-]{1,600}")


def _sentence(caller: str, action: str, resource: str | None) -> str:
    on = f" on resource: {resource}" if resource else ""
    return f"User: {caller} is not authorized to perform: {action}{on}"


def _reason(why: str, action: str) -> str:
    """Write why as the sentence has it; the console calls the action `the action`, and a Deny by its layer."""
    if why.startswith("no "):
        return f" because {why.replace('the action', f'the {action} action')}"
    deny = why[why.find("explicit deny") :] if "explicit deny" in why else ""
    return f" with an {deny}" if deny else ""
