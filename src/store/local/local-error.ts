import { PosterframeError } from '../../errors.ts'
import { BodyLengthError } from '../guarded-body.ts'
import { hasErrorCode } from './local-file.ts'

/** What an error of the file system means to Posterframe. An aborted signal's reason goes before everything else. */
export function toLocalStoreError (error: unknown, signal?: AbortSignal): Error {
  if (signal?.aborted === true) return signal.reason as Error
  if (error instanceof PosterframeError) return error
  if (error instanceof BodyLengthError) return new PosterframeError('source_changed', { cause: error })
  return new PosterframeError(
    hasErrorCode(error, 'EACCES', 'EPERM', 'EROFS') ? 'store_forbidden' : 'store_unavailable',
    { cause: error }
  )
}
