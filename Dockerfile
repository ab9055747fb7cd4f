# docker build -t twinhub . && docker run --rm -p 443:8443 -p 8883:8883 -v twinhub-data:/data twinhub
# Read-only and without rights: docker run --rm --read-only --cap-drop ALL -p 443:8443 -p 8883:8883 -v twinhub-data:/data twinhub
FROM swift:6.2-bookworm AS build
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends libssl-dev zlib1g-dev libnghttp2-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN swift build -c release --static-swift-stdlib --product twinhub && strip .build/release/twinhub
# The image's root: the program, the shared libraries it is linked with, the loader among them, and one user.
RUN install -D .build/release/twinhub /image/usr/local/bin/twinhub \
    && ldd .build/release/twinhub | grep -o '/[^ ]*' | xargs cp --parents --dereference --target-directory=/image \
    && install -d /image/usr/local/share /image/etc && cp -r sample-data /image/usr/local/share/twinhub \
    && echo 'twinhub:x:8443:8443::/data:/nonexistent' > /image/etc/passwd && echo 'twinhub:x:8443:' > /image/etc/group \
    && install -d -m 1777 /image/tmp && install -d /empty

FROM scratch
COPY --from=build /image /
COPY --from=build --chown=8443:8443 /empty /data
USER 8443:8443
VOLUME /data
# Inside a container the published port decides who gets in, so TwinHub listens on every address.
ENV PATH=/usr/local/bin TWINHUB_DATA=/data TWINHUB_BIND=0.0.0.0 TWINHUB_HTTPS_PORT=8443 TWINHUB_MQTT_PORT=8883
EXPOSE 8443 8883
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["twinhub", "health", "--data", "/data"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["twinhub"]
CMD ["serve"]
