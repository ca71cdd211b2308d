// Written from openapi.yaml by `npm run client`; never edited by hand.

export interface paths {
    "/v1/thumbnails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Redirect to a thumbnail, which is made where it is not there
         * @description For an `<img src>`. With `Accept: application/json` the answer is the JSON of the POST, with status 200 whether it was made or found. A URL that is signed (`docs/signing.md`) needs no key, so that a page can hold it.
         */
        get: operations["redirectToThumbnail"];
        put?: never;
        /**
         * Make a thumbnail, or find the one that is there
         * @description Of a video in the store, by its key, or of a video in the body. The same question always has the same key: a second request finds the thumbnail of the first.
         */
        post: operations["makeThumbnail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/objects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Serves an object of the local store by its signed URL
         * @description The `url` of a thumbnail leads here where the local store is in use. Understands `Range` (one range), `If-Range`, `If-None-Match` and HEAD.
         */
        get: operations["getObject"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process answers */
        get: operations["checkHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether requests can be answered now: the store, the decoder and the scratch disk
         * @description Whoever has not the verb `operate` learns only whether, not why not.
         */
        get: operations["checkReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Figures for Prometheus
         * @description In the text format of Prometheus. `docs/operations.md` lists what is counted.
         */
        get: operations["readMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A problem document (RFC 9457); some codes add members of their own. */
        Problem: {
            /**
             * Format: uri-reference
             * @description `urn:posterframe:error:` and the code.
             */
            type: string;
            /** @description The one sentence that belongs to the code. */
            title: string;
            status: number;
            /** @description What is particular to this request. */
            detail: string;
            /** @enum {unknown} */
            code: "invalid_request" | "invalid_timestamp" | "invalid_signature" | "unauthenticated" | "forbidden_bucket" | "forbidden_key" | "forbidden_action" | "not_found" | "source_not_found" | "method_not_allowed" | "source_changed" | "source_archived" | "source_too_large" | "upload_too_large" | "unsupported_content_type" | "unsupported_media" | "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "timestamp_out_of_range" | "video_limits_exceeded" | "rate_limited" | "internal_error" | "store_unavailable" | "store_forbidden" | "identity_unavailable" | "overloaded" | "scratch_full" | "timed_out";
            /** @description Names the request in the log of the service. */
            requestId: string;
            /** @description Whether the same request can succeed later. */
            retryable: boolean;
            /** @description With `invalid_request`: the parameter or field at fault. */
            parameter?: string;
            /** @description With `source_too_large` and `upload_too_large`: how much is taken. */
            maxBytes?: number;
            /** @description With `timestamp_out_of_range`: the length of the video in seconds. */
            duration?: number;
        };
        Thumbnail: {
            /**
             * Format: uri
             * @description Presigned GET of the thumbnail.
             */
            url: string;
            /**
             * Format: date-time
             * @description When the URL dies; earlier than asked for where the credentials that signed it do.
             */
            expiresAt: string;
            bucket: string;
            key: string;
            /** @example image/jpeg */
            contentType: string;
            width: number;
            height: number;
            bytes: number;
            /** @description Presentation time in seconds of the frame that was used, rounded up to the microsecond: sent back, it gives the same frame. */
            timestamp: number;
            keyFrame: boolean;
            /** @description Whether the thumbnail was there already. */
            cached: boolean;
            /** @description ThumbHash in base64. */
            placeholder: string;
            /** @description The video. */
            source: {
                /** @description Null for an upload. */
                bucket: string | null;
                /** @description Null for an upload, which is not kept. */
                key: string | null;
                /** @description Entity tag; for an upload its SHA-256 in hex. */
                etag: string;
                bytes: number;
                /** @description Seconds; null where the file does not say. */
                duration: number | null;
                /** @example mp4 */
                container: string;
                /** @example h264 */
                codec: string;
                /** @description Display width in pixels. */
                width: number;
                /** @description Display height in pixels. */
                height: number;
                /** @description Degrees clockwise that the coded picture is turned. */
                rotation: number;
                hdr: boolean;
            };
            /** @description What it cost. */
            work: {
                /** @enum {unknown} */
                way: "clip" | "general" | "cached";
                bytesRead: number;
                requests: number;
                packetsDecoded: number;
            };
            warnings: {
                code: string;
                detail: string;
            }[];
        };
        Health: {
            /** @enum {string} */
            status: "ok";
        };
        Readiness: {
            ready: boolean;
            checks?: {
                [key: string]: {
                    ok: boolean;
                    detail?: string;
                };
            };
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    redirectToThumbnail: {
        parameters: {
            query: {
                /**
                 * @description Key of the source video; at most 1,024 bytes of UTF-8.
                 * @example videos/a.mp4
                 */
                key: string;
                /** @description Bucket of the source video, one that the service allows; the first of those unless given. */
                bucket?: string;
                /**
                 * @description The moment: `12.5`, `12.5s`, `1500ms`, `2m3s`, `01:02.5`, `00:01:02.5`, `50pct` (or `50%`, written `50%25` in a URL), `-2s` (from the end), `first`, `middle`, `last` or `auto`.
                 * @example 12.5s
                 */
                timestamp?: string;
                /** @description `exact`: the frame that a player shows at the timestamp. `keyframe`: the key frame at or before it. */
                seek?: "exact" | "keyframe";
                /** @description What a timestamp past the end means: a 422, or the last frame. */
                beyond?: "error" | "clamp";
                /** @description The width of the thumbnail in pixels. Neither side given: the display size of the source, at most 1,920 wide. */
                width?: number;
                /** @description The height of the thumbnail in pixels. Neither side given: the display size of the source, at most 1,920 wide. */
                height?: number;
                /** @description How the picture fills the size asked for; it is never enlarged. */
                fit?: "inside" | "cover" | "contain" | "fill";
                /** @description Format of the thumbnail. */
                format?: "jpeg" | "webp" | "avif" | "png";
                /** @description Quality of the encoding. */
                quality?: number;
                /**
                 * @description A colour of six hexadecimal digits: what shows through a transparent video in a format without transparency, and what a `contain`ed picture is padded with.
                 * @example ffffff
                 */
                background?: string;
                /** @description Seconds that the presigned URL lives. */
                expires?: number;
                /**
                 * @description A named set of options from the configuration of the service. An option that is given beside it goes before its own.
                 * @example poster
                 */
                preset?: string;
                /** @description Of a signed URL: which secret signed it. */
                keyId?: string;
                /** @description Of a signed URL: Unix time in seconds; from then on it is dead. */
                signedUntil?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thumbnail, with `Accept: application/json`. */
            200: {
                headers: {
                    /** @description Milliseconds spent per step: `index`, `fetch`, `decode`, `encode`, `store`. */
                    "Server-Timing"?: string;
                    /** @description Private, and shorter than the URL lives. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thumbnail"];
                };
            };
            /** @description The thumbnail is at the presigned URL. */
            302: {
                headers: {
                    /** @description Presigned GET of the thumbnail. */
                    Location?: string;
                    /** @description Milliseconds spent per step: `index`, `fetch`, `decode`, `encode`, `store`. */
                    "Server-Timing"?: string;
                    /** @description Private, and shorter than the URL lives. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid. The timestamp is not written in a form that is understood. The signature of this URL is wrong or has expired. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "invalid_request" | "invalid_timestamp" | "invalid_signature";
                    };
                };
            };
            /** @description This needs a valid API key or token. */
            401: {
                headers: {
                    /** @description How to show who asks. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                    };
                };
            };
            /** @description This bucket is not one that may be used here. This key is not one that may be used here. These credentials do not allow that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 403;
                        /** @enum {unknown} */
                        code?: "forbidden_bucket" | "forbidden_key" | "forbidden_action";
                    };
                };
            };
            /** @description There is no such video. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "source_not_found";
                    };
                };
            };
            /** @description The video was overwritten while it was being read. The video is archived and must be restored before it can be read. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 409;
                        /** @enum {unknown} */
                        code?: "source_changed" | "source_archived";
                    };
                };
            };
            /** @description The video is larger than may be read here. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 413;
                        /** @enum {unknown} */
                        code?: "source_too_large";
                    };
                };
            };
            /** @description The file is not a video container that can be read. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 415;
                        /** @enum {unknown} */
                        code?: "unsupported_media";
                    };
                };
            };
            /** @description The file has no video track. The video is damaged or incomplete. The video is in a codec that cannot be decoded here. The video is encrypted. The timestamp lies past the end of the video. The video exceeds a limit of this service. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "timestamp_out_of_range" | "video_limits_exceeded";
                    };
                };
            };
            /** @description There were too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to come back, with a problem document. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description Something went wrong inside Posterframe. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description The keys that tokens are checked with could not be fetched. The object store did not answer as it should. The object store does not let this service do that. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 502;
                        /** @enum {unknown} */
                        code?: "identity_unavailable" | "store_unavailable" | "store_forbidden";
                    };
                };
            };
            /** @description The service is busy. There is no room for the video on the scratch disk. */
            503: {
                headers: {
                    /** @description Seconds after which to come back, with a problem document. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "overloaded" | "scratch_full";
                    };
                };
            };
            /** @description The thumbnail could not be made in time. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 504;
                        /** @enum {unknown} */
                        code?: "timed_out";
                    };
                };
            };
        };
    };
    makeThumbnail: {
        parameters: {
            query?: {
                /**
                 * @description The moment: `12.5`, `12.5s`, `1500ms`, `2m3s`, `01:02.5`, `00:01:02.5`, `50pct` (or `50%`, written `50%25` in a URL), `-2s` (from the end), `first`, `middle`, `last` or `auto`.
                 * @example 12.5s
                 */
                timestamp?: string;
                /** @description `exact`: the frame that a player shows at the timestamp. `keyframe`: the key frame at or before it. */
                seek?: "exact" | "keyframe";
                /** @description What a timestamp past the end means: a 422, or the last frame. */
                beyond?: "error" | "clamp";
                /** @description The width of the thumbnail in pixels. Neither side given: the display size of the source, at most 1,920 wide. */
                width?: number;
                /** @description The height of the thumbnail in pixels. Neither side given: the display size of the source, at most 1,920 wide. */
                height?: number;
                /** @description How the picture fills the size asked for; it is never enlarged. */
                fit?: "inside" | "cover" | "contain" | "fill";
                /** @description Format of the thumbnail. */
                format?: "jpeg" | "webp" | "avif" | "png";
                /** @description Quality of the encoding. */
                quality?: number;
                /**
                 * @description A colour of six hexadecimal digits: what shows through a transparent video in a format without transparency, and what a `contain`ed picture is padded with.
                 * @example ffffff
                 */
                background?: string;
                /** @description Seconds that the presigned URL lives. */
                expires?: number;
                /**
                 * @description A named set of options from the configuration of the service. An option that is given beside it goes before its own.
                 * @example poster
                 */
                preset?: string;
                /** @description Make the thumbnail again even if it is there. */
                regenerate?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Key of the source video; at most 1,024 bytes of UTF-8.
                     * @example videos/a.mp4
                     */
                    key: string;
                    /** @description Bucket of the source video, one that the service allows; the first of those unless given. */
                    bucket?: string;
                    /**
                     * @description The moment: `12.5`, `12.5s`, `1500ms`, `2m3s`, `01:02.5`, `00:01:02.5`, `50pct` (or `50%`, written `50%25` in a URL), `-2s` (from the end), `first`, `middle`, `last` or `auto`.
                     * @default auto
                     * @example 12.5s
                     */
                    timestamp?: string;
                    /**
                     * @description `exact`: the frame that a player shows at the timestamp. `keyframe`: the key frame at or before it.
                     * @default exact
                     * @enum {unknown}
                     */
                    seek?: "exact" | "keyframe";
                    /**
                     * @description What a timestamp past the end means: a 422, or the last frame.
                     * @default error
                     * @enum {unknown}
                     */
                    beyond?: "error" | "clamp";
                    /** @description The width of the thumbnail in pixels. Neither side given: the display size of the source, at most 1,920 wide. */
                    width?: number;
                    /** @description The height of the thumbnail in pixels. Neither side given: the display size of the source, at most 1,920 wide. */
                    height?: number;
                    /**
                     * @description How the picture fills the size asked for; it is never enlarged.
                     * @default inside
                     * @enum {unknown}
                     */
                    fit?: "inside" | "cover" | "contain" | "fill";
                    /**
                     * @description Format of the thumbnail.
                     * @default jpeg
                     * @enum {unknown}
                     */
                    format?: "jpeg" | "webp" | "avif" | "png";
                    /**
                     * @description Quality of the encoding.
                     * @default 80
                     */
                    quality?: number;
                    /**
                     * @description A colour of six hexadecimal digits: what shows through a transparent video in a format without transparency, and what a `contain`ed picture is padded with.
                     * @default 000000
                     * @example ffffff
                     */
                    background?: string;
                    /**
                     * @description Seconds that the presigned URL lives.
                     * @default 3600
                     */
                    expires?: number;
                    /**
                     * @description A named set of options from the configuration of the service. An option that is given beside it goes before its own.
                     * @example poster
                     */
                    preset?: string;
                    /**
                     * @description Make the thumbnail again even if it is there.
                     * @default false
                     */
                    regenerate?: boolean;
                };
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @description The video. It is not kept.
                     */
                    file: string;
                    /**
                     * @description The moment: `12.5`, `12.5s`, `1500ms`, `2m3s`, `01:02.5`, `00:01:02.5`, `50pct` (or `50%`, written `50%25` in a URL), `-2s` (from the end), `first`, `middle`, `last` or `auto`.
                     * @default auto
                     * @example 12.5s
                     */
                    timestamp?: string;
                    /**
                     * @description `exact`: the frame that a player shows at the timestamp. `keyframe`: the key frame at or before it.
                     * @default exact
                     * @enum {unknown}
                     */
                    seek?: "exact" | "keyframe";
                    /**
                     * @description What a timestamp past the end means: a 422, or the last frame.
                     * @default error
                     * @enum {unknown}
                     */
                    beyond?: "error" | "clamp";
                    /** @description The width of the thumbnail in pixels. Neither side given: the display size of the source, at most 1,920 wide. */
                    width?: number;
                    /** @description The height of the thumbnail in pixels. Neither side given: the display size of the source, at most 1,920 wide. */
                    height?: number;
                    /**
                     * @description How the picture fills the size asked for; it is never enlarged.
                     * @default inside
                     * @enum {unknown}
                     */
                    fit?: "inside" | "cover" | "contain" | "fill";
                    /**
                     * @description Format of the thumbnail.
                     * @default jpeg
                     * @enum {unknown}
                     */
                    format?: "jpeg" | "webp" | "avif" | "png";
                    /**
                     * @description Quality of the encoding.
                     * @default 80
                     */
                    quality?: number;
                    /**
                     * @description A colour of six hexadecimal digits: what shows through a transparent video in a format without transparency, and what a `contain`ed picture is padded with.
                     * @default 000000
                     * @example ffffff
                     */
                    background?: string;
                    /**
                     * @description Seconds that the presigned URL lives.
                     * @default 3600
                     */
                    expires?: number;
                    /**
                     * @description A named set of options from the configuration of the service. An option that is given beside it goes before its own.
                     * @example poster
                     */
                    preset?: string;
                    /**
                     * @description Make the thumbnail again even if it is there.
                     * @default false
                     */
                    regenerate?: boolean;
                };
            };
        };
        responses: {
            /** @description It was there. */
            200: {
                headers: {
                    /** @description Milliseconds spent per step: `index`, `fetch`, `decode`, `encode`, `store`. */
                    "Server-Timing"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thumbnail"];
                };
            };
            /** @description It was made. */
            201: {
                headers: {
                    /** @description Milliseconds spent per step: `index`, `fetch`, `decode`, `encode`, `store`. */
                    "Server-Timing"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thumbnail"];
                };
            };
            /** @description The request is not valid. The timestamp is not written in a form that is understood. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "invalid_request" | "invalid_timestamp";
                    };
                };
            };
            /** @description This needs a valid API key or token. */
            401: {
                headers: {
                    /** @description How to show who asks. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 401;
                        /** @enum {unknown} */
                        code?: "unauthenticated";
                    };
                };
            };
            /** @description This bucket is not one that may be used here. This key is not one that may be used here. These credentials do not allow that. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 403;
                        /** @enum {unknown} */
                        code?: "forbidden_bucket" | "forbidden_key" | "forbidden_action";
                    };
                };
            };
            /** @description There is no such video. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "source_not_found";
                    };
                };
            };
            /** @description The video was overwritten while it was being read. The video is archived and must be restored before it can be read. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 409;
                        /** @enum {unknown} */
                        code?: "source_changed" | "source_archived";
                    };
                };
            };
            /** @description The video is larger than may be read here. The upload is larger than is taken here. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 413;
                        /** @enum {unknown} */
                        code?: "source_too_large" | "upload_too_large";
                    };
                };
            };
            /** @description The file is not a video container that can be read. The body is of a type that is not understood here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 415;
                        /** @enum {unknown} */
                        code?: "unsupported_media" | "unsupported_content_type";
                    };
                };
            };
            /** @description The file has no video track. The video is damaged or incomplete. The video is in a codec that cannot be decoded here. The video is encrypted. The timestamp lies past the end of the video. The video exceeds a limit of this service. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "timestamp_out_of_range" | "video_limits_exceeded";
                    };
                };
            };
            /** @description There were too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to come back, with a problem document. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description Something went wrong inside Posterframe. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description The keys that tokens are checked with could not be fetched. The object store did not answer as it should. The object store does not let this service do that. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 502;
                        /** @enum {unknown} */
                        code?: "identity_unavailable" | "store_unavailable" | "store_forbidden";
                    };
                };
            };
            /** @description The service is busy. There is no room for the video on the scratch disk. */
            503: {
                headers: {
                    /** @description Seconds after which to come back, with a problem document. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "overloaded" | "scratch_full";
                    };
                };
            };
            /** @description The thumbnail could not be made in time. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 504;
                        /** @enum {unknown} */
                        code?: "timed_out";
                    };
                };
            };
        };
    };
    getObject: {
        parameters: {
            query: {
                bucket: string;
                key: string;
                /** @description Unix time in seconds; from then on the URL is dead. */
                expires: number;
                /** @description HMAC-SHA256 in base64url. */
                signature: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description The part of the object that `Range` asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description The object has the entity tag of `If-None-Match`. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid. The signature of this URL is wrong or has expired. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "invalid_request" | "invalid_signature";
                    };
                };
            };
            /** @description This key is not one that may be used here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 403;
                        /** @enum {unknown} */
                        code?: "forbidden_key";
                    };
                };
            };
            /** @description There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description The video was overwritten while it was being read. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 409;
                        /** @enum {unknown} */
                        code?: "source_changed";
                    };
                };
            };
            /** @description The range lies past the end of the object; `Content-Range` tells its size. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There were too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to come back, with a problem document. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description Something went wrong inside Posterframe. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description The object store did not answer as it should. The object store does not let this service do that. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 502;
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "store_forbidden";
                    };
                };
            };
            /** @description The service is busy. */
            503: {
                headers: {
                    /** @description Seconds after which to come back, with a problem document. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "overloaded";
                    };
                };
            };
        };
    };
    checkHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "invalid_request";
                    };
                };
            };
        };
    };
    checkReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They can. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "invalid_request";
                    };
                };
            };
            /** @description There were too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to come back, with a problem document. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 429;
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description Something went wrong inside Posterframe. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description Not now, for the reasons given. The service is busy. */
            503: {
                headers: {
                    /** @description Seconds after which to come back, with a problem document. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "overloaded";
                    };
                };
            };
        };
    };
    readMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures since the start. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "invalid_request";
                    };
                };
            };
            /** @description Something went wrong inside Posterframe. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 500;
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description The service is busy. */
            503: {
                headers: {
                    /** @description Seconds after which to come back, with a problem document. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "overloaded";
                    };
                };
            };
        };
    };
}
