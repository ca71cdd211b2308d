import { ERROR_CATALOGUE, type ErrorCode } from '../../errors.ts'
import { PROBLEM_TYPE } from '../problem.ts'
import { component } from './components.ts'
import { ProblemSchema } from './problem-schema.ts'

/** Description of a response, in the form that @fastify/swagger expects in a route schema. */
export interface ResponseDescription {
  readonly description: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content: Readonly<Record<string, { readonly schema: unknown }>>
}

/** Names of the responses that can have more than one error code; the name of any other follows from its code. */
const RESPONSE_NAMES: Readonly<Record<string, readonly ErrorCode[]>> = {
  InvalidThumbnailRequest: ['invalid_request', 'invalid_timestamp'],
  InvalidThumbnailUrl: ['invalid_request', 'invalid_timestamp', 'invalid_signature'],
  InvalidStoreRequest: ['invalid_request', 'invalid_signature'],
  InvalidUploadRequest: ['invalid_request', 'invalid_upload_token'],
  Forbidden: ['forbidden_bucket', 'forbidden_key', 'forbidden_action'],
  ForbiddenKeyOrAction: ['forbidden_key', 'forbidden_action'],
  JobOrSourceNotFound: ['not_found', 'source_not_found'],
  SourceChangedOrArchived: ['source_changed', 'source_archived'],
  SourceOrUploadTooLarge: ['source_too_large', 'upload_too_large'],
  UnsupportedContentTypeOrMedia: ['unsupported_content_type', 'unsupported_media'],
  UnprocessableVideo: [
    'no_video_track',
    'corrupt_video',
    'unsupported_codec',
    'encrypted_video',
    'video_limits_exceeded'
  ],
  UnprocessableVideoOrTimestamp: [
    'no_video_track',
    'corrupt_video',
    'unsupported_codec',
    'encrypted_video',
    'timestamp_out_of_range',
    'video_limits_exceeded'
  ],
  LocalStoreError: ['store_unavailable', 'store_forbidden'],
  StoreError: ['store_unavailable', 'store_forbidden', 'store_rejected'],
  StoreOrIdentityError: ['store_unavailable', 'store_forbidden', 'store_rejected', 'identity_unavailable'],
  OverloadedOrScratchFull: ['overloaded', 'scratch_full']
}

const retryAfter = {
  'Retry-After': {
    ...component('headers/RetryAfter'),
    type: 'integer',
    description: 'Seconds to wait before sending the request again.'
  }
}
const HEADERS: Readonly<Record<number, Readonly<Record<string, unknown>>>> = {
  401: { 'WWW-Authenticate': { type: 'string', description: 'Authentication scheme: `Bearer`.' } },
  429: retryAfter,
  503: retryAfter
}

/** Returns a reference to a schema that was passed to `addSchema` under its `$id`. */
export function refer (schema: object): { $ref: string } {
  const { $id } = schema as { $id?: string }
  if ($id === undefined) throw new TypeError('only a schema with an $id can be referred to')
  return { $ref: `${$id}#` }
}

/**
 * Returns the error responses of an operation by status, each with the codes that it can have. `others` are its other
 * responses of the same statuses.
 *
 * @throws TypeError for a combination of codes that has no name in {@link RESPONSE_NAMES}
 */
export function describeResponses (
  codes: readonly ErrorCode[],
  others: Readonly<Record<number, ResponseDescription>> = {}
): Record<string, ResponseDescription> {
  const ordered = (Object.keys(ERROR_CATALOGUE) as ErrorCode[]).filter((code) => codes.includes(code))
  const responses: Record<string, ResponseDescription> = {}
  for (const [status, group] of Map.groupBy(ordered, (code) => ERROR_CATALOGUE[code].status)) {
    const other = others[status]
    const headers = HEADERS[status]
    const titles = group.map((code) => `${ERROR_CATALOGUE[code].title}.`)
    responses[status] = {
      description: [...(other === undefined ? [] : [other.description]), ...titles].join(' '),
      ...(headers === undefined ? {} : { headers }),
      content: {
        ...other?.content,
        [PROBLEM_TYPE]: {
          ...(other === undefined ? component(`responses/${nameResponse(group)}`) : {}),
          schema: {
            allOf: [{ properties: { status: { const: status }, code: { enum: group } } }, refer(ProblemSchema)]
          }
        }
      }
    }
  }
  return responses
}

function nameResponse (codes: readonly ErrorCode[]): string {
  const [first = ''] = codes
  if (codes.length === 1) return first.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())
  const entry = Object.entries(RESPONSE_NAMES).find(([, named]) => named.join() === codes.join())
  if (entry === undefined) throw new TypeError(`the response with ${codes.join(', ')} needs a name in RESPONSE_NAMES`)
  return entry[0]
}
