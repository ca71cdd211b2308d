# The container: docker build -t posterframe .
# The base is pinned by digest. To take a newer one:
#   docker buildx imagetools inspect node:24-bookworm-slim --format '{{.Manifest.Digest}}'
# and put what it prints in both places, and in docker/lambda.Dockerfile.
FROM node:24-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY scripts/ scripts/
COPY src/ src/
# BUILD_FLAGS=--with-libav takes the decoder libav along, 170 MB.
ARG BUILD_FLAGS=
RUN node scripts/build.mjs ${BUILD_FLAGS}

FROM node:24-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df
# Of a program that may be run but not read, the kernel shows nobody of the same user the environment or the memory.
# No versions here: Debian keeps one of each and mends it in place, so a pinned one soon cannot be installed.
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap ffmpeg tini \
    && rm -rf /var/lib/apt/lists/* \
    && chmod 0711 /usr/bin/tini /usr/local/bin/node \
    && install -d -o node -g node /data /scratch
WORKDIR /app
COPY --from=build /build/dist/ ./
# glibc keeps freed buffers of some MB in many arenas unless it is told to map large ones by themselves.
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
# tini reaps what ffmpeg may leave and passes SIGTERM on.
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "server.mjs"]
