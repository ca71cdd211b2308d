# The service: docker build -t posterframe .
# The base image is pinned by digest. To update it, replace the digest here, in docker/lambda.Dockerfile and in
# .github/workflows/ci.yml with the output of
#   docker buildx imagetools inspect node:24-bookworm-slim --format '{{.Manifest.Digest}}'
FROM node:24-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY scripts/ scripts/
COPY src/ src/
# BUILD_FLAGS=--with-libav adds the default decoder, libav (170 MB); an image with it must not be published
# (docs/licences.md).
ARG BUILD_FLAGS=
RUN node scripts/build.mjs ${BUILD_FLAGS}

FROM node:24-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df
# Mode 0711: the kernel hides the environment and the memory of a process whose program its user cannot read.
# Versions are not pinned, because Debian replaces packages in place and a pinned version soon fails to install.
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap ffmpeg tini \
    && rm -rf /var/lib/apt/lists/* \
    && chmod 0711 /usr/bin/tini /usr/local/bin/node \
    && install -d -o node -g node /data /scratch \
    && ln -s /app/cli.mjs /usr/local/bin/posterframe
WORKDIR /app
COPY --from=build /build/dist/ ./
# Without these, glibc keeps freed buffers of several MB in many arenas instead of returning them to the system.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=1048576 \
    POSTERFRAME_HOST=0.0.0.0 \
    POSTERFRAME_LOCAL_DIR=/data \
    POSTERFRAME_SCRATCH_DIR=/scratch
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.POSTERFRAME_PORT || process.env.PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# tini reaps processes that ffmpeg may leave behind and forwards SIGTERM.
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "server.mjs"]
