"""Every kind of remedy: an example or more whose proof holds, and one whose proof does not."""

from tests.remedy.caller_examples import CALLER_EXAMPLES
from tests.remedy.federated_examples import FEDERATED_EXAMPLES
from tests.remedy.granting_examples import GRANTING_EXAMPLES
from tests.remedy.limit_examples import LIMIT_EXAMPLES
from tests.remedy.request_examples import REQUEST_EXAMPLES
from tests.remedy.route_examples import ROUTE_EXAMPLES
from tests.remedy.statement_examples import STATEMENT_EXAMPLES

EXAMPLES = (
    *GRANTING_EXAMPLES,
    *STATEMENT_EXAMPLES,
    *LIMIT_EXAMPLES,
    *REQUEST_EXAMPLES,
    *ROUTE_EXAMPLES,
    *CALLER_EXAMPLES,
    *FEDERATED_EXAMPLES,
)
