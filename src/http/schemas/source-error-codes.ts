import type { ErrorCode } from '../../errors.ts'
import { component } from './components.ts'

/** Error codes common to all operations that read a video from the store. */
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
  'store_rejected',
  'overloaded',
  'scratch_full',
  'timed_out'
]

/** Header of a response that took several steps. */
export const SERVER_TIMING = {
  'Server-Timing': {
    ...component('headers/ServerTiming'),
    type: 'string',
    description: 'Milliseconds per step: `index`, `fetch`, `decode`, `encode`, `store`.'
  }
}
