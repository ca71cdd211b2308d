# The Lambda image: docker build --provenance=false -t posterframe-lambda -f docker/lambda.Dockerfile .
# Both base images are pinned by digest; `docker buildx imagetools inspect NAME:TAG` prints the current one.
FROM node:24-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Amazon Linux has no ffmpeg package; the static build of ffmpeg-static runs there and starts quickly.
RUN npm ci && node node_modules/ffmpeg-static/install.js
COPY scripts/ scripts/
COPY src/ src/
# BUILD_FLAGS=--with-libav adds the default decoder, libav (170 MB); an image with it must not be published
# (docs/licences.md).
ARG BUILD_FLAGS=
RUN node scripts/build.mjs ${BUILD_FLAGS}

FROM public.ecr.aws/lambda/nodejs:24@sha256:486431faaa8a45cc6b23c06ce5281670ed98faa7a45f06411121c33b7247df49
COPY --from=build /build/dist/ ${LAMBDA_TASK_ROOT}/
COPY --from=build /build/node_modules/ffmpeg-static/ffmpeg /usr/local/bin/ffmpeg
ENV NODE_ENV=production \
    FFMPEG_PATH=/usr/local/bin/ffmpeg
# Lambda ignores this and uses an unprivileged user of its own; other runtimes do not.
USER 993
# The other handlers are lambda.events and lambda.batch.
CMD ["lambda.api"]
