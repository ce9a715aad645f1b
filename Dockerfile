# xdiag in a container: `make package` first, for the image holds that very wheel and what the lock pins.
# How to run it: docs/platform.md.
FROM python:3.13-slim-bookworm AS build
COPY requirements.lock /tmp/
RUN python -m venv /opt/xdiag \
    && /opt/xdiag/bin/pip install --no-cache-dir --require-hashes --requirement /tmp/requirements.lock
COPY dist/xdiag-*.whl /tmp/
RUN /opt/xdiag/bin/pip install --no-cache-dir --no-index --no-deps /tmp/xdiag-*.whl \
    && /opt/xdiag/bin/python -m compileall -q /opt/xdiag/lib \
    && rm -rf /opt/xdiag/lib/python3.13/site-packages/pip*

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --create-home xdiag \
    && chmod 755 /home/xdiag \
    && install --directory --owner xdiag /work
COPY --from=build /opt/xdiag /opt/xdiag
# The home stays the same for whoever the container is run as, so that ~/.aws is found where it is mounted.
ENV PATH=/opt/xdiag/bin:$PATH HOME=/home/xdiag PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /work
ENTRYPOINT ["xdiag"]
CMD ["--help"]
