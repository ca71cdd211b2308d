// Written from openapi.yaml by `npm run client`; never edited by hand.

export interface paths {
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
    "/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask where to put a video
         * @description The file goes to the store itself, past this service and whatever gateway stands before it. Up to 64 MiB the answer is a form that takes it in one piece; past that, or with `"parts": true`, an upload in parts, which can be resumed.
         */
        post: operations["startUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See which parts are there
         * @description To go on with an upload that was interrupted. Needs the verb `write`, as all of it does.
         */
        get: operations["listUploadParts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{token}/parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get presigned URLs of parts
         * @description Each takes one PUT of exactly so many bytes. A part may be sent again, and then replaces the one before.
         */
        post: operations["signUploadParts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{token}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the video of its parts
         * @description Once all parts are there. Asked again, it answers the same.
         */
        post: operations["completeUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/uploads/{token}/abort": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an upload up
         * @description Its parts go. What was completed stays.
         */
        post: operations["abortUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/thumbnails/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make several thumbnails of one video, or find them
         * @description The video is asked for and its index read once; frames are read by one plan and decoded in as few runs as can be, and one frame in several sizes is decoded once. Answers in the order asked for; what is wrong with an item stands in its place.
         */
        post: operations["makeBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/storyboards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a storyboard, or find the one that is there
         * @description Small pictures of a whole video in one sheet or several, with WebVTT for the preview of a player. The same question always has the same keys: a second request finds what the first one made.
         */
        post: operations["makeStoryboard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/previews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an animated preview, or find the one that is there
         * @description A few seconds of a video as an animated WebP. The same question always has the same key: a second request finds the preview of the first.
         */
        post: operations["makePreview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what became of a job
         * @description Only for the caller who began it. A job that has succeeded is answered by asking its question again, which finds what was made; so the URLs are new each time, and `work` is that of finding.
         */
        get: operations["findJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/videos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say what a video is
         * @description From its index alone where it has one that is known to be right; else the whole is fetched and listed. `If-None-Match` is understood.
         */
        get: operations["describeSource"];
        put?: never;
        post?: never;
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
        /**
         * Takes a part to the local store by its signed URL
         * @description The `url` of a part leads here where the local store is in use.
         */
        put: operations["putObjectPart"];
        /**
         * Takes a file to the local store by its signed form
         * @description The `url` of a form leads here where the local store is in use.
         */
        post: operations["postObject"];
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
            code: "invalid_request" | "invalid_timestamp" | "invalid_signature" | "invalid_upload_token" | "unauthenticated" | "forbidden_bucket" | "forbidden_key" | "forbidden_action" | "not_found" | "source_not_found" | "upload_not_found" | "method_not_allowed" | "source_changed" | "source_archived" | "upload_incomplete" | "source_too_large" | "upload_too_large" | "unsupported_content_type" | "unsupported_media" | "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "timestamp_out_of_range" | "video_limits_exceeded" | "rate_limited" | "internal_error" | "store_unavailable" | "store_forbidden" | "identity_unavailable" | "overloaded" | "job_interrupted" | "scratch_full" | "timed_out";
            /** @description Names the request in the log of the service. */
            requestId: string;
            /** @description Whether the same request can succeed later. */
            retryable: boolean;
            /** @description With `invalid_request`: the parameter or field at fault. */
            parameter?: string;
            /** @description With `source_too_large` and `upload_too_large`: how much is taken. */
            maxBytes?: number;
            /** @description With `upload_incomplete`: the parts that have to be sent, at most 1,000 of them. */
            missingParts?: number[];
            /** @description With `timestamp_out_of_range`: the length of the video in seconds. */
            duration?: number;
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
                mode: "ranged" | "full" | "cached";
                bytesRead: number;
                requests: number;
                packetsDecoded: number;
            };
            warnings: {
                code: string;
                detail: string;
            }[];
        };
        /** @description A form that takes the file in one piece. */
        FormUpload: {
            bucket: string;
            /** @description Made by the service; the `key` for `POST /v1/thumbnails` once the file is there. */
            key: string;
            /** @description The size of the file, as it was given. */
            maxBytes: number;
            /**
             * Format: date-time
             * @description From then on nothing is taken any more.
             */
            expiresAt: string;
            /**
             * Format: uri
             * @description Where to POST the form, as `multipart/form-data`.
             */
            url: string;
            /** @description Fields of the form, all of them, before the file, which is called `file`. */
            fields: {
                [key: string]: string;
            };
        };
        /** @description An upload in parts that has begun. */
        PartsUpload: {
            bucket: string;
            /** @description Made by the service; the `key` for `POST /v1/thumbnails` once the file is there. */
            key: string;
            /** @description The size of the file, as it was given. */
            maxBytes: number;
            /**
             * Format: date-time
             * @description From then on nothing is taken any more.
             */
            expiresAt: string;
            /** @description The size of every part but the last, which has what is left. */
            partBytes: number;
            partCount: number;
            /** @description Names the upload, for this caller alone. */
            token: string;
        };
        UploadProgress: {
            bucket: string;
            /** @description Made by the service; the `key` for `POST /v1/thumbnails` once the file is there. */
            key: string;
            /** @description The size of the file, as it was given. */
            maxBytes: number;
            /**
             * Format: date-time
             * @description From then on nothing is taken any more.
             */
            expiresAt: string;
            /** @description The size of every part but the last, which has what is left. */
            partBytes: number;
            partCount: number;
            parts: {
                number: number;
                bytes: number;
            }[];
        };
        SignedParts: {
            parts: {
                number: number;
                /** @description The size of the part, which is signed. */
                bytes: number;
                /**
                 * Format: uri
                 * @description Where to PUT the part.
                 */
                url: string;
                /** Format: date-time */
                expiresAt: string;
            }[];
        };
        CompletedUpload: {
            bucket: string;
            key: string;
            bytes: number;
            etag: string;
        };
        Batch: {
            thumbnails: (components["schemas"]["Thumbnail"] | {
                error: components["schemas"]["Problem"];
            })[];
            /** @description For `<img srcset>`: the thumbnails that show the same frame in the same format as the first one, each width once. Empty where there are none. */
            srcset: string;
            /** @description What all cost together. What was read for several is counted with the first of them. */
            work: {
                bytesRead: number;
                requests: number;
                packetsDecoded: number;
            };
        };
        Storyboard: {
            bucket: string;
            /**
             * Format: date-time
             * @description When the first of the URLs dies.
             */
            expiresAt: string;
            sheets: {
                /**
                 * Format: uri
                 * @description Presigned GET.
                 */
                url: string;
                key: string;
                width: number;
                height: number;
            }[];
            /** @description WebVTT for a player: its cues name the sheets by presigned URLs with `#xywh`, which die with `expiresAt`. */
            vtt: {
                /**
                 * Format: uri
                 * @description Presigned GET.
                 */
                url: string;
                key: string;
            };
            /** @description JSON with the sheets, by names relative to it, and the tiles. Beside it, as `storyboard.vtt`, lies a WebVTT whose cues name the sheets by the same relative names: for a CDN that serves the folder. */
            manifest: {
                /**
                 * Format: uri
                 * @description Presigned GET.
                 */
                url: string;
                key: string;
            };
            tiles: {
                /** @description Presentation time of the frame in seconds, rounded up to the microsecond; the tile is shown from then on. */
                timestamp: number;
                /** @description Which of the sheets, counted from 0. */
                sheet: number;
                x: number;
                y: number;
                width: number;
                height: number;
            }[];
            tileWidth: number;
            tileHeight: number;
            /** @description Seconds; null where the file does not say. */
            duration: number | null;
            /** @description Whether the storyboard was there already. */
            cached: boolean;
            /** @description What it cost. */
            work: {
                /** @enum {unknown} */
                mode: "ranged" | "full" | "cached";
                bytesRead: number;
                requests: number;
                packetsDecoded: number;
            };
            warnings: {
                code: string;
                detail: string;
            }[];
        };
        Preview: {
            /**
             * Format: uri
             * @description Presigned GET of the preview.
             */
            url: string;
            /**
             * Format: date-time
             * @description When the URL dies.
             */
            expiresAt: string;
            bucket: string;
            key: string;
            /** @enum {string} */
            contentType: "image/webp";
            bytes: number;
            width: number;
            height: number;
            frames: number;
            framesPerSecond: number;
            moments: number[];
            /** @description What it could be made with. */
            quality: number;
            /** @description Whether the preview was there already. */
            cached: boolean;
            /** @description What it cost. */
            work: {
                /** @enum {unknown} */
                mode: "ranged" | "full" | "cached";
                bytesRead: number;
                requests: number;
                packetsDecoded: number;
            };
            warnings: {
                code: string;
                detail: string;
            }[];
        };
        /** @description Long work that nobody waits for with an open connection. */
        Job: {
            id: string;
            /**
             * @description What is made.
             * @enum {unknown}
             */
            kind: "batch" | "preview" | "storyboard";
            /**
             * Format: date-time
             * @description When it was begun.
             */
            createdAt: string;
            /** @enum {string} */
            state: "running";
        } | {
            id: string;
            /**
             * @description What is made.
             * @enum {unknown}
             */
            kind: "batch" | "preview" | "storyboard";
            /**
             * Format: date-time
             * @description When it was begun.
             */
            createdAt: string;
            /** @enum {string} */
            state: "succeeded";
            /** @description What the request would have been answered without the preference, with new URLs. */
            answer: components["schemas"]["Batch"] | components["schemas"]["Preview"] | components["schemas"]["Storyboard"];
        } | {
            id: string;
            /**
             * @description What is made.
             * @enum {unknown}
             */
            kind: "batch" | "preview" | "storyboard";
            /**
             * Format: date-time
             * @description When it was begun.
             */
            createdAt: string;
            /** @enum {string} */
            state: "failed";
            problem: components["schemas"]["Problem"];
        };
        Video: {
            bucket: string;
            key: string;
            /** @description Entity tag of the video itself. */
            etag: string;
            bytes: number;
            /** @description Seconds; null where the file does not say. */
            duration: number | null;
            /** @example mp4 */
            container: string;
            /** @example h264 */
            codec: string;
            /** @description Display width in pixels: after rotation and pixel aspect. */
            width: number;
            /** @description Display height in pixels. */
            height: number;
            /** @description Degrees clockwise that the coded picture is turned. */
            rotation: number;
            /** @description Null where only the pictures would tell. */
            hdr: boolean | null;
            /** @description Frames a second, on average. Null where the index does not say. */
            frameRate: number | null;
            /** @description Seconds from one key frame to the next, on average. Null where the index does not say. */
            keyFrameInterval: number | null;
            tracks: {
                /** @enum {unknown} */
                kind: "video" | "audio" | "other";
                /** @example aac */
                codec: string;
                /** @description Seconds. Null where the index does not say. */
                duration: number | null;
                /** @description As the container has it. Null where the index does not say. */
                language: string | null;
                width?: number;
                height?: number;
                /** @description Samples of sound a second. */
                sampleRate?: number;
                channels?: number;
            }[];
            /** @description What it cost. */
            work: {
                /**
                 * @description `general`: it has no index that is read here, so the whole was fetched and listed.
                 * @enum {unknown}
                 */
                mode: "index" | "full";
                bytesRead: number;
                requests: number;
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
                    /** @description Only where thumbnails have URLs that last (`POSTERFRAME_DELIVERY_URL`). */
                    ETag?: string;
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
            /** @description The answer that has the entity tag of `If-None-Match` still holds. */
            304: {
                headers: {
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
            /** @description The file has no video track. The video is damaged or incomplete. The video is in a codec that cannot be decoded here. The video is encrypted. The video exceeds a limit of this service. The timestamp lies past the end of the video. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "video_limits_exceeded" | "timestamp_out_of_range";
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
            /** @description It could not be done in time. */
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
            /** @description The file has no video track. The video is damaged or incomplete. The video is in a codec that cannot be decoded here. The video is encrypted. The video exceeds a limit of this service. The timestamp lies past the end of the video. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "video_limits_exceeded" | "timestamp_out_of_range";
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
            /** @description It could not be done in time. */
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
    startUpload: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What is going to be uploaded. */
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description The name of the file, kept as metadata; the key has a plain form of it.
                     * @example a b.mp4
                     */
                    filename: string;
                    /**
                     * @description Of a video, or `application/octet-stream` where it is not known.
                     * @example video/mp4
                     */
                    contentType: string;
                    /** @description The size of the file; nothing of another size is taken. */
                    bytes: number;
                    /** @description The bucket that uploads go to; no other is allowed. */
                    bucket?: string;
                    /** @description Whether the file comes in parts; those over 64 MiB do unless said otherwise. */
                    parts?: boolean;
                };
            };
        };
        responses: {
            /** @description Where the file goes. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FormUpload"] | components["schemas"]["PartsUpload"];
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
            /** @description These credentials do not allow that. This bucket is not one that may be used here. This key is not one that may be used here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 403;
                        /** @enum {unknown} */
                        code?: "forbidden_action" | "forbidden_bucket" | "forbidden_key";
                    };
                };
            };
            /** @description The upload is larger than is taken here. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 413;
                        /** @enum {unknown} */
                        code?: "upload_too_large";
                    };
                };
            };
            /** @description The body is of a type that is not understood here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 415;
                        /** @enum {unknown} */
                        code?: "unsupported_content_type";
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
            /** @description The object store did not answer as it should. The object store does not let this service do that. The keys that tokens are checked with could not be fetched. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 502;
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "store_forbidden" | "identity_unavailable";
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
            /** @description It could not be done in time. */
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
    listUploadParts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As `POST /v1/uploads` gave it. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far it has come. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadProgress"];
                };
            };
            /** @description The request is not valid. The token of this upload is wrong, somebody else's, or has expired. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "invalid_request" | "invalid_upload_token";
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
            /** @description These credentials do not allow that. This bucket is not one that may be used here. This key is not one that may be used here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 403;
                        /** @enum {unknown} */
                        code?: "forbidden_action" | "forbidden_bucket" | "forbidden_key";
                    };
                };
            };
            /** @description There is no such upload; it was completed, aborted, or given up. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "upload_not_found";
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
            /** @description The object store did not answer as it should. The object store does not let this service do that. The keys that tokens are checked with could not be fetched. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 502;
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "store_forbidden" | "identity_unavailable";
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
            /** @description It could not be done in time. */
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
    signUploadParts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As `POST /v1/uploads` gave it. */
                token: string;
            };
            cookie?: never;
        };
        /** @description Parts that are going to be sent next. */
        requestBody: {
            content: {
                "application/json": {
                    /** @description The numbers of parts, from 1. */
                    numbers: number[];
                };
            };
        };
        responses: {
            /** @description The URLs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedParts"];
                };
            };
            /** @description The request is not valid. The token of this upload is wrong, somebody else's, or has expired. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "invalid_request" | "invalid_upload_token";
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
            /** @description These credentials do not allow that. This bucket is not one that may be used here. This key is not one that may be used here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 403;
                        /** @enum {unknown} */
                        code?: "forbidden_action" | "forbidden_bucket" | "forbidden_key";
                    };
                };
            };
            /** @description The upload is larger than is taken here. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 413;
                        /** @enum {unknown} */
                        code?: "upload_too_large";
                    };
                };
            };
            /** @description The body is of a type that is not understood here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 415;
                        /** @enum {unknown} */
                        code?: "unsupported_content_type";
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
            /** @description The object store did not answer as it should. The object store does not let this service do that. The keys that tokens are checked with could not be fetched. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 502;
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "store_forbidden" | "identity_unavailable";
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
            /** @description It could not be done in time. */
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
    completeUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As `POST /v1/uploads` gave it. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The video is there. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompletedUpload"];
                };
            };
            /** @description The request is not valid. The token of this upload is wrong, somebody else's, or has expired. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "invalid_request" | "invalid_upload_token";
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
            /** @description These credentials do not allow that. This bucket is not one that may be used here. This key is not one that may be used here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 403;
                        /** @enum {unknown} */
                        code?: "forbidden_action" | "forbidden_bucket" | "forbidden_key";
                    };
                };
            };
            /** @description There is no such upload; it was completed, aborted, or given up. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "upload_not_found";
                    };
                };
            };
            /** @description Parts of the upload are missing or not of the size that was agreed. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 409;
                        /** @enum {unknown} */
                        code?: "upload_incomplete";
                    };
                };
            };
            /** @description The upload is larger than is taken here. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 413;
                        /** @enum {unknown} */
                        code?: "upload_too_large";
                    };
                };
            };
            /** @description The body is of a type that is not understood here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 415;
                        /** @enum {unknown} */
                        code?: "unsupported_content_type";
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
            /** @description The object store did not answer as it should. The object store does not let this service do that. The keys that tokens are checked with could not be fetched. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 502;
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "store_forbidden" | "identity_unavailable";
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
            /** @description It could not be done in time. */
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
    abortUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As `POST /v1/uploads` gave it. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is no such upload any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid. The token of this upload is wrong, somebody else's, or has expired. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 400;
                        /** @enum {unknown} */
                        code?: "invalid_request" | "invalid_upload_token";
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
            /** @description These credentials do not allow that. This bucket is not one that may be used here. This key is not one that may be used here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 403;
                        /** @enum {unknown} */
                        code?: "forbidden_action" | "forbidden_bucket" | "forbidden_key";
                    };
                };
            };
            /** @description The upload is larger than is taken here. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 413;
                        /** @enum {unknown} */
                        code?: "upload_too_large";
                    };
                };
            };
            /** @description The body is of a type that is not understood here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 415;
                        /** @enum {unknown} */
                        code?: "unsupported_content_type";
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
            /** @description The object store did not answer as it should. The object store does not let this service do that. The keys that tokens are checked with could not be fetched. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 502;
                        /** @enum {unknown} */
                        code?: "store_unavailable" | "store_forbidden" | "identity_unavailable";
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
            /** @description It could not be done in time. */
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
    makeBatch: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `respond-async` (RFC 7240): be told where to look for the answer, and do not wait for it. Passed over on Lambda.
                 * @example respond-async
                 */
                prefer?: string;
            };
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
                    /** @description The thumbnails that are wanted, at most 50: the options of each. */
                    items: {
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
                    }[];
                };
            };
        };
        responses: {
            /** @description What became of each. */
            200: {
                headers: {
                    /** @description Milliseconds spent per step: `index`, `fetch`, `decode`, `encode`, `store`. */
                    "Server-Timing"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description It is being made, and nobody waits for it. */
            202: {
                headers: {
                    /** @description Where to look for it. */
                    Location?: string;
                    /** @description `respond-async` */
                    "Preference-Applied"?: string;
                    /** @description Seconds after which to look again, while it is running. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
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
            /** @description The file has no video track. The video is damaged or incomplete. The video is in a codec that cannot be decoded here. The video is encrypted. The video exceeds a limit of this service. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "video_limits_exceeded";
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
            /** @description It could not be done in time. */
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
    makeStoryboard: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `respond-async` (RFC 7240): be told where to look for the answer, and do not wait for it. Passed over on Lambda.
                 * @example respond-async
                 */
                prefer?: string;
            };
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
                     * @description `auto`: about a hundred tiles, not less than a second apart. Else a time of a tenth of a second or more, as a timestamp is written; at most a thousand tiles.
                     * @default auto
                     * @example 5s
                     */
                    interval?: string;
                    /**
                     * @description Tiles in a row; fewer where a sheet would be wider than its format allows.
                     * @default 10
                     */
                    columns?: number;
                    /**
                     * @description Width of a tile in pixels; less where the video is smaller. Its height follows from the video.
                     * @default 160
                     */
                    width?: number;
                    /**
                     * @description Format of the sheets.
                     * @default jpeg
                     * @enum {unknown}
                     */
                    format?: "jpeg" | "webp" | "avif";
                    /**
                     * @description Quality of the encoding.
                     * @default 80
                     */
                    quality?: number;
                    /**
                     * @description `keyframe`: the key frame at or before each moment, which costs little. `exact`: the frame that a player shows then.
                     * @default keyframe
                     * @enum {unknown}
                     */
                    mode?: "keyframe" | "exact";
                    /**
                     * @description Seconds that the presigned URLs live, those in the WebVTT too.
                     * @default 3600
                     */
                    expires?: number;
                    /**
                     * @description Make the storyboard again even if it is there.
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
                    "application/json": components["schemas"]["Storyboard"];
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
                    "application/json": components["schemas"]["Storyboard"];
                };
            };
            /** @description It is being made, and nobody waits for it. */
            202: {
                headers: {
                    /** @description Where to look for it. */
                    Location?: string;
                    /** @description `respond-async` */
                    "Preference-Applied"?: string;
                    /** @description Seconds after which to look again, while it is running. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
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
            /** @description The file has no video track. The video is damaged or incomplete. The video is in a codec that cannot be decoded here. The video is encrypted. The video exceeds a limit of this service. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "video_limits_exceeded";
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
            /** @description It could not be done in time. */
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
    makePreview: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `respond-async` (RFC 7240): be told where to look for the answer, and do not wait for it. Passed over on Lambda.
                 * @example respond-async
                 */
                prefer?: string;
            };
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
                     * @description `best`: single seconds from all over the video that are worth showing. `span`: one span, from `start` on.
                     * @default best
                     * @enum {unknown}
                     */
                    kind?: "best" | "span";
                    /**
                     * @description Where a `span` begins, in seconds from the start of the video.
                     * @default 0
                     */
                    start?: number;
                    /**
                     * @description Seconds that it lasts.
                     * @default 3
                     */
                    duration?: number;
                    /**
                     * @description Neither side has more pixels; fewer where the video is smaller.
                     * @default 320
                     */
                    width?: number;
                    /**
                     * @description Frames a second; fewer where all of them would not fit into memory.
                     * @default 8
                     */
                    framesPerSecond?: number;
                    /**
                     * @description Quality of the encoding; less where the file would be too large.
                     * @default 60
                     */
                    quality?: number;
                    /**
                     * @description The file is not larger.
                     * @default 2097152
                     */
                    maxBytes?: number;
                    /**
                     * @description Seconds that the presigned URL lives.
                     * @default 3600
                     */
                    expires?: number;
                    /**
                     * @description Make the preview again even if it is there.
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
                    "application/json": components["schemas"]["Preview"];
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
                    "application/json": components["schemas"]["Preview"];
                };
            };
            /** @description It is being made, and nobody waits for it. */
            202: {
                headers: {
                    /** @description Where to look for it. */
                    Location?: string;
                    /** @description `respond-async` */
                    "Preference-Applied"?: string;
                    /** @description Seconds after which to look again, while it is running. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
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
            /** @description The file has no video track. The video is damaged or incomplete. The video is in a codec that cannot be decoded here. The video is encrypted. The video exceeds a limit of this service. The timestamp lies past the end of the video. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "video_limits_exceeded" | "timestamp_out_of_range";
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
            /** @description It could not be done in time. */
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
    findJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of a job, from `Location`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it is. */
            200: {
                headers: {
                    /** @description Seconds after which to look again, while it is running. */
                    "Retry-After"?: number;
                    /** @description Milliseconds spent per step: `index`, `fetch`, `decode`, `encode`, `store`. */
                    "Server-Timing"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
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
            /** @description There is no such video. There is nothing at this address. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "source_not_found" | "not_found";
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
            /** @description The file has no video track. The video is damaged or incomplete. The video is in a codec that cannot be decoded here. The video is encrypted. The video exceeds a limit of this service. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "video_limits_exceeded";
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
            /** @description It could not be done in time. */
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
    describeSource: {
        parameters: {
            query: {
                /**
                 * @description Key of the source video; at most 1,024 bytes of UTF-8.
                 * @example videos/a.mp4
                 */
                key: string;
                /** @description Bucket of the source video, one that the service allows; the first of those unless given. */
                bucket?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the video is. */
            200: {
                headers: {
                    /** @description Milliseconds spent per step: `index`, `fetch`, `decode`, `encode`, `store`. */
                    "Server-Timing"?: string;
                    /** @description Changes when the video does; `work` does not count. */
                    ETag?: string;
                    /** @description Private, to be asked for again: that costs one request to the store and no reading. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Video"];
                };
            };
            /** @description The video is the one that the caller knows. */
            304: {
                headers: {
                    /** @description Changes when the video does; `work` does not count. */
                    ETag?: string;
                    /** @description Private, to be asked for again: that costs one request to the store and no reading. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
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
            /** @description The file has no video track. The video is damaged or incomplete. The video is in a codec that cannot be decoded here. The video is encrypted. The video exceeds a limit of this service. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 422;
                        /** @enum {unknown} */
                        code?: "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "video_limits_exceeded";
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
            /** @description It could not be done in time. */
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
    putObjectPart: {
        parameters: {
            query: {
                bucket: string;
                key: string;
                upload: string;
                part: number;
                /** @description How long the part is. */
                bytes: number;
                /** @description Unix time in seconds; from then on the URL is dead. */
                expires: number;
                /** @description HMAC-SHA256 in base64url. */
                signature: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description The part is there. */
            200: {
                headers: {
                    /** @description The entity tag of the part. */
                    ETag?: string;
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
            /** @description These credentials do not allow that. This key is not one that may be used here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 403;
                        /** @enum {unknown} */
                        code?: "forbidden_action" | "forbidden_key";
                    };
                };
            };
            /** @description There is no such upload; it was completed, aborted, or given up. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 404;
                        /** @enum {unknown} */
                        code?: "upload_not_found";
                    };
                };
            };
            /** @description The upload is larger than is taken here. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 413;
                        /** @enum {unknown} */
                        code?: "upload_too_large";
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
            /** @description It could not be done in time. */
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
    postObject: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** @description What the form may bring, in base64url. */
                    policy: string;
                    /** @description HMAC-SHA256 of the policy in base64url. */
                    signature: string;
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description The file is there. */
            204: {
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
            /** @description These credentials do not allow that. This key is not one that may be used here. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 403;
                        /** @enum {unknown} */
                        code?: "forbidden_action" | "forbidden_key";
                    };
                };
            };
            /** @description The upload is larger than is taken here. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 413;
                        /** @enum {unknown} */
                        code?: "upload_too_large";
                    };
                };
            };
            /** @description The body is of a type that is not understood here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        status?: 415;
                        /** @enum {unknown} */
                        code?: "unsupported_content_type";
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
            /** @description It could not be done in time. */
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
}
