# The service without torch, for models that predict without it; EXTRAS=serve,onnx adds exported ones.
#
#   docker build --tag tenor .
#   docker run --rm --read-only --tmpfs /tmp --publish 127.0.0.1:8000:8000 --volume ./models:/models:ro tenor
#
# See docs/deploying.md.
ARG PYTHON=3.13.13-slim-trixie

FROM python:${PYTHON} AS build
ARG EXTRAS=serve
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
# Without pip in it: nothing is installed later.
RUN python -m venv --without-pip /opt/tenor \
    && pip --python /opt/tenor/bin/python install --no-cache-dir --constraint constraints.txt ".[${EXTRAS}]"

FROM python:${PYTHON}
COPY --from=build /opt/tenor /opt/tenor
# Nothing is written but compiled code, which may be lost: /tmp can be a tmpfs and all else read-only.
ENV PATH=/opt/tenor/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/tmp/numba
WORKDIR /models
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/v2/health/live', timeout=2)"]
# Every address of the container; whoever publishes the port decides who can reach it.
ENTRYPOINT ["tenor", "serve", "--host", "0.0.0.0", "--port", "8000"]
CMD ["/models"]
