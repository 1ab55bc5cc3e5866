# Two stages: the first compiles the screens into a wheel, the second serves it. Neither Node nor bun is in the result.
FROM python:3.11-slim AS build
WORKDIR /src
COPY . .
RUN pip install --no-cache-dir --constraint requirements.lock --editable '.[build]' \
    && gpt-image-ui build \
    && pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:3.11-slim
COPY --from=build /wheel /wheel
COPY requirements.lock /wheel/
RUN pip install --no-cache-dir --constraint /wheel/requirements.lock /wheel/*.whl \
    && rm -r /wheel \
    && useradd --create-home --uid 10001 studio \
    && install --directory --owner studio --mode 700 /data
USER studio
WORKDIR /home/studio
ENV GPT_IMAGE_UI_DATA=/data GPT_IMAGE_UI_SERVER_HOST=0.0.0.0 GPT_IMAGE_UI_LOG_FORM=json
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["gpt-image-ui", "run"]
