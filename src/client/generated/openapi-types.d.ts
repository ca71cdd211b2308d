// Generated from openapi.yaml by `npm run client`. Do not edit.

export interface paths {
    "/v1/thumbnails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Redirect to a thumbnail
         * @description For `<img src>`: creates the thumbnail if it does not exist and redirects to its presigned URL. With `Accept: application/json`, returns the JSON of the POST, always with status 200. A signed URL (`docs/signing.md`) needs no API key, so a web page can contain it.
         */
        get: operations["redirectToThumbnail"];
        put?: never;
        /**
         * Create a thumbnail
         * @description Extracts a frame from a video in the store (JSON with `key`) or from an uploaded one (form with a file, or the video itself as the body), stores the image and returns its presigned URL. Requests are idempotent: the same options map to the same object key, so a repeated request returns the stored thumbnail. Options may also be passed as query parameters of the same names, and must be if the body is the video itself; passing an option in both the query and the body is an error.
         */
        post: operations["makeThumbnail"];
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
         * Create several thumbnails of one video
         * @description Reads the index of the video once, coalesces the reads of all frames, and decodes a frame once for all its sizes. The results are in the order of the items; an invalid item has an error in its place.
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
         * Create a storyboard
         * @description Sprite sheets with tiles of a whole video, and WebVTT for the seek preview of a player. Requests are idempotent, like those for thumbnails.
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
         * Create an animated preview
         * @description A few seconds of a video as an animated WebP. Requests are idempotent, like those for thumbnails.
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
         * Get a background job
         * @description Only the caller that started the job can read it. The service looks up the result of a succeeded job again for each request, so its URLs are new and its `work` is that of the lookup.
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
         * Get the metadata of a video
         * @description Reads only the index of the video if the service supports it, otherwise downloads the whole file. Supports `If-None-Match`.
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
         * Start an upload
         * @description Returns a target in the store, to which the caller sends the file directly. A file of up to 64 MiB gets a form or a PUT, which takes it in one request. A larger file, or any with `"parts": true`, gets an upload in parts, which can be resumed.
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
         * List the parts of an upload
         * @description For resuming an interrupted upload. Like all upload operations, it needs the verb `write`.
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
         * Abort an upload
         * @description Deletes the parts. A completed upload stays.
         */
        post: operations["abortUpload"];
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
         * Complete an upload
         * @description Joins the parts into the video once all of them are in the store. Repeating the request is safe.
         */
        post: operations["completeUpload"];
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
         * Sign parts of an upload
         * @description Returns presigned URLs. Each accepts one PUT of the exact size of its part. A part that is sent again replaces the earlier one.
         */
        post: operations["signUploadParts"];
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
         * Get an object of the local store
         * @description Target of the presigned `url` of a thumbnail in the local store. Supports HEAD, `Range` with one range, `If-Range` and `If-None-Match`.
         */
        get: operations["getObject"];
        /**
         * Upload a file or a part to the local store
         * @description Target of the presigned `url` of a part, or of a file with `"method": "put"`, in the local store.
         */
        put: operations["putObject"];
        /**
         * Upload a file to the local store
         * @description Target of the `url` of an upload form in the local store.
         */
        post: operations["postObject"];
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
        /** Check liveness */
        get: operations["checkHealth"];
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
         * Read the metrics
         * @description Prometheus text format. `docs/operations.md` lists the metrics.
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
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check readiness
         * @description Checks the store, the decoder and the scratch disk. `checks` is included only for callers with the verb `operate`.
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
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Batch: {
            thumbnails: (components["schemas"]["Thumbnail"] | {
                error: components["schemas"]["Problem"];
            })[];
            /** @description Value for `<img srcset>`: the thumbnails that show the same frame in the same format as the first one, one per width. Empty if every item failed. */
            srcset: string;
            /** @description Totals of the batch. Shared reads count once, with the first item that needed them. */
            work: {
                bytesRead: number;
                requests: number;
                packetsDecoded: number;
            };
        };
        /** @description Thumbnails of one video in the store. */
        BatchRequest: {
            /** @description Options of each thumbnail, at most 50 items with 192,000,000 pixels together. A side that is not given counts like the other one, and as 1,920 if neither is. */
            items: components["schemas"]["ThumbnailOptions"][];
        } & components["schemas"]["SourceLocation"];
        CompletedUpload: {
            bucket: string;
            key: string;
            bytes: number;
            etag: string;
        };
        /** @description Form for an upload in one piece. */
        FormUpload: {
            /** @enum {string} */
            method: "post";
            /**
             * Format: uri
             * @description URL to POST the form to, as `multipart/form-data`.
             */
            url: string;
            /** @description Form fields. Send all of them before the file, whose field is `file`. */
            fields: {
                [key: string]: string;
            };
            warnings?: components["schemas"]["Warning"][];
        } & components["schemas"]["UploadTarget"];
        Health: {
            /** @constant */
            status: "ok";
        };
        /** @description Background job of a request with `Prefer: respond-async`. */
        Job: {
            id: string;
            /** @enum {string} */
            kind: "batch" | "preview" | "storyboard";
            /** Format: date-time */
            createdAt: string;
            /** @constant */
            state: "running";
        } | {
            id: string;
            /** @enum {string} */
            kind: "batch" | "preview" | "storyboard";
            /** Format: date-time */
            createdAt: string;
            /** @constant */
            state: "succeeded";
            /** @description Response body of the request without the preference, with new presigned URLs. */
            result: components["schemas"]["Batch"] | components["schemas"]["Preview"] | components["schemas"]["Storyboard"];
        } | {
            id: string;
            /** @enum {string} */
            kind: "batch" | "preview" | "storyboard";
            /** Format: date-time */
            createdAt: string;
            /** @constant */
            state: "failed";
            problem: components["schemas"]["Problem"];
        };
        PartNumbers: {
            /** @description Part numbers, starting at 1. */
            numbers: number[];
        };
        PartPlan: {
            /** @description Size of each part. The last one has the remainder. */
            partBytes: number;
            partCount: number;
        };
        /** @description Upload in parts. */
        PartsUpload: {
            /** @description Token of the upload, valid for this caller only. */
            token: string;
        } & (components["schemas"]["UploadTarget"] & components["schemas"]["PartPlan"]);
        Preview: {
            /**
             * Format: uri
             * @description Presigned URL of the preview.
             */
            url: string;
            /**
             * Format: date-time
             * @description Expiry of the URL.
             */
            expiresAt: string;
            bucket: string;
            key: string;
            /** @constant */
            contentType: "image/webp";
            bytes: number;
            width: number;
            height: number;
            /** @description Number of frames. */
            frames: number;
            framesPerSecond: number;
            /** @description Start of each part in seconds. */
            moments: number[];
            /** @description Encoding quality of the file. */
            quality: number;
            /** @description Whether the preview existed before the request. */
            cached: boolean;
            work: components["schemas"]["Work"];
            warnings: components["schemas"]["Warning"][];
        };
        PreviewRequest: {
            /**
             * @description `best`: representative one-second parts of the whole video. `span`: one part, from `start` on.
             * @default best
             * @enum {string}
             */
            kind?: "best" | "span";
            /**
             * @description Start of a `span`: seconds, or a time such as `1m30s`.
             * @default 0
             * @example 1m30s
             */
            start?: string | number;
            /**
             * @description Duration: whole seconds, or a time such as `5s`.
             * @default 3
             * @example 5s
             */
            duration?: string | number;
            /**
             * @description Maximum width and height in pixels. A smaller video is not enlarged.
             * @default 320
             */
            width?: number;
            /**
             * @description Frames per second. Reduced if the frames would not fit into memory.
             * @default 8
             */
            framesPerSecond?: number;
            /**
             * @description Encoding quality. Reduced if the file would exceed `maxBytes`.
             * @default 60
             */
            quality?: number;
            /**
             * @description Maximum file size in bytes.
             * @default 2097152
             */
            maxBytes?: number;
            /**
             * @description URL lifetime in seconds.
             * @default 3600
             */
            expires?: number;
            /**
             * @description Create the preview again even if it exists.
             * @default false
             */
            regenerate?: boolean;
        } & components["schemas"]["SourceLocation"];
        /** @description Problem document (RFC 9457). Some codes add members. */
        Problem: {
            /**
             * Format: uri-reference
             * @description `urn:posterframe:error:` followed by the code.
             */
            type: string;
            /** @description Short summary of the error, the same for each occurrence of the code. */
            title: string;
            /** @description HTTP status of the response. */
            status: number;
            /** @description Explanation of this occurrence: what was wrong and what to do next. */
            detail: string;
            /**
             * @description Machine-readable error code.
             * @enum {string}
             */
            code: "invalid_request" | "invalid_timestamp" | "invalid_signature" | "invalid_upload_token" | "unauthenticated" | "forbidden_bucket" | "forbidden_key" | "forbidden_action" | "not_found" | "source_not_found" | "upload_not_found" | "method_not_allowed" | "upload_stalled" | "source_changed" | "source_archived" | "upload_incomplete" | "source_too_large" | "upload_too_large" | "unsupported_content_type" | "unsupported_media" | "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "timestamp_out_of_range" | "video_limits_exceeded" | "rate_limited" | "internal_error" | "store_unavailable" | "store_forbidden" | "store_rejected" | "identity_unavailable" | "overloaded" | "job_interrupted" | "scratch_full" | "timed_out";
            /** @description ID of the request in the log of the service. */
            requestId: string;
            /** @description Whether the same request can succeed later. */
            retryable: boolean;
            /** @description With `invalid_request`: name of the parameter or field. */
            parameter?: string;
            /** @description With `source_too_large` or `upload_too_large`: the limit in bytes. */
            maxBytes?: number;
            /** @description With `upload_incomplete`: numbers of the missing parts, at most 1,000 of them. */
            missingParts?: number[];
            /** @description With `timestamp_out_of_range`: duration of the video in seconds. */
            duration?: number;
            /** @description With `timestamp_out_of_range` for `frame:N`: number of frames of the video. */
            frames?: number;
        };
        /** @description PUT for an upload in one piece. */
        PutUpload: {
            /** @enum {string} */
            method: "put";
            /**
             * Format: uri
             * @description URL to PUT the file to, as the body.
             */
            url: string;
            /** @description Request headers. Send all of them, unchanged. */
            headers: {
                [key: string]: string;
            };
            warnings?: components["schemas"]["Warning"][];
        } & components["schemas"]["UploadTarget"];
        Readiness: {
            ready: boolean;
            checks?: {
                [key: string]: {
                    ok: boolean;
                    detail?: string;
                };
            };
        };
        SignedParts: {
            parts: {
                number: number;
                /** @description Exact size of the part in bytes. */
                bytes: number;
                /**
                 * Format: uri
                 * @description URL to PUT the part to.
                 */
                url: string;
                /** Format: date-time */
                expiresAt: string;
            }[];
        };
        SourceLocation: {
            /**
             * @description Key of the video, at most 1,024 bytes of UTF-8.
             * @example sample.mp4
             */
            key: string;
            /** @description Bucket of the video. Default: the first bucket that the service is configured to read. */
            bucket?: string;
        };
        Storyboard: {
            bucket: string;
            /**
             * Format: date-time
             * @description Expiry of the first of the URLs.
             */
            expiresAt: string;
            sheets: {
                /**
                 * Format: uri
                 * @description Presigned URL.
                 */
                url: string;
                key: string;
                width: number;
                height: number;
            }[];
            /** @description WebVTT for a player, with presigned URLs of the sheets (`#xywh`), which expire at `expiresAt`. */
            vtt: {
                /**
                 * Format: uri
                 * @description Presigned URL.
                 */
                url: string;
                key: string;
            };
            /** @description JSON with the tiles and the relative file names of the sheets. In the same folder, `storyboard.vtt` is a WebVTT file with the same relative names, for a CDN that serves the folder. */
            manifest: {
                /**
                 * Format: uri
                 * @description Presigned URL.
                 */
                url: string;
                key: string;
            };
            tiles: {
                /** @description Presentation time of the frame in seconds, rounded up to the microsecond. A player shows the tile from this time on. */
                timestamp: number;
                /** @description Index in `sheets`. */
                sheet: number;
                x: number;
                y: number;
                width: number;
                height: number;
            }[];
            tileWidth: number;
            tileHeight: number;
            /** @description Duration of the video in seconds. Null if unknown. */
            duration: number | null;
            /** @description Whether the storyboard existed before the request. */
            cached: boolean;
            work: components["schemas"]["Work"];
            warnings: components["schemas"]["Warning"][];
        };
        StoryboardRequest: {
            /**
             * @description Time between two tiles, written like a timestamp, at least 0.1 s; a storyboard has at most 1,000 tiles. `auto`: about 100 tiles, at least one second apart.
             * @default auto
             * @example 5s
             */
            interval?: string | number;
            /**
             * @description Tiles per row. Reduced if the sheet would exceed the maximum width of its format.
             * @default 10
             */
            columns?: number;
            /**
             * @description Width of a tile in pixels, reduced for a smaller video. The height keeps the aspect ratio.
             * @default 160
             */
            width?: number;
            /**
             * @description Image format of the sheets.
             * @default jpeg
             * @enum {string}
             */
            format?: "jpeg" | "webp" | "avif" | "jpg";
            /**
             * @description Encoding quality.
             * @default 80
             */
            quality?: number;
            /**
             * @description `keyframe`: the key frame at or before each timestamp, which is faster. `exact`: the frame that a player shows at the timestamp.
             * @default keyframe
             * @enum {string}
             */
            mode?: "keyframe" | "exact";
            /**
             * @description URL lifetime in seconds, also in the WebVTT file.
             * @default 3600
             */
            expires?: number;
            /**
             * @description Create the storyboard again even if it exists.
             * @default false
             */
            regenerate?: boolean;
        } & components["schemas"]["SourceLocation"];
        Thumbnail: {
            /**
             * Format: uri
             * @description Presigned URL of the image.
             */
            url: string;
            /**
             * Format: date-time
             * @description Expiry of the URL. Earlier than requested if the credentials that signed it expire earlier.
             */
            expiresAt: string;
            /** @description Bucket of the image. */
            bucket: string;
            /** @description Key of the image. */
            key: string;
            /** @example image/jpeg */
            contentType: string;
            width: number;
            height: number;
            bytes: number;
            /** @description Presentation time of the frame in seconds, rounded up to the microsecond. As the `timestamp` of a request, it selects the same frame. */
            timestamp: number;
            /** @description Whether the frame is a key frame. */
            keyFrame: boolean;
            /** @description Whether the thumbnail existed before the request. */
            cached: boolean;
            /** @description ThumbHash in base64. */
            placeholder: string;
            /** @description The video. */
            source: {
                /** @description Bucket of the video. Null for an upload. */
                bucket: string | null;
                /** @description Key of the video. Null for an upload. */
                key: string | null;
                /** @description ETag of the video. For an upload: SHA-256 in hex. */
                etag: string;
                bytes: number;
                /** @description Duration in seconds. Null if unknown. */
                duration: number | null;
                /** @example mp4 */
                container: string;
                /** @example h264 */
                codec: string;
                /** @description Display width in pixels. */
                width: number;
                /** @description Display height in pixels. */
                height: number;
                /** @description Clockwise rotation of the coded picture in degrees. */
                rotation: number;
                /** @description Whether the video is HDR. */
                hdr: boolean;
            };
            work: components["schemas"]["Work"];
            warnings: components["schemas"]["Warning"][];
        };
        ThumbnailOptions: {
            /**
             * @description Position in the video: `12.5`, `12.5s`, `1500ms`, `2m3s`, `01:02.5`, `00:01:02.5`, `50pct` (or `50%`, `50%25` in a URL), `-2s` (before the end), `frame:250` (counted from 0), `first`, `middle`, `last`, or `auto` for a representative frame. A number is in seconds.
             * @default auto
             * @example 12.5s
             */
            timestamp?: string | number;
            /**
             * @description `exact`: the frame a player shows at the timestamp. `keyframe`: the key frame at or before it.
             * @default exact
             * @enum {string}
             */
            seek?: "exact" | "keyframe";
            /**
             * @description Timestamp at or past the end of the video: `error` returns 422, `clamp` selects the last frame.
             * @default error
             * @enum {string}
             */
            beyond?: "error" | "clamp";
            /** @description Maximum width in pixels. Without width and height: the display size, at most 1,920 wide. */
            width?: number;
            /** @description Maximum height in pixels. Without width and height: the display size, at most 1,920 wide. */
            height?: number;
            /**
             * @description How the image fits into width and height. Images are never enlarged; for a smaller video, `cover` and `fill` keep the shape of the box.
             * @default inside
             * @enum {string}
             */
            fit?: "inside" | "cover" | "contain" | "fill";
            /**
             * @description Image format.
             * @default jpeg
             * @enum {string}
             */
            format?: "jpeg" | "webp" | "avif" | "png" | "jpg";
            /**
             * @description Encoding quality.
             * @default 80
             */
            quality?: number;
            /**
             * @description Colour as six hexadecimal digits or a CSS name. Fills transparent areas if the format has no transparency, and the padding of `fit=contain`.
             * @default 000000
             * @example ffffff
             */
            background?: string;
            /**
             * @description URL lifetime in seconds.
             * @default 3600
             */
            expires?: number;
            /** @description Name of a set of options from the configuration of the service, such as `poster`. Explicit options override the preset. */
            preset?: string;
            /**
             * @description Create the thumbnail again even if it exists.
             * @default false
             */
            regenerate?: boolean;
        };
        /** @description Thumbnail of a video in the store. */
        ThumbnailRequest: components["schemas"]["SourceLocation"] & components["schemas"]["ThumbnailOptions"];
        /** @description Thumbnail of an uploaded video. The fields may precede or follow the file. */
        ThumbnailUpload: {
            /**
             * Format: binary
             * @description The video. The service deletes it after the request.
             */
            file: string;
        } & components["schemas"]["ThumbnailOptions"];
        UploadProgress: {
            parts: {
                number: number;
                bytes: number;
            }[];
        } & (components["schemas"]["UploadTarget"] & components["schemas"]["PartPlan"]);
        UploadRequest: {
            /** @description File name, stored as metadata. The key contains a simplified form of it. */
            filename: string;
            /** @description Media type of a video in any case, or `application/octet-stream` if it is unknown. For the file name of a video also other types that are common for it, such as `audio/ogg`; the video type is then stored. */
            contentType: string;
            /** @description File size in bytes. The store rejects a file of another size. */
            bytes: number;
            /** @description Must be the upload bucket, which is the default. */
            bucket?: string;
            /**
             * @description How a file in one request is sent: as a form, or by PUT, which R2 and B2 need. The service has a default.
             * @enum {string}
             */
            method?: "post" | "put";
            /** @description True for an upload in parts. Default: true above 64 MiB. */
            parts?: boolean;
        };
        UploadTarget: {
            bucket: string;
            /** @description Generated key of the video, for requests such as `POST /v1/thumbnails`. */
            key: string;
            /** @description File size in bytes, as requested. */
            maxBytes: number;
            /**
             * Format: date-time
             * @description Time from which the store rejects the upload.
             */
            expiresAt: string;
        };
        Video: {
            bucket: string;
            key: string;
            /** @description ETag of the video. */
            etag: string;
            bytes: number;
            /** @description Duration in seconds. Null if unknown. */
            duration: number | null;
            /** @example mp4 */
            container: string;
            /** @example h264 */
            codec: string;
            /** @description Display width in pixels, after rotation and pixel aspect. */
            width: number;
            /** @description Display height in pixels. */
            height: number;
            /** @description Clockwise rotation of the coded picture in degrees. */
            rotation: number;
            /** @description Whether the video is HDR. Null if only decoding a frame would show it. */
            hdr: boolean | null;
            /** @description Average frames per second. Null if unknown. */
            frameRate: number | null;
            /** @description Average seconds between key frames. Null if unknown. */
            keyFrameInterval: number | null;
            tracks: {
                /** @enum {string} */
                kind: "video" | "audio" | "other";
                /** @example aac */
                codec: string;
                /** @description Duration in seconds. Null if unknown. */
                duration: number | null;
                /**
                 * @description Language code of the container. Null if unknown.
                 * @example eng
                 */
                language: string | null;
                width?: number;
                height?: number;
                /** @description Audio samples per second. */
                sampleRate?: number;
                channels?: number;
            }[];
            /** @description Bytes and requests for the video. */
            work: {
                /**
                 * @description `index`: read the index only. `full`: downloaded the whole file.
                 * @enum {string}
                 */
                mode: "index" | "full";
                bytesRead: number;
                requests: number;
            };
        };
        /**
         * Format: binary
         * @description The video, with the options in the query. The service deletes it after the request.
         */
        VideoBody: string;
        Warning: {
            code: string;
            detail: string;
        };
        /** @description Bytes and requests for the video, and packets decoded. */
        Work: {
            /**
             * @description `ranged`: read the index and packets. `full`: downloaded the whole file. `cached`: found in the store.
             * @enum {string}
             */
            mode: "ranged" | "full" | "cached";
            bytesRead: number;
            requests: number;
            packetsDecoded: number;
        };
    };
    responses: {
        /** @description The job was accepted. Poll the URL in `Location`. */
        Accepted: {
            headers: {
                /** @description URL of the job. */
                Location?: string;
                /** @description `respond-async` */
                "Preference-Applied"?: string;
                "Retry-After": components["headers"]["RetryAfterRunning"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Job"];
            };
        };
        /** @description Bucket not allowed. Key not allowed. Action not allowed. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 403;
                    /** @enum {unknown} */
                    code?: "forbidden_bucket" | "forbidden_key" | "forbidden_action";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Key not allowed. */
        ForbiddenKey: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 403;
                    /** @enum {unknown} */
                    code?: "forbidden_key";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Key not allowed. Action not allowed. */
        ForbiddenKeyOrAction: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 403;
                    /** @enum {unknown} */
                    code?: "forbidden_key" | "forbidden_action";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Internal error. */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 500;
                    /** @enum {unknown} */
                    code?: "internal_error";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Invalid request. */
        InvalidRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 400;
                    /** @enum {unknown} */
                    code?: "invalid_request";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Invalid request. Invalid signature. */
        InvalidStoreRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 400;
                    /** @enum {unknown} */
                    code?: "invalid_request" | "invalid_signature";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Invalid request. Invalid timestamp. */
        InvalidThumbnailRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 400;
                    /** @enum {unknown} */
                    code?: "invalid_request" | "invalid_timestamp";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Invalid request. Invalid timestamp. Invalid signature. */
        InvalidThumbnailUrl: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 400;
                    /** @enum {unknown} */
                    code?: "invalid_request" | "invalid_timestamp" | "invalid_signature";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Invalid request. Invalid upload token. */
        InvalidUploadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 400;
                    /** @enum {unknown} */
                    code?: "invalid_request" | "invalid_upload_token";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Not found. Video not found. */
        JobOrSourceNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 404;
                    /** @enum {unknown} */
                    code?: "not_found" | "source_not_found";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Store unavailable. Store access denied. */
        LocalStoreError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 502;
                    /** @enum {unknown} */
                    code?: "store_unavailable" | "store_forbidden";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Not found. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 404;
                    /** @enum {unknown} */
                    code?: "not_found";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Service overloaded. */
        Overloaded: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 503;
                    /** @enum {unknown} */
                    code?: "overloaded";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Service overloaded. Scratch disk full. */
        OverloadedOrScratchFull: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 503;
                    /** @enum {unknown} */
                    code?: "overloaded" | "scratch_full";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests. */
        RateLimited: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 429;
                    /** @enum {unknown} */
                    code?: "rate_limited";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Video changed. */
        SourceChanged: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 409;
                    /** @enum {unknown} */
                    code?: "source_changed";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Video changed. Video archived. */
        SourceChangedOrArchived: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 409;
                    /** @enum {unknown} */
                    code?: "source_changed" | "source_archived";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Video not found. */
        SourceNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 404;
                    /** @enum {unknown} */
                    code?: "source_not_found";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Video too large. Request too large. */
        SourceOrUploadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 413;
                    /** @enum {unknown} */
                    code?: "source_too_large" | "upload_too_large";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Video too large. */
        SourceTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 413;
                    /** @enum {unknown} */
                    code?: "source_too_large";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Store unavailable. Store access denied. Store request rejected. Identity provider unavailable. */
        StoreOrIdentityError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 502;
                    /** @enum {unknown} */
                    code?: "store_unavailable" | "store_forbidden" | "store_rejected" | "identity_unavailable";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Request timed out. */
        TimedOut: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 504;
                    /** @enum {unknown} */
                    code?: "timed_out";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Authentication required. */
        Unauthenticated: {
            headers: {
                /** @description Authentication scheme: `Bearer`. */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 401;
                    /** @enum {unknown} */
                    code?: "unauthenticated";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description No video track. Corrupt video. Unsupported codec. Encrypted video. Video limits exceeded. */
        UnprocessableVideo: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 422;
                    /** @enum {unknown} */
                    code?: "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "video_limits_exceeded";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description No video track. Corrupt video. Unsupported codec. Encrypted video. Timestamp out of range. Video limits exceeded. */
        UnprocessableVideoOrTimestamp: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 422;
                    /** @enum {unknown} */
                    code?: "no_video_track" | "corrupt_video" | "unsupported_codec" | "encrypted_video" | "timestamp_out_of_range" | "video_limits_exceeded";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Unsupported content type. */
        UnsupportedContentType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 415;
                    /** @enum {unknown} */
                    code?: "unsupported_content_type";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Unsupported content type. Unsupported file format. */
        UnsupportedContentTypeOrMedia: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 415;
                    /** @enum {unknown} */
                    code?: "unsupported_content_type" | "unsupported_media";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Unsupported file format. */
        UnsupportedMedia: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 415;
                    /** @enum {unknown} */
                    code?: "unsupported_media";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Upload incomplete. */
        UploadIncomplete: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 409;
                    /** @enum {unknown} */
                    code?: "upload_incomplete";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Upload not found. */
        UploadNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 404;
                    /** @enum {unknown} */
                    code?: "upload_not_found";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Upload stalled. */
        UploadStalled: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 408;
                    /** @enum {unknown} */
                    code?: "upload_stalled";
                } & components["schemas"]["Problem"];
            };
        };
        /** @description Request too large. */
        UploadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": {
                    /** @constant */
                    status?: 413;
                    /** @enum {unknown} */
                    code?: "upload_too_large";
                } & components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description `respond-async` (RFC 7240): return 202 at once and run a background job. Ignored on Lambda. */
        Prefer: string;
        /**
         * @description HMAC-SHA256 in base64url.
         * @example 0123456789abcdefghijklmnopqrstuvwxyzABCDEFG
         */
        Signature: string;
        /** @example videos */
        SignedBucket: string;
        /**
         * @description Expiry of the URL as a Unix timestamp in seconds.
         * @example 1767225600
         */
        SignedExpires: number;
        /** @example sample.mp4 */
        SignedKey: string;
        /** @description Bucket of the video. Default: the first bucket that the service is configured to read. */
        SourceBucket: string;
        /**
         * @description Key of the video, at most 1,024 bytes of UTF-8.
         * @example sample.mp4
         */
        SourceKey: string;
        /**
         * @description The `token` from `POST /v1/uploads`.
         * @example upload-token
         */
        UploadToken: string;
    };
    requestBodies: never;
    headers: {
        /** @description Seconds to wait before sending the request again. */
        RetryAfter: number;
        /** @description Seconds before the next poll, for a running job. */
        RetryAfterRunning: number;
        /** @description Milliseconds per step: `index`, `fetch`, `decode`, `encode`, `store`. */
        ServerTiming: string;
        /** @description Private, with a shorter lifetime than the URL. */
        ThumbnailCacheControl: string;
        /** @description Private; revalidation takes one request to the store. */
        VideoCacheControl: string;
        /** @description Changes with the video, not with `work`. */
        VideoETag: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    redirectToThumbnail: {
        parameters: {
            query: {
                /**
                 * @description Key of the video, at most 1,024 bytes of UTF-8.
                 * @example sample.mp4
                 */
                key: components["parameters"]["SourceKey"];
                /** @description Bucket of the video. Default: the first bucket that the service is configured to read. */
                bucket?: components["parameters"]["SourceBucket"];
                /**
                 * @description Position in the video: `12.5`, `12.5s`, `1500ms`, `2m3s`, `01:02.5`, `00:01:02.5`, `50pct` (or `50%`, `50%25` in a URL), `-2s` (before the end), `frame:250` (counted from 0), `first`, `middle`, `last`, or `auto` for a representative frame. A number is in seconds.
                 * @example 12.5s
                 */
                timestamp?: string | number;
                /** @description `exact`: the frame a player shows at the timestamp. `keyframe`: the key frame at or before it. */
                seek?: "exact" | "keyframe";
                /** @description Timestamp at or past the end of the video: `error` returns 422, `clamp` selects the last frame. */
                beyond?: "error" | "clamp";
                /** @description Maximum width in pixels. Without width and height: the display size, at most 1,920 wide. */
                width?: number;
                /** @description Maximum height in pixels. Without width and height: the display size, at most 1,920 wide. */
                height?: number;
                /** @description How the image fits into width and height. Images are never enlarged; for a smaller video, `cover` and `fill` keep the shape of the box. */
                fit?: "inside" | "cover" | "contain" | "fill";
                /** @description Image format. */
                format?: "jpeg" | "webp" | "avif" | "png" | "jpg";
                /** @description Encoding quality. */
                quality?: number;
                /**
                 * @description Colour as six hexadecimal digits or a CSS name. Fills transparent areas if the format has no transparency, and the padding of `fit=contain`.
                 * @example ffffff
                 */
                background?: string;
                /** @description URL lifetime in seconds. */
                expires?: number;
                /** @description Name of a set of options from the configuration of the service, such as `poster`. Explicit options override the preset. */
                preset?: string;
                /** @description Signed URL: ID of the signing secret. */
                keyId?: string;
                /** @description Signed URL: expiry in Unix seconds. */
                signedUntil?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The thumbnail, if the request accepts `application/json`. */
            200: {
                headers: {
                    "Server-Timing": components["headers"]["ServerTiming"];
                    "Cache-Control": components["headers"]["ThumbnailCacheControl"];
                    /** @description Only with permanent URLs (`POSTERFRAME_DELIVERY_URL`). */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thumbnail"];
                };
            };
            /** @description Redirect to the presigned URL. */
            302: {
                headers: {
                    /** @description Presigned URL of the image. */
                    Location?: string;
                    "Server-Timing": components["headers"]["ServerTiming"];
                    "Cache-Control": components["headers"]["ThumbnailCacheControl"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The thumbnail is unchanged since the ETag in `If-None-Match`. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidThumbnailUrl"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SourceNotFound"];
            409: components["responses"]["SourceChangedOrArchived"];
            413: components["responses"]["SourceTooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["UnprocessableVideoOrTimestamp"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StoreOrIdentityError"];
            503: components["responses"]["OverloadedOrScratchFull"];
            504: components["responses"]["TimedOut"];
        };
    };
    makeThumbnail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "key": "sample.mp4",
                 *       "timestamp": "12.5s",
                 *       "width": 640
                 *     }
                 */
                "application/json": components["schemas"]["ThumbnailRequest"];
                "multipart/form-data": components["schemas"]["ThumbnailUpload"];
                "video/*": components["schemas"]["VideoBody"];
                "application/octet-stream": components["schemas"]["VideoBody"];
            };
        };
        responses: {
            /** @description The thumbnail existed. */
            200: {
                headers: {
                    "Server-Timing": components["headers"]["ServerTiming"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thumbnail"];
                };
            };
            /** @description The thumbnail was created. */
            201: {
                headers: {
                    "Server-Timing": components["headers"]["ServerTiming"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Thumbnail"];
                };
            };
            400: components["responses"]["InvalidThumbnailRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SourceNotFound"];
            408: components["responses"]["UploadStalled"];
            409: components["responses"]["SourceChangedOrArchived"];
            413: components["responses"]["SourceOrUploadTooLarge"];
            415: components["responses"]["UnsupportedContentTypeOrMedia"];
            422: components["responses"]["UnprocessableVideoOrTimestamp"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StoreOrIdentityError"];
            503: components["responses"]["OverloadedOrScratchFull"];
            504: components["responses"]["TimedOut"];
        };
    };
    makeBatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async` (RFC 7240): return 202 at once and run a background job. Ignored on Lambda. */
                prefer?: components["parameters"]["Prefer"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "key": "sample.mp4",
                 *       "items": [
                 *         {
                 *           "timestamp": "12.5s",
                 *           "width": 320
                 *         },
                 *         {
                 *           "timestamp": "12.5s",
                 *           "width": 640
                 *         },
                 *         {
                 *           "timestamp": "50pct",
                 *           "format": "webp"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description One result per item. */
            200: {
                headers: {
                    "Server-Timing": components["headers"]["ServerTiming"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SourceNotFound"];
            409: components["responses"]["SourceChangedOrArchived"];
            413: components["responses"]["SourceTooLarge"];
            415: components["responses"]["UnsupportedContentTypeOrMedia"];
            422: components["responses"]["UnprocessableVideo"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StoreOrIdentityError"];
            503: components["responses"]["OverloadedOrScratchFull"];
            504: components["responses"]["TimedOut"];
        };
    };
    makeStoryboard: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async` (RFC 7240): return 202 at once and run a background job. Ignored on Lambda. */
                prefer?: components["parameters"]["Prefer"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "key": "sample.mp4",
                 *       "interval": "2s"
                 *     }
                 */
                "application/json": components["schemas"]["StoryboardRequest"];
            };
        };
        responses: {
            /** @description The storyboard existed. */
            200: {
                headers: {
                    "Server-Timing": components["headers"]["ServerTiming"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Storyboard"];
                };
            };
            /** @description The storyboard was created. */
            201: {
                headers: {
                    "Server-Timing": components["headers"]["ServerTiming"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Storyboard"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SourceNotFound"];
            409: components["responses"]["SourceChangedOrArchived"];
            413: components["responses"]["SourceTooLarge"];
            415: components["responses"]["UnsupportedContentTypeOrMedia"];
            422: components["responses"]["UnprocessableVideo"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StoreOrIdentityError"];
            503: components["responses"]["OverloadedOrScratchFull"];
            504: components["responses"]["TimedOut"];
        };
    };
    makePreview: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async` (RFC 7240): return 202 at once and run a background job. Ignored on Lambda. */
                prefer?: components["parameters"]["Prefer"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "key": "sample.mp4",
                 *       "duration": 3
                 *     }
                 */
                "application/json": components["schemas"]["PreviewRequest"];
            };
        };
        responses: {
            /** @description The preview existed. */
            200: {
                headers: {
                    "Server-Timing": components["headers"]["ServerTiming"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
                };
            };
            /** @description The preview was created. */
            201: {
                headers: {
                    "Server-Timing": components["headers"]["ServerTiming"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
                };
            };
            202: components["responses"]["Accepted"];
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SourceNotFound"];
            409: components["responses"]["SourceChangedOrArchived"];
            413: components["responses"]["SourceTooLarge"];
            415: components["responses"]["UnsupportedContentTypeOrMedia"];
            422: components["responses"]["UnprocessableVideoOrTimestamp"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StoreOrIdentityError"];
            503: components["responses"]["OverloadedOrScratchFull"];
            504: components["responses"]["TimedOut"];
        };
    };
    findJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description ID of the job, from `Location`.
                 * @example 0123456789abcdef0123456789abcdef
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfterRunning"];
                    "Server-Timing": components["headers"]["ServerTiming"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["JobOrSourceNotFound"];
            409: components["responses"]["SourceChangedOrArchived"];
            413: components["responses"]["SourceTooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["UnprocessableVideo"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StoreOrIdentityError"];
            503: components["responses"]["OverloadedOrScratchFull"];
            504: components["responses"]["TimedOut"];
        };
    };
    describeSource: {
        parameters: {
            query: {
                /**
                 * @description Key of the video, at most 1,024 bytes of UTF-8.
                 * @example sample.mp4
                 */
                key: components["parameters"]["SourceKey"];
                /** @description Bucket of the video. Default: the first bucket that the service is configured to read. */
                bucket?: components["parameters"]["SourceBucket"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metadata. */
            200: {
                headers: {
                    "Server-Timing": components["headers"]["ServerTiming"];
                    ETag: components["headers"]["VideoETag"];
                    "Cache-Control": components["headers"]["VideoCacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Video"];
                };
            };
            /** @description The video is unchanged since the ETag in `If-None-Match`. */
            304: {
                headers: {
                    ETag: components["headers"]["VideoETag"];
                    "Cache-Control": components["headers"]["VideoCacheControl"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SourceNotFound"];
            409: components["responses"]["SourceChangedOrArchived"];
            413: components["responses"]["SourceTooLarge"];
            415: components["responses"]["UnsupportedMedia"];
            422: components["responses"]["UnprocessableVideo"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StoreOrIdentityError"];
            503: components["responses"]["OverloadedOrScratchFull"];
            504: components["responses"]["TimedOut"];
        };
    };
    startUpload: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "filename": "holiday.mp4",
                 *       "contentType": "video/mp4",
                 *       "bytes": 1048576
                 *     }
                 */
                "application/json": components["schemas"]["UploadRequest"];
            };
        };
        responses: {
            /** @description The upload was started. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FormUpload"] | components["schemas"]["PutUpload"] | components["schemas"]["PartsUpload"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["UploadTooLarge"];
            415: components["responses"]["UnsupportedContentType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StoreOrIdentityError"];
            503: components["responses"]["Overloaded"];
            504: components["responses"]["TimedOut"];
        };
    };
    listUploadParts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The `token` from `POST /v1/uploads`.
                 * @example upload-token
                 */
                token: components["parameters"]["UploadToken"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The parts that the store has. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadProgress"];
                };
            };
            400: components["responses"]["InvalidUploadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UploadNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StoreOrIdentityError"];
            503: components["responses"]["Overloaded"];
            504: components["responses"]["TimedOut"];
        };
    };
    abortUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The `token` from `POST /v1/uploads`.
                 * @example upload-token
                 */
                token: components["parameters"]["UploadToken"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The upload no longer exists. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidUploadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["UploadTooLarge"];
            415: components["responses"]["UnsupportedContentType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StoreOrIdentityError"];
            503: components["responses"]["Overloaded"];
            504: components["responses"]["TimedOut"];
        };
    };
    completeUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The `token` from `POST /v1/uploads`.
                 * @example upload-token
                 */
                token: components["parameters"]["UploadToken"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The video is in the store. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompletedUpload"];
                };
            };
            400: components["responses"]["InvalidUploadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UploadNotFound"];
            409: components["responses"]["UploadIncomplete"];
            413: components["responses"]["UploadTooLarge"];
            415: components["responses"]["UnsupportedContentType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StoreOrIdentityError"];
            503: components["responses"]["Overloaded"];
            504: components["responses"]["TimedOut"];
        };
    };
    signUploadParts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The `token` from `POST /v1/uploads`.
                 * @example upload-token
                 */
                token: components["parameters"]["UploadToken"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "numbers": [
                 *         1,
                 *         2
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["PartNumbers"];
            };
        };
        responses: {
            /** @description The presigned URLs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedParts"];
                };
            };
            400: components["responses"]["InvalidUploadRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["UploadTooLarge"];
            415: components["responses"]["UnsupportedContentType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["StoreOrIdentityError"];
            503: components["responses"]["Overloaded"];
            504: components["responses"]["TimedOut"];
        };
    };
    getObject: {
        parameters: {
            query: {
                /** @example videos */
                bucket: components["parameters"]["SignedBucket"];
                /** @example sample.mp4 */
                key: components["parameters"]["SignedKey"];
                /**
                 * @description Expiry of the URL as a Unix timestamp in seconds.
                 * @example 1767225600
                 */
                expires: components["parameters"]["SignedExpires"];
                /**
                 * @description HMAC-SHA256 in base64url.
                 * @example 0123456789abcdefghijklmnopqrstuvwxyzABCDEFG
                 */
                signature: components["parameters"]["Signature"];
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
            /** @description The requested range of the object. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description The object is unchanged since the ETag in `If-None-Match`. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidStoreRequest"];
            403: components["responses"]["ForbiddenKey"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["SourceChanged"];
            /** @description The range starts past the end of the object; `Content-Range` has its size. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["LocalStoreError"];
            503: components["responses"]["Overloaded"];
        };
    };
    putObject: {
        parameters: {
            query: {
                /** @example videos */
                bucket: components["parameters"]["SignedBucket"];
                /** @example sample.mp4 */
                key: components["parameters"]["SignedKey"];
                /**
                 * @description Expiry of the URL as a Unix timestamp in seconds.
                 * @example 1767225600
                 */
                expires: components["parameters"]["SignedExpires"];
                /**
                 * @description HMAC-SHA256 in base64url.
                 * @example 0123456789abcdefghijklmnopqrstuvwxyzABCDEFG
                 */
                signature: components["parameters"]["Signature"];
                /** @description ID of the upload of a part. */
                upload?: string;
                /** @description Number of the part. */
                part?: number;
                /**
                 * @description Size of the part or file.
                 * @example 1048576
                 */
                bytes: number;
                /** @description Content-Type of the file. */
                type?: string;
                /** @description Metadata of the file, as JSON. */
                metadata?: string;
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
            /** @description The store has the file or part. */
            200: {
                headers: {
                    /** @description ETag of the file or part. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidStoreRequest"];
            403: components["responses"]["ForbiddenKeyOrAction"];
            404: components["responses"]["UploadNotFound"];
            408: components["responses"]["UploadStalled"];
            413: components["responses"]["UploadTooLarge"];
            415: components["responses"]["UnsupportedContentType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["LocalStoreError"];
            503: components["responses"]["Overloaded"];
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
                    /**
                     * @description Conditions of the upload, in base64url.
                     * @example policy
                     */
                    policy: string;
                    /**
                     * @description HMAC-SHA256 of the policy in base64url.
                     * @example signature
                     */
                    signature: string;
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description The file is in the store. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidStoreRequest"];
            403: components["responses"]["ForbiddenKeyOrAction"];
            408: components["responses"]["UploadStalled"];
            413: components["responses"]["UploadTooLarge"];
            415: components["responses"]["UnsupportedContentType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            502: components["responses"]["LocalStoreError"];
            503: components["responses"]["Overloaded"];
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
            /** @description The process responds. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["InvalidRequest"];
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
            /** @description The metrics since the start. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["InvalidRequest"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Overloaded"];
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
            /** @description The service can process requests. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            400: components["responses"]["InvalidRequest"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            /** @description The service cannot process requests. Service overloaded. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                    "application/problem+json": {
                        /** @constant */
                        status?: 503;
                        /** @enum {unknown} */
                        code?: "overloaded";
                    } & components["schemas"]["Problem"];
                };
            };
        };
    };
}
