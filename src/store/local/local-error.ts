import { PosterframeError } from '../../errors.ts'
import { BodyLengthError } from '../guarded-body.ts'
import { hasErrorCode } from './local-file.ts'

/** Maps an error of the file system to one of the catalogue. The reason of an aborted signal takes precedence. */
export function toLocalStoreError (error: unknown, signal?: AbortSignal): Error {
  if (signal?.aborted === true) return signal.reason as Error
  if (error instanceof PosterframeError) return error
  if (error instanceof BodyLengthError) return new PosterframeError('source_changed', { cause: error })
  return new PosterframeError(
    hasErrorCode(error, 'EACCES', 'EPERM', 'EROFS') ? 'store_forbidden' : 'store_unavailable',
    { cause: error }
  )
}
