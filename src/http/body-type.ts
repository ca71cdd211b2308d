import type { FastifyRequest } from 'fastify'
import { PosterframeError } from '../errors.ts'
import { OTHER_CONTAINER_TYPES } from '../options/containers.ts'

const FORM = /^\s*multipart\/form-data/i
const JSON_TYPE = /^\s*application\/json/i
/** Types of a body that is probably a video, or contains one. */
const VIDEO = new RegExp(
  `^\\s*(video/|application/octet-stream|multipart/form-data|(${OTHER_CONTAINER_TYPES.join('|')})\\b)`,
  'i'
)
const VIDEO_ADVICE = 'Send application/json, multipart/form-data, or a video as video/mp4 or the like.'
const MAX_SHOWN = 100

/** Returns `unsupported_content_type` for a body of another type than the route takes, and what to send instead. */
export function bodyTypeError ({ headers, routeOptions: { url, config } }: FastifyRequest): PosterframeError {
  const type = headers['content-type']
  return new PosterframeError('unsupported_content_type', {
    detail: `${describeType(type)} ${config.takesVideo === true ? VIDEO_ADVICE : adviseOnType(url, type)}`
  })
}

/** Returns `unsupported_content_type` for a compressed body. */
export function bodyEncodingError (encoding: string): PosterframeError {
  return new PosterframeError('unsupported_content_type', {
    detail:
      `The Content-Encoding is '${encoding.slice(0, MAX_SHOWN)}', and the service does not decode bodies. ` +
      'Send the body as it is, without Content-Encoding.'
  })
}

function describeType (type: string | undefined): string {
  if (type === undefined) return 'The body has no Content-Type.'
  return FORM.test(type)
    ? 'This operation does not accept a form.'
    : `The Content-Type '${type.slice(0, MAX_SHOWN)}' is not supported.`
}

function adviseOnType (url: string | undefined, type = ''): string {
  if (url === '/objects') return 'Send multipart/form-data.'
  if (!VIDEO.test(type) || url?.startsWith('/v1/uploads/') === true) return 'Send application/json.'
  return url === '/v1/uploads'
    ? 'Send JSON that describes the file, such as {"filename": "holiday.mp4", "contentType": "video/mp4", ' +
      '"bytes": 1048576}, and send the file itself as the response says.'
    : 'Upload the video with POST /v1/uploads, and send its key as JSON.'
}

/** Returns whether the body of a request is a file or a form, and not JSON, judged by its headers. */
export function hasUploadBody ({ raw, headers, routeOptions }: FastifyRequest): boolean {
  const { takesVideo, isUpload } = routeOptions.config
  if (raw.method === 'GET' || raw.method === 'HEAD') return false
  const type = headers['content-type'] ?? ''
  // `isMultipart()` works only after the parser has been chosen, which happens after the hooks that ask.
  return FORM.test(type) || isUpload === true || (takesVideo === true && !JSON_TYPE.test(type))
}
