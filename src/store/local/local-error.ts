import { PosterframeError } from '../../errors.ts'
import { exhaustionError } from '../../limits/exhaustion.ts'
import { isConnectionError } from '../connection-error.ts'
import { BodyLengthError } from '../guarded-body.ts'
import { StoreError, type StoreSubject } from '../store-error.ts'
import { hasErrorCode } from './local-file.ts'

/**
 * Maps an error of the file system to one of the catalogue. The reason of an aborted signal takes precedence. A machine
 * without descriptors or memory is `overloaded`, and not the fault of the store. Any other error is a bug, and is
 * returned as it is.
 */
export function toLocalStoreError (error: unknown, subject: StoreSubject, signal?: AbortSignal): Error {
  if (signal?.aborted === true) return signal.reason as Error
  if (!(error instanceof Error)) return new Error(`The local store threw ${String(error)}.`)
  if (error instanceof PosterframeError) return error
  if (error instanceof BodyLengthError) return new StoreError('changed', subject, { cause: error })
  if (hasErrorCode(error, 'EACCES', 'EPERM', 'EROFS')) return new StoreError('denied', subject, { cause: error })
  const overload = exhaustionError(error)
  if (overload !== undefined) return overload
  return isConnectionError(error) ? new PosterframeError('store_unavailable', { cause: error }) : error
}
