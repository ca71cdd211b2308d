// Wrong requests as new users send them, against the whole service on a local store, with the complete text of each
// answer. The texts are part of the product: each says what was wrong, what is allowed, and what to do next.
import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { signThumbnailUrl } from '../../src/access/signed-thumbnail-url.ts'
import { compose } from '../../src/compose.ts'
import { loadConfig } from '../../src/config/config.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { buildApp } from '../../src/http/app.ts'
import type { App } from '../../src/http/services.ts'
import { buildAppSettings } from '../../src/http/settings.ts'
import { buildForm, FORM_TYPE, type FormPart } from '../support/multipart-body.ts'
import { findTestFfmpeg, H264, makeBarcodeVideo } from '../support/videos.ts'

/** Parts of a request besides its method and URL. */
interface Parts {
  readonly json?: unknown
  readonly body?: string
  readonly type?: string
  readonly form?: readonly FormPart[]
  readonly headers?: Readonly<Record<string, string>>
  /** Query of a signed URL. `until` is its expiry in Unix seconds; `suffix` is appended to the URL. */
  readonly sign?: Readonly<Record<string, string>>
  readonly until?: number
  readonly suffix?: string
}

type Row = readonly [request: string, parts: Parts, status: number, code: ErrorCode, detail: string]

const secret = Buffer.alloc(32, 7)
const hash = (key: string) => `sha256:${createHash('sha256').update(key).digest('hex')}`
const KEYS = [
  { name: 'all', hash: hash('pfk_all') },
  { name: 'reader', hash: hash('pfk_reader'), verbs: ['read'] },
  { name: 'tenant', hash: hash('pfk_tenant'), buckets: ['archive'], prefixes: ['tenant/'] }
]
const video = { name: 'file', filename: 'a.mp4', content: 'x' }

/** Requests to a service without authentication. */
const OPEN_ROWS: readonly Row[] = [
  [
    'POST /v1/thumbnails', {},
    400, 'invalid_request',
    'The request body is missing. Send JSON, such as {"key": "sample.mp4"}, a form with a video file, or the video ' +
      'itself.'
  ],
  [
    'POST /v1/thumbnails', { body: '', type: 'application/json' },
    400, 'invalid_request',
    'The request body is empty. Send a JSON object, such as {"key": "sample.mp4"}.'
  ],
  [
    'POST /v1/thumbnails', { body: '{"key": "film.mp4",}', type: 'application/json' },
    400, 'invalid_request',
    'The request body is not valid JSON. Use double quotes for names and texts, and no comma after the last ' +
      'member.'
  ],
  [
    'POST /v1/thumbnails', { body: "{'key': 'film.mp4'}", type: 'application/json' },
    400, 'invalid_request',
    'The request body is not valid JSON. Use double quotes for names and texts, and no comma after the last ' +
      'member.'
  ],
  [
    'POST /v1/thumbnails', { json: ['film.mp4'] },
    400, 'invalid_request',
    'The request body must be a JSON object, such as {"key": "sample.mp4"}.'
  ],
  [
    'POST /v1/thumbnails', { json: 'film.mp4' },
    400, 'invalid_request',
    'The request body must be a JSON object, such as {"key": "sample.mp4"}.'
  ],
  [
    'POST /v1/thumbnails', { json: {} },
    400, 'invalid_request',
    '\'key\' is missing. Add it to the JSON body: "key": "sample.mp4".'
  ],
  [
    'POST /v1/thumbnails', { json: { key: 7 } },
    400, 'invalid_request',
    "'key' is 7, and must be a text of 1 to 1,024 characters, such as sample.mp4."
  ],
  [
    'POST /v1/thumbnails', { json: { key: null } },
    400, 'invalid_request',
    "'key' is null, and must be a text of 1 to 1,024 characters, such as sample.mp4."
  ],
  [
    'POST /v1/thumbnails', { json: { key: '' } },
    400, 'invalid_request',
    "'key' is empty, and must be a text of 1 to 1,024 characters, such as sample.mp4."
  ],
  [
    'POST /v1/thumbnails', { json: { key: ['film.mp4'] } },
    400, 'invalid_request',
    "'key' is a list, and must be a text of 1 to 1,024 characters, such as sample.mp4."
  ],
  [
    'POST /v1/thumbnails', { body: 'key=film.mp4', type: 'application/x-www-form-urlencoded' },
    415, 'unsupported_content_type',
    "The Content-Type 'application/x-www-form-urlencoded' is not supported. Send application/json, " +
      'multipart/form-data, or a video as video/mp4 or the like.'
  ],
  [
    'POST /v1/thumbnails', { body: '<key>film.mp4</key>', type: 'application/xml' },
    415, 'unsupported_content_type',
    "The Content-Type 'application/xml' is not supported. Send application/json, " +
      'multipart/form-data, or a video as video/mp4 or the like.'
  ],
  [
    'POST /v1/thumbnails', { body: '{"key": "film.mp4"}', type: 'text/plain' },
    415, 'unsupported_content_type',
    "The Content-Type 'text/plain' is not supported. Send application/json, " +
      'multipart/form-data, or a video as video/mp4 or the like.'
  ],
  [
    'POST /v1/storyboards', { form: [video] },
    415, 'unsupported_content_type',
    'This operation does not accept a form. Upload the video with POST /v1/uploads, and send its key as JSON.'
  ],
  [
    'POST /v1/storyboards', { body: '{"key": "film.mp4"}', type: 'text/plain' },
    415, 'unsupported_content_type',
    "The Content-Type 'text/plain' is not supported. Send application/json."
  ],
  [
    'POST /v1/previews', { body: 'x', type: 'video/mp4' },
    415, 'unsupported_content_type',
    "The Content-Type 'video/mp4' is not supported. Upload the video with POST /v1/uploads, and send its key as JSON."
  ],
  [
    'POST /v1/previews', { form: [video] },
    415, 'unsupported_content_type',
    'This operation does not accept a form. Upload the video with POST /v1/uploads, and send its key as JSON.'
  ],
  [
    'POST /v1/uploads', { body: 'x', type: 'video/mp4' },
    415, 'unsupported_content_type',
    'The Content-Type \'video/mp4\' is not supported. Send JSON that describes the file, such as {"filename": ' +
      '"holiday.mp4", "contentType": "video/mp4", "bytes": 1048576}, and send the file itself as the response says.'
  ],
  [
    'POST /v1/uploads', { form: [video] },
    415, 'unsupported_content_type',
    'This operation does not accept a form. Send JSON that describes the file, such as {"filename": "holiday.mp4", ' +
      '"contentType": "video/mp4", "bytes": 1048576}, and send the file itself as the response says.'
  ],
  [
    'POST /v1/uploads/abc/parts', { form: [video] },
    415, 'unsupported_content_type',
    'This operation does not accept a form. Send application/json.'
  ],
  [
    'POST /v1/nothing', { form: [video] },
    404, 'not_found',
    'No route matches this path. GET /openapi.yaml lists the paths of the service.'
  ],
  [
    'POST /v1/videos', { form: [video] },
    405, 'method_not_allowed',
    'This path does not support POST. Use GET, HEAD.'
  ],
  [
    'POST /v1/thumbnails', { json: { key: 'film.mp4' }, headers: { 'content-encoding': 'gzip' } },
    415, 'unsupported_content_type',
    "The Content-Encoding is 'gzip', and the service does not decode bodies. Send the body as it is, without " +
      'Content-Encoding.'
  ],
  [
    'POST /v1/uploads', { json: {}, headers: { 'content-encoding': 'br' } },
    415, 'unsupported_content_type',
    "The Content-Encoding is 'br', and the service does not decode bodies. Send the body as it is, without " +
      'Content-Encoding.'
  ],
  [
    'POST /v1/thumbnails', { form: [video], headers: { 'content-encoding': 'gzip' } },
    415, 'unsupported_content_type',
    "The Content-Encoding is 'gzip', and the service does not decode bodies. Send the body as it is, without " +
      'Content-Encoding.'
  ],
  [
    'POST /v1/thumbnails', { json: {}, headers: { 'content-encoding': 'identity' } },
    400, 'invalid_request',
    '\'key\' is missing. Add it to the JSON body: "key": "sample.mp4".'
  ],
  [
    'POST /v1/thumbnails?key=film.mp4', {},
    400, 'invalid_request',
    '\'key\' is in the query of a POST. Send it in the JSON body: {"key": "..."}, or send a GET, which has it ' +
      'in the query.'
  ],
  [
    'POST /v1/thumbnails?key=film.mp4&timestamp=1', { json: {} },
    400, 'invalid_request',
    '\'key\' is missing. Add it to the JSON body: "key": "sample.mp4".'
  ],
  [
    'POST /v1/thumbnails?bucket=videos', { json: { key: 'film.mp4' } },
    400, 'invalid_request',
    '\'bucket\' is in the query of a POST. Send it in the JSON body: {"bucket": "..."}, or send a GET, which ' +
      'has it in the query.'
  ],
  [
    'POST /v1/storyboards?key=film.mp4', {},
    400, 'invalid_request',
    '\'key\' is in the query of a POST. Send it in the JSON body: {"key": "..."}.'
  ],
  [
    'POST /v1/previews?key=film.mp4', { json: {} },
    400, 'invalid_request',
    '\'key\' is missing. Add it to the JSON body: "key": "sample.mp4".'
  ],
  [
    'POST /v1/storyboards?width=160', { json: { key: 'film.mp4' } },
    400, 'invalid_request',
    "'width' is not a known parameter; there are none here. Leave it out."
  ],
  [
    'POST /v1/thumbnails?width=640', { json: { key: 'film.mp4', width: 320 } },
    400, 'invalid_request',
    "'width' is in both the query and the body; send it once."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&width=640&width=320', {},
    400, 'invalid_request',
    "'width' is given more than once; send it once."
  ],
  ['GET /v1/thumbnails', {}, 400, 'invalid_request', "'key' is missing. Add it to the query: key=sample.mp4."],
  [
    'GET /v1/thumbnails?url=film.mp4', {},
    400, 'invalid_request',
    "'url' is not a known parameter; did you mean 'key'?"
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&time=1', {},
    400, 'invalid_request',
    "'time' is not a known parameter; did you mean 'timestamp'?"
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&t=1', {},
    400, 'invalid_request',
    "'t' is not a known parameter; did you mean 'timestamp'?"
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&timestmap=1', {},
    400, 'invalid_request',
    "'timestmap' is not a known parameter; did you mean 'timestamp'?"
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&Width=640', {},
    400, 'invalid_request',
    "'Width' is not a known parameter; did you mean 'width'?"
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&crop=1', {},
    400, 'invalid_request',
    "'crop' is not a known parameter. Use key, bucket, timestamp, seek, beyond, width, height, fit, format, " +
      'quality, background, expires, preset, keyId, signedUntil, signature.'
  ],
  [
    'POST /v1/thumbnails', { json: { key: 'film.mp4', time_stamp: '1' } },
    400, 'invalid_request',
    "'time_stamp' is not a known parameter; did you mean 'timestamp'?"
  ],
  [
    'POST /v1/previews', { json: { key: 'film.mp4', fps: 8 } },
    400, 'invalid_request',
    "'fps' is not a known parameter; did you mean 'framesPerSecond'?"
  ],
  [
    'GET /v1/thumbnails?key=flim.mp4', {},
    404, 'source_not_found',
    "The store does not have the object 'flim.mp4' in the bucket 'videos'. Check the spelling; upper and lower case " +
      'differ.'
  ],
  [
    'GET /v1/thumbnails?key=Film.mp4', {},
    404, 'source_not_found',
    "The store does not have the object 'Film.mp4' in the bucket 'videos'. Check the spelling; upper and lower case " +
      'differ.'
  ],
  [
    'GET /v1/thumbnails?key=/film.mp4', {},
    404, 'source_not_found',
    "The store does not have the object '/film.mp4' in the bucket 'videos'. Keys rarely begin with a slash: try " +
      "'film.mp4'."
  ],
  [
    'GET /v1/thumbnails?key=videos/film.mp4', {},
    404, 'source_not_found',
    "The store does not have the object 'videos/film.mp4' in the bucket 'videos'. Keys rarely begin with the name " +
      "of their bucket: try 'film.mp4'."
  ],
  [
    'GET /v1/thumbnails?key=/archive/film.mp4&bucket=archive', {},
    404, 'source_not_found',
    "The store does not have the object '/archive/film.mp4' in the bucket 'archive'. Keys rarely begin with the " +
      "name of their bucket: try 'film.mp4'."
  ],
  [
    'POST /v1/thumbnails', { json: { key: 's3://videos/film.mp4' } },
    404, 'source_not_found',
    "The store does not have the object 's3://videos/film.mp4' in the bucket 'videos'. A key is not an " +
      "s3:// URL: send the key 'film.mp4' and the bucket 'videos'."
  ],
  [
    'POST /v1/thumbnails',
    { json: { key: 'https://videos.s3.eu-central-1.amazonaws.com/a%20b.mp4?X-Amz-Signature=0f' } },
    404, 'source_not_found',
    "The store does not have the object 'https://videos.s3.eu-central-1.amazonaws.com/a%20b.mp4' in the " +
      "bucket 'videos'. " +
      'A key is not a URL, and the service reads objects of its buckets only: send the key of the object, such ' +
      "as 'a b.mp4'."
  ],
  [
    'GET /v1/videos?key=file:///tmp/film.mp4', {},
    404, 'source_not_found',
    "The store does not have the object 'file:///tmp/film.mp4' in the bucket 'videos'. A key is not a URL, and the " +
      'service reads objects of its buckets only: send the key of the object.'
  ],
  [
    'GET /v1/thumbnails?key=a/../film.mp4', {},
    403, 'forbidden_key',
    'The key contains a segment "." or "..". Write it without them.'
  ],
  [
    'GET /v1/thumbnails?key=film%00.mp4', {},
    403, 'forbidden_key',
    'The key contains control characters, which are not allowed. Rename the object.'
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&bucket=video', {},
    403, 'forbidden_bucket',
    "The service or these credentials do not allow the bucket 'video'. Use another one, or ask the operator " +
      'to allow it in POSTERFRAME_SOURCE_BUCKETS and in the scope of the credentials.'
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&bucket=gone', {},
    404, 'source_not_found',
    "The store does not have the bucket 'gone', although the service is configured to use it. Create it, " +
      'or correct the ' +
      'configuration.'
  ],
  [
    'POST /v1/thumbnails', { json: { key: 'film.mp4', bucket: '' } },
    400, 'invalid_request',
    "'bucket' is empty, and must be a text of 1 to 255 characters."
  ],
  [
    `GET /v1/thumbnails?key=${'a'.repeat(1025)}`, {},
    400, 'invalid_request',
    "'key' has 1,025 characters, and must be a text of 1 to 1,024 characters, such as sample.mp4."
  ],
  [
    'GET /v1/thumbnails?key=notes.txt', {},
    415, 'unsupported_media',
    'The first bytes of the file are not those of a supported container: MP4, MOV, Matroska, WebM, AVI, FLV, ' +
      'ASF, MPEG-PS, MPEG-TS, Ogg, MXF, MPEG-1 and MPEG-2 video, ' +
      'MPEG-4 video, H.264, HEVC, animated GIF or animated PNG. Check that it is the right file.'
  ],
  ['GET /v1/thumbnails?key=empty.mp4', {}, 415, 'unsupported_media', 'The file is empty. Upload the video again.'],
  [
    'GET /v1/thumbnails?key=film.mp4&timestamp=noon', {},
    400, 'invalid_timestamp',
    "'noon' is not a timestamp. Use seconds (12.5 or 12.5s), milliseconds (1500ms), units (1h2m3.5s), a clock " +
      '(01:02.5 or 00:01:02.5), a percentage (50% or 50pct), a time from the end (-2s), ' +
      'the number of a frame, counted from 0 (frame:250), or first, middle, last ' +
      'or auto.'
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&timestamp=1:75', {},
    400, 'invalid_timestamp',
    "'1:75' has minutes or seconds above 59. Use seconds (12.5 or 12.5s), milliseconds (1500ms), units " +
      '(1h2m3.5s), a clock (01:02.5 or 00:01:02.5), a percentage (50% or 50pct), a time from the end (-2s), ' +
      'the number of a frame, counted from 0 (frame:250), or first, middle, last or auto.'
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&timestamp=50%', {},
    400, 'invalid_request',
    'The URL is not valid percent-encoded UTF-8. Encode a percent sign as %25, or write 50% as 50pct.'
  ],
  [
    'POST /v1/thumbnails', { body: '{"key": "film.mp4", "timestamp": 1e400}', type: 'application/json' },
    400, 'invalid_request',
    "'timestamp' is a number that is too large, and must be a number of seconds, or a text such as 12.5s."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&timestamp=99', {},
    422, 'timestamp_out_of_range',
    'The video ends at 4 s. Use an earlier timestamp, "last" or beyond=clamp.'
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&width=8', {},
    400, 'invalid_request',
    "'width' is 8, and must be a whole number from 16 to 4,096."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&width=5000', {},
    400, 'invalid_request',
    "'width' is 5000, and must be a whole number from 16 to 4,096."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&width=640px', {},
    400, 'invalid_request',
    "'width' is '640px', and must be a whole number from 16 to 4,096."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&width=', {},
    400, 'invalid_request',
    "'width' is '', and must be a whole number from 16 to 4,096."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&quality=0.8', {},
    400, 'invalid_request',
    "'quality' is '0.8', and must be a whole number from 1 to 100."
  ],
  [
    'POST /v1/thumbnails', { json: { key: 'film.mp4', width: '640' } },
    400, 'invalid_request',
    "'width' is the text '640', and must be a whole number from 16 to 4,096."
  ],
  [
    'POST /v1/thumbnails', { json: { key: 'film.mp4', width: 640.5 } },
    400, 'invalid_request',
    "'width' is 640.5, and must be a whole number from 16 to 4,096."
  ],
  [
    'POST /v1/thumbnails', { json: { key: 'film.mp4', regenerate: 'yes' } },
    400, 'invalid_request',
    "'regenerate' is the text 'yes', and must be true or false."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&format=tiff', {},
    400, 'invalid_request',
    "'format' is 'tiff', and must be one of jpeg, webp, avif, png, jpg."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&fit=crop', {},
    400, 'invalid_request',
    "'fit' is 'crop', and must be one of inside, cover, contain, fill."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&expires=10', {},
    400, 'invalid_request',
    "'expires' is 10, and must be a whole number from 60 to 604,800."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&preset=poster', {},
    400, 'invalid_request',
    "The service has no preset 'poster'. Use one that its operator has defined in POSTERFRAME_PRESETS."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&regenerate=true', {},
    400, 'invalid_request',
    "'regenerate' is not a known parameter. Use key, bucket, timestamp, seek, beyond, width, height, fit, " +
      'format, quality, background, expires, preset, keyId, signedUntil, signature.'
  ],
  [
    'POST /v1/thumbnails', { form: [{ name: 'timestamp', content: '1' }] },
    400, 'invalid_request',
    "The form has no file. Send the video in a field of the form, such as 'file'."
  ],
  [
    'POST /v1/thumbnails', { form: [{ ...video, content: 'This is not a video.\n' }] },
    415, 'unsupported_media',
    'The first bytes of the file are not those of a supported container: MP4, MOV, Matroska, WebM, AVI, FLV, ' +
      'ASF, MPEG-PS, MPEG-TS, Ogg, MXF, MPEG-1 and MPEG-2 video, ' +
      'MPEG-4 video, H.264, HEVC, animated GIF or animated PNG. Check that it is the right file.'
  ],
  [
    'POST /v1/thumbnails', { form: [{ name: 'file', content: 'sample.mp4' }] },
    400, 'invalid_request',
    "The field 'file' is a text, and must be a file. With curl, write an @ before its path: file=@sample.mp4."
  ],
  [
    'POST /v1/thumbnails', { form: [{ name: 'file', type: 'video/mp4', content: 'This is not a video.\n' }] },
    415, 'unsupported_media',
    'The first bytes of the file are not those of a supported container: MP4, MOV, Matroska, WebM, AVI, FLV, ' +
      'ASF, MPEG-PS, MPEG-TS, Ogg, MXF, MPEG-1 and MPEG-2 video, ' +
      'MPEG-4 video, H.264, HEVC, animated GIF or animated PNG. Check that it is the right file.'
  ],
  [
    'POST /v1/thumbnails', { form: [video, video] },
    400, 'invalid_request',
    'The form has more than one file. Send one file per request.'
  ],
  [
    'POST /v1/thumbnails', { form: [{ name: 'widht', content: '640' }, video] },
    400, 'invalid_request',
    "'widht' is not a known parameter; did you mean 'width'?"
  ],
  [
    'POST /v1/thumbnails', { form: [{ name: 'key', content: 'film.mp4' }] },
    400, 'invalid_request',
    "'key' is in a form, which is for a video in the request. For a video in the store, send JSON: " +
      '{"key": "sample.mp4"}.'
  ],
  [
    'POST /v1/thumbnails', { form: [{ name: 'bucket', content: 'videos' }, video] },
    400, 'invalid_request',
    "'bucket' is in a form, which is for a video in the request. For a video in the store, send JSON: " +
      '{"key": "sample.mp4"}.'
  ],
  [
    'POST /v1/thumbnails?width=640', { form: [{ name: 'width', content: '640' }, video] },
    400, 'invalid_request',
    "'width' is in both the query and the form; send it once."
  ],
  [
    'POST /v1/thumbnails', { form: [{ name: 'width', content: '640' }, { name: 'width', content: '320' }, video] },
    400, 'invalid_request',
    "'width' is given more than once; send it once."
  ],
  [
    'POST /v1/thumbnails', { body: 'x', type: 'multipart/form-data' },
    400, 'invalid_request',
    'The body is malformed or incomplete. Send the whole of it; a form ends with its final boundary.'
  ],
  [
    'POST /v1/thumbnails',
    {
      body: '--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nhalf',
      type: 'multipart/form-data; boundary=b'
    },
    400, 'invalid_request',
    'The body is malformed or incomplete. Send the whole of it; a form ends with its final boundary.'
  ],
  [
    'POST /v1/thumbnails/batch', { json: { key: 'film.mp4' } },
    400, 'invalid_request',
    '\'items\' is missing. Add it to the JSON body: "items": [{"timestamp":"12.5s"}].'
  ],
  [
    'POST /v1/thumbnails/batch', { json: { key: 'film.mp4', items: [] } },
    400, 'invalid_request',
    "'items' is an empty list, and must be a list of 1 to 50 items."
  ],
  [
    'POST /v1/thumbnails/batch', { json: { key: 'film.mp4', items: { timestamp: '1' } } },
    400, 'invalid_request',
    "'items' is a JSON object, and must be a list of 1 to 50 items."
  ],
  [
    'POST /v1/thumbnails/batch', { json: { items: [{}] } },
    400, 'invalid_request',
    '\'key\' is missing. Add it to the JSON body: "key": "sample.mp4".'
  ],
  [
    'POST /v1/thumbnails/batch', { json: { key: 'film.mp4', timestamps: ['1'] } },
    400, 'invalid_request',
    "'timestamps' is not a known parameter; did you mean 'items'?"
  ],
  [
    'POST /v1/thumbnails/batch', { json: { key: 'film.mp4', thumbnails: [{}] } },
    400, 'invalid_request',
    "'thumbnails' is not a known parameter; did you mean 'items'?"
  ],
  [
    'POST /v1/thumbnails/batch', { json: { key: 'flim.mp4', items: [{}] } },
    404, 'source_not_found',
    "The store does not have the object 'flim.mp4' in the bucket 'videos'. Check the spelling; upper and lower case " +
      'differ.'
  ],
  [
    'POST /v1/storyboards', {},
    400, 'invalid_request',
    'The request body is missing. Send a JSON object with the header "Content-Type: application/json".'
  ],
  [
    'POST /v1/previews', {},
    400, 'invalid_request',
    'The request body is missing. Send a JSON object with the header "Content-Type: application/json".'
  ],
  [
    'POST /v1/thumbnails/batch', {},
    400, 'invalid_request',
    'The request body is missing. Send a JSON object with the header "Content-Type: application/json".'
  ],
  [
    'POST /v1/thumbnails/batch', { form: [video] },
    415, 'unsupported_content_type',
    'This operation does not accept a form. Upload the video with POST /v1/uploads, and send its key as JSON.'
  ],
  [
    'POST /v1/storyboards', { json: { key: 'film.mp4', interval: '0.01s' } },
    400, 'invalid_request',
    "'interval' is '0.01s', and must be auto or a time of at least 0.1s, such as 5s."
  ],
  [
    'POST /v1/storyboards', { json: { key: 'film.mp4', columns: 0 } },
    400, 'invalid_request',
    "'columns' is 0, and must be a whole number from 1 to 20."
  ],
  [
    'POST /v1/storyboards', { json: { key: 'film.mp4', format: 'png' } },
    400, 'invalid_request',
    "'format' is the text 'png', and must be one of jpeg, webp, avif, jpg."
  ],
  [
    'POST /v1/previews', { json: { key: 'film.mp4', duration: 600 } },
    400, 'invalid_request',
    "'duration' is 600, and must be a whole number of seconds from 3 to 10, or a text such as 5s."
  ],
  [
    'POST /v1/previews', { json: { key: 'film.mp4', duration: 3.5 } },
    400, 'invalid_request',
    "'duration' is 3.5, and must be a whole number of seconds from 3 to 10, or a text such as 5s."
  ],
  [
    'POST /v1/previews', { json: { key: 'film.mp4', duration: '3.5' } },
    400, 'invalid_request',
    "'duration' is '3.5', and must be a whole number of seconds from 3 to 10, or a text such as 5s."
  ],
  [
    'POST /v1/previews', { json: { key: 'film.mp4', duration: '' } },
    400, 'invalid_request',
    "'duration' is empty, and must be a whole number of seconds from 3 to 10, or a text such as 5s."
  ],
  [
    'POST /v1/previews', { json: { key: 'film.mp4', start: -1 } },
    400, 'invalid_request',
    "'start' is -1, and must be a number of seconds from 0 to 1,000,000,000, or a text such as 1m30s."
  ],
  [
    'POST /v1/previews', { json: { key: 'film.mp4', start: '-1' } },
    400, 'invalid_request',
    "'start' is '-1', and must be a number of seconds from 0 to 1,000,000,000, or a text such as 1m30s."
  ],
  [
    'POST /v1/previews', { json: { key: 'film.mp4', kind: 'loop' } },
    400, 'invalid_request',
    "'kind' is the text 'loop', and must be one of best, span."
  ],
  [
    'POST /v1/previews', { json: { key: 'film.mp4', kind: 'span', start: 99 } },
    422, 'timestamp_out_of_range',
    "'start' is 99 s, and the video ends at 4 s. Use a 'start' before the end."
  ],
  ['GET /v1/videos', {}, 400, 'invalid_request', "'key' is missing. Add it to the query: key=sample.mp4."],
  [
    'GET /v1/videos?key=film.mp4&width=640', {},
    400, 'invalid_request',
    "'width' is not a known parameter. Use key, bucket."
  ],
  [
    'GET /v1/jobs/123', {},
    400, 'invalid_request',
    "'id' is '123', and must be a text of 32 hexadecimal digits, such as " +
      '0123456789abcdef0123456789abcdef.'
  ],
  [
    `GET /v1/jobs/${'0'.repeat(32)}`, {},
    404, 'not_found',
    "You have no job '00000000000000000000000000000000'. A job is visible only to the caller that started it. " +
      'Check the ID, or start the job again.'
  ],
  [
    'POST /v1/uploads', {},
    400, 'invalid_request',
    'The request body is missing. Send a JSON object with the header "Content-Type: application/json".'
  ],
  ['POST /v1/uploads', { json: {} }, 400, 'invalid_request', "'filename' is missing. Add it to the JSON body."],
  [
    'POST /v1/uploads', { json: { name: 'a.mp4', contentType: 'video/mp4', bytes: 1 } },
    400, 'invalid_request',
    "'name' is not a known parameter; did you mean 'filename'?"
  ],
  [
    'POST /v1/uploads', { json: { filename: 'a.mp4', contentType: 'video/mp4', bytes: '1' } },
    400, 'invalid_request',
    "'bytes' is the text '1', and must be a whole number from 1 to 9,007,199,254,740,991."
  ],
  [
    'POST /v1/uploads', { json: { filename: 'a.mp4', contentType: 'video/mp4', bytes: 0 } },
    400, 'invalid_request',
    "'bytes' is 0, and must be a whole number from 1 to 9,007,199,254,740,991."
  ],
  [
    'POST /v1/uploads', { json: { filename: 'a.mp4', contentType: 'video/mp4', bytes: 1000000000000000 } },
    413, 'upload_too_large',
    'The file has 1,000,000,000,000,000 bytes, and an upload may have at most 53,687,091,200. Use a smaller ' +
      'file.'
  ],
  [
    'POST /v1/uploads', { json: { filename: 'a.mp4', contentType: 'video/mp4', bytes: 1, bucket: 'archive' } },
    403, 'forbidden_bucket',
    "Uploads do not go to the bucket 'archive'. Leave out 'bucket'."
  ],
  [
    'GET /v1/uploads/abc', {},
    400, 'invalid_upload_token',
    'The token is malformed, has expired, or belongs to another caller. Start a new upload with POST ' +
      '/v1/uploads.'
  ],
  [
    'POST /v1/uploads/abc/parts', { json: { numbers: [0] } },
    400, 'invalid_request',
    "'numbers/0' is 0, and must be a whole number from 1 to 10,000."
  ],
  ['GET /v1/thumbnail?key=film.mp4', {}, 404, 'not_found', 'No route matches this path; did you mean /v1/thumbnails?'],
  [
    'GET /v1/thumbnails/?key=film.mp4', {},
    404, 'not_found',
    'No route matches this path; did you mean /v1/thumbnails?'
  ],
  ['GET /thumbnails', {}, 404, 'not_found', 'No route matches this path; did you mean /v1/thumbnails?'],
  [
    'GET /v2/movies', {},
    404, 'not_found',
    'No route matches this path. GET /openapi.yaml lists the paths of the service.'
  ],
  [
    'PUT /v1/thumbnails', { json: { key: 'film.mp4' } },
    405, 'method_not_allowed',
    'This path does not support PUT. Use GET, HEAD, POST.'
  ],
  ['GET /v1/storyboards?key=film.mp4', {}, 405, 'method_not_allowed', 'This path does not support GET. Use POST.'],
  [
    'POST /v1/videos', { json: { key: 'film.mp4' } },
    405, 'method_not_allowed',
    'This path does not support POST. Use GET, HEAD.'
  ],
  [
    'DELETE /v1/thumbnails?key=film.mp4', {},
    405, 'method_not_allowed',
    'This path does not support DELETE. Use GET, HEAD, POST.'
  ],
  [
    'GET /objects?bucket=videos&key=film.mp4&expires=9999999999&signature=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    {},
    400, 'invalid_signature',
    'The URL or form was not signed by this service, was changed, or has expired. Request a new one.'
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&keyId=k9&signedUntil=9999999999&signature=abc', {},
    400, 'invalid_signature',
    'The URL or form was not signed by this service, was changed, or has expired. Request a new one.'
  ]
]

/** Requests to a service with API keys, signed URLs and a preset for anonymous callers. */
const KEYED_ROWS: readonly Row[] = [
  [
    'GET /v1/thumbnails?key=film.mp4', {},
    401, 'unauthenticated',
    "'preset' is missing; without an API key or a signed URL, requests must name a preset. Send an API key in " +
      'the header "X-Api-Key: KEY", or a key or JSON Web Token in "Authorization: Bearer TOKEN". A GET of a ' +
      'thumbnail also works with a signed URL; docs/signing.md describes how to make one.'
  ],
  [
    'POST /v1/thumbnails', { json: { key: 'film.mp4' } },
    401, 'unauthenticated',
    'Send an API key in the header "X-Api-Key: KEY", or a key or JSON Web Token in "Authorization: Bearer ' +
      'TOKEN". A GET of a thumbnail also works with a signed URL; docs/signing.md describes how to make one.'
  ],
  [
    'GET /v1/thumbnails?key=film.mp4', { headers: { 'x-api-key': 'pfk_none' } },
    401, 'unauthenticated',
    'The credentials are not those of a key that the service knows. Send an API key in the header "X-Api-Key: ' +
      'KEY", or a key or JSON Web Token in "Authorization: Bearer TOKEN". A GET of a thumbnail also works with ' +
      'a signed URL; docs/signing.md describes how to make one.'
  ],
  [
    'GET /v1/thumbnails?key=film.mp4', { headers: { authorization: 'Bearer pfk_none' } },
    401, 'unauthenticated',
    'The credentials are not those of a key that the service knows. Send an API key in the header "X-Api-Key: ' +
      'KEY", or a key or JSON Web Token in "Authorization: Bearer TOKEN". A GET of a thumbnail also works with ' +
      'a signed URL; docs/signing.md describes how to make one.'
  ],
  [
    'GET /v1/thumbnails?key=film.mp4', { headers: { authorization: 'pfk_all' } },
    401, 'unauthenticated',
    'The header Authorization does not begin with Bearer and a token. Send an API key in the header ' +
      '"X-Api-Key: KEY", or a key or JSON Web Token in "Authorization: Bearer TOKEN". A GET of a thumbnail also ' +
      'works with a signed URL; docs/signing.md describes how to make one.'
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&apiKey=pfk_all', {},
    400, 'invalid_request',
    "'apiKey' is not a known parameter. Use key, bucket, timestamp, seek, beyond, width, height, fit, format, " +
      'quality, background, expires, preset, keyId, signedUntil, signature.'
  ],
  [
    'POST /v1/thumbnails', { json: { key: 'film.mp4' }, headers: { 'x-api-key': 'pfk_reader' } },
    403, 'forbidden_action',
    'The request needs the verb "write", which the credentials do not have. Use others, or ask the operator ' +
      'for it.'
  ],
  [
    'GET /v1/thumbnails?key=flim.mp4', { headers: { 'x-api-key': 'pfk_all' } },
    404, 'source_not_found',
    "The store does not have the object 'flim.mp4' in the bucket 'videos'. Check the spelling; upper and lower case " +
      'differ.'
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&bucket=other', { headers: { 'x-api-key': 'pfk_all' } },
    403, 'forbidden_bucket',
    "The service or these credentials do not allow the bucket 'other'. Use another one, or ask the operator " +
      'to allow it in POSTERFRAME_SOURCE_BUCKETS and in the scope of the credentials.'
  ],
  [
    'GET /v1/thumbnails?key=tenant/film.mp4&bucket=other', { headers: { 'x-api-key': 'pfk_tenant' } },
    403, 'forbidden_bucket',
    "The service or these credentials do not allow the bucket 'other'. Use another one, or ask the operator " +
      'to allow it in POSTERFRAME_SOURCE_BUCKETS and in the scope of the credentials.'
  ],
  [
    'GET /v1/thumbnails?key=tenant/film.mp4&bucket=videos', { headers: { 'x-api-key': 'pfk_tenant' } },
    403, 'forbidden_bucket',
    "The service or these credentials do not allow the bucket 'videos'. Use another one, or ask the operator " +
      'to allow it in POSTERFRAME_SOURCE_BUCKETS and in the scope of the credentials.'
  ],
  [
    'GET /v1/thumbnails?key=tenant/film.mp4&bucket=videos&width=8', { headers: { 'x-api-key': 'pfk_tenant' } },
    400, 'invalid_request',
    "'width' is 8, and must be a whole number from 16 to 4,096."
  ],
  [
    'GET /v1/thumbnails?key=tenant/film.mp4&bucket=videos&timestamp=noon', { headers: { 'x-api-key': 'pfk_tenant' } },
    403, 'forbidden_bucket',
    "The service or these credentials do not allow the bucket 'videos'. Use another one, or ask the operator " +
      'to allow it in POSTERFRAME_SOURCE_BUCKETS and in the scope of the credentials.'
  ],
  [
    'GET /v1/thumbnails?key=tenant/film.mp4&bucket=other&timestamp=noon', { headers: { 'x-api-key': 'pfk_tenant' } },
    403, 'forbidden_bucket',
    "The service or these credentials do not allow the bucket 'other'. Use another one, or ask the operator " +
      'to allow it in POSTERFRAME_SOURCE_BUCKETS and in the scope of the credentials.'
  ],
  [
    'GET /v1/thumbnails?key=tenant/film.mp4', { headers: { 'x-api-key': 'pfk_tenant' } },
    403, 'forbidden_bucket',
    "These credentials do not allow the default bucket. Use others, or name a 'bucket' that they allow."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&bucket=archive', { headers: { 'x-api-key': 'pfk_tenant' } },
    403, 'forbidden_key',
    "The service or these credentials do not allow the key 'film.mp4'. Use a key with an allowed prefix, or " +
      'ask the operator for access.'
  ],
  [
    'GET /v1/thumbnails?key=s3://archive/tenant/film.mp4&bucket=archive', { headers: { 'x-api-key': 'pfk_tenant' } },
    403, 'forbidden_key',
    "The service or these credentials do not allow the key 's3://archive/tenant/film.mp4'. A key is not an " +
      "s3:// URL: send the key 'tenant/film.mp4' and the bucket 'archive'."
  ],
  [
    'GET /v1/thumbnails?key=tenant/film.mp4&bucket=archive', { headers: { 'x-api-key': 'pfk_tenant' } },
    404, 'source_not_found',
    "The store does not have the object 'tenant/film.mp4' in the bucket 'archive'. Check the spelling; " +
      'upper and lower ' +
      'case differ.'
  ],
  [
    'POST /v1/uploads',
    { json: { filename: 'a.mp4', contentType: 'video/mp4', bytes: 1 }, headers: { 'x-api-key': 'pfk_tenant' } },
    403, 'forbidden_bucket',
    "These credentials do not allow the default bucket. Use others, or name a 'bucket' that they allow."
  ],
  [
    'GET /v1/thumbnails?preset=card', {},
    400, 'invalid_request',
    "'key' is missing. Add it to the query: key=sample.mp4."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&preset=gallery', {},
    400, 'invalid_request',
    "The service has no preset 'gallery'. Use one that its operator has defined in POSTERFRAME_PRESETS."
  ],
  [
    'GET /v1/thumbnails?key=film.mp4&preset=card&width=99', {},
    401, 'unauthenticated',
    "'width' requires an API key or a signed URL; other requests may only name a preset. Send an API key in " +
      'the header "X-Api-Key: KEY", or a key or JSON Web Token in "Authorization: Bearer TOKEN". A GET of a ' +
      'thumbnail also works with a signed URL; docs/signing.md describes how to make one.'
  ],
  [
    'GET /v1/thumbnails?key=flim.mp4&preset=card', {},
    404, 'source_not_found',
    "The store does not have the object 'flim.mp4' in the default bucket. Check the spelling; upper and lower case " +
      'differ.'
  ],
  [
    'GET /v1/thumbnails?key=videos/flim.mp4&preset=card', {},
    404, 'source_not_found',
    "The store does not have the object 'videos/flim.mp4' in the default bucket. Check the spelling; upper and lower " +
      'case differ.'
  ],
  [
    'GET /v1/thumbnails?key=flim.mp4&preset=card&bucket=gone', {},
    404, 'source_not_found',
    "The store does not have the bucket 'gone', although the service is configured to use it. Create it, " +
      'or correct the ' +
      'configuration.'
  ],
  [
    'GET /v1/thumbnails?key=flim.mp4&preset=card&bucket=other', {},
    403, 'forbidden_bucket',
    "The service or these credentials do not allow the bucket 'other'. Use another one, or ask the operator " +
      'to allow it in POSTERFRAME_SOURCE_BUCKETS and in the scope of the credentials.'
  ],
  [
    'GET /v1/thumbnails', { sign: { key: 'flim.mp4' } },
    404, 'source_not_found',
    "The store does not have the object 'flim.mp4' in the default bucket. Check the spelling; upper and lower case " +
      'differ.'
  ],
  [
    'GET /v1/thumbnails', { sign: { key: 'flim.mp4', bucket: 'videos' } },
    404, 'source_not_found',
    "The store does not have the object 'flim.mp4' in the bucket 'videos'. Check the spelling; upper and lower case " +
      'differ.'
  ],
  [
    'GET /v1/thumbnails', { sign: { key: 'film.mp4', bucket: 'other' } },
    403, 'forbidden_bucket',
    "The service or these credentials do not allow the bucket 'other'. Use another one, or ask the operator " +
      'to allow it in POSTERFRAME_SOURCE_BUCKETS and in the scope of the credentials.'
  ],
  [
    'GET /v1/thumbnails', { sign: { key: 'film.mp4' }, until: 1000000000 },
    400, 'invalid_signature',
    'The signed URL expired at 2001-09-09T01:46:40.000Z. Sign a new one.'
  ],
  [
    'GET /v1/thumbnails', { sign: { key: 'film.mp4' }, suffix: '&width=99' },
    400, 'invalid_signature',
    'The URL or form was not signed by this service, was changed, or has expired. Request a new one.'
  ]
]

/** Builds a service whose buckets `videos` and `archive` exist, and whose bucket `gone` does not. */
async function openApp (t: Test, env: Readonly<Record<string, string>>): Promise<App> {
  const directory = t.testdir()
  const bucket = join(directory, 'data/videos')
  await mkdir(bucket, { recursive: true })
  await mkdir(join(directory, 'scratch'))
  await makeBarcodeVideo(bucket, 'film.mp4', { seconds: 4, framesPerSecond: 25, args: [...H264] })
  await writeFile(join(bucket, 'notes.txt'), 'This is not a video.\n')
  await writeFile(join(bucket, 'empty.mp4'), '')
  const config = loadConfig({
    POSTERFRAME_STORE: 'local',
    POSTERFRAME_LOCAL_DIR: join(directory, 'data'),
    POSTERFRAME_SCRATCH_DIR: join(directory, 'scratch'),
    POSTERFRAME_SOURCE_BUCKETS: 'videos,archive,gone',
    POSTERFRAME_UPLOAD_SECRET: secret.toString('base64url'),
    POSTERFRAME_LOG_LEVEL: 'silent',
    FFMPEG_PATH: await findTestFfmpeg(),
    ...env
  })
  const services = await compose(config, {
    searchPath: process.env['PATH'] ?? '',
    publicUrl: () => 'http://127.0.0.1:1',
    isLongLived: false
  })
  const app = await buildApp(services, buildAppSettings(config, { onLambda: false }))
  t.teardown(async () => {
    await app.close()
    await services.close()
  })
  await rm(join(directory, 'data/gone'), { recursive: true })
  return app
}

function buildRequest (request: string, { json, body, type, form, headers, sign, until, suffix = '' }: Parts) {
  const [method, path = ''] = request.split(' ')
  const query = { base: '', query: sign ?? {}, signedUntil: until ?? 9_999_999_999 }
  const text = body ?? (json === undefined ? undefined : JSON.stringify(json))
  const payload = form === undefined ? text : buildForm(form)
  const contentType = type ?? (form === undefined ? (json === undefined ? undefined : 'application/json') : FORM_TYPE)
  return {
    method: method as InjectOptions['method'] & string,
    url: sign === undefined ? path : `${signThumbnailUrl({ id: 'k1', secret }, query)}${suffix}`,
    headers: { ...headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
    ...(payload === undefined ? {} : { payload })
  }
}

async function checkRows (t: Test, app: App, rows: readonly Row[]): Promise<void> {
  for (const [request, parts, status, code, detail] of rows) {
    const answer = await app.inject(buildRequest(request, parts))
    const name = `${request.slice(0, 100)} ${JSON.stringify(parts).slice(0, 100)}`
    t.match(answer.headers['content-type'], 'application/problem+json', name)
    const problem = answer.json<{ readonly code: string, readonly detail: string }>()
    t.same([answer.statusCode, problem.code, problem.detail], [status, code, detail], name)
  }
}

t.test('answers each wrong request with what was wrong, what is allowed and what to do next', async (t) => {
  await checkRows(t, await openApp(t, {}), OPEN_ROWS)
})

t.test('answers callers with and without credentials by what they may know', async (t) => {
  const app = await openApp(t, {
    POSTERFRAME_AUTH: 'api-key',
    POSTERFRAME_API_KEYS: JSON.stringify(KEYS),
    POSTERFRAME_SIGNING_SECRETS: `k1:${secret.toString('base64url')}`,
    POSTERFRAME_PRESETS: '{"card": {"width": 320}}',
    POSTERFRAME_ANONYMOUS_GET: 'presets'
  })
  await checkRows(t, app, KEYED_ROWS)
})

t.test('has the same text for a bucket that is not on the allow-list and one outside the scope', async (t) => {
  const texts = KEYED_ROWS.filter(([, , , code]) => code === 'forbidden_bucket').map(([request, , , , detail]) =>
    detail.replace(/'[^']+'/, "'…'") + (request.includes('bucket=') ? '' : ' (default)')
  )
  t.ok(texts.length > 6)
  t.equal(new Set(texts.filter((text) => !text.endsWith('(default)') && text.includes("'…'. "))).size, 1)
})
