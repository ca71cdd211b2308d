import type { ErrorCode } from '../../errors.ts'

/** What whatever reads a source may answer with. */
export const SOURCE_CODES: readonly ErrorCode[] = [
  'invalid_request',
  'unauthenticated',
  'forbidden_bucket',
  'forbidden_key',
  'forbidden_action',
  'rate_limited',
  'identity_unavailable',
  'source_not_found',
  'source_changed',
  'source_archived',
  'source_too_large',
  'unsupported_media',
  'no_video_track',
  'corrupt_video',
  'unsupported_codec',
  'encrypted_video',
  'video_limits_exceeded',
  'internal_error',
  'store_unavailable',
  'store_forbidden',
  'overloaded',
  'scratch_full',
  'timed_out'
]

/** What goes with an answer that took several steps. */
export const SERVER_TIMING = {
  'Server-Timing': {
    type: 'string',
    description: 'Milliseconds spent per step: `index`, `fetch`, `decode`, `encode`, `store`.'
  }
}
