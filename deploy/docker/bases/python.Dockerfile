# Stands in for python:3.11-slim-bookworm: Debian 12's Python 3.11 under the names that image uses.
FROM maskwatch-base/debian:bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-pip python3-venv tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && ln -s /usr/bin/python3 /usr/local/bin/python \
    && ln -s /usr/bin/python3 /usr/local/bin/python3
CMD ["python3"]
