# docker build -t twinhub . && docker run --rm -p 443:8443 -p 8883:8883 -v twinhub-data:/data twinhub
FROM swift:6.2-bookworm AS build
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends libssl-dev zlib1g-dev libnghttp2-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN swift build -c release --static-swift-stdlib --product twinhub && strip .build/release/twinhub

FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends libssl3 libnghttp2-14 zlib1g libstdc++6 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 8443 --home-dir /data --shell /usr/sbin/nologin twinhub \
    && install -d -o twinhub -g twinhub /data
COPY --from=build /source/.build/release/twinhub /usr/local/bin/twinhub
COPY sample-data /usr/local/share/twinhub
USER twinhub
VOLUME /data
# Inside a container the published port decides who gets in, so TwinHub listens on every address.
ENV TWINHUB_DATA=/data TWINHUB_BIND=0.0.0.0 TWINHUB_HTTPS_PORT=8443 TWINHUB_MQTT_PORT=8883
EXPOSE 8443 8883
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["twinhub", "health", "--data", "/data"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["twinhub"]
CMD ["serve"]
