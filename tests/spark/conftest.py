"""`make test-spark` runs these tests in an environment of their own; where there is no Spark they are nobody's."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("pyspark") else ["test_*"]
