import { randomUUID } from 'node:crypto'
import { PosterframeError } from '../errors.ts'

/** Bound on the multipart uploads of one caller that were started, and neither completed nor aborted. */
export interface PendingLimit {
  /** Name of the caller, or its address. */
  readonly caller: string
  readonly max: number
}

/** Counts the pending uploads that this process has started, for a store that cannot list those of a caller. */
export interface PendingUploads {
  /**
   * Runs `task`, which starts an upload and returns its id, and counts the upload until it ends or expires.
   *
   * @throws PosterframeError `rate_limited` if the caller has as many as it may; errors of `task`
   */
  start(limit: PendingLimit, expiresInSeconds: number, task: () => Promise<string>): Promise<string>
  /** Counts an upload no longer. */
  end(uploadId: string): void
}

const RETRY_AFTER_SECONDS = 60
/** Above it, the oldest are forgotten, so that many callers cannot fill the memory. */
const MAX_COUNTED = 100_000

/** Throws `rate_limited` if a caller has as many pending uploads as it may. */
export function assertMayStart (pending: number, { max }: PendingLimit): void {
  if (pending < max) return
  throw new PosterframeError('rate_limited', {
    detail:
      `Of your uploads in parts, ${pending.toLocaleString('en')} are neither completed nor aborted, and the limit is ` +
      `${max.toLocaleString('en')}. Complete or abort some of them, or wait until they expire.`,
    retryAfterSeconds: RETRY_AFTER_SECONDS
  })
}

/** Creates the counter. `now` is the time in milliseconds. */
export function createPendingUploads (now: () => number): PendingUploads {
  // In the order of their start. Uploads of one service have the same lifetime, so the first ones expire first.
  const uploads = new Map<string, { readonly caller: string, readonly expiresMs: number }>()
  const counts = new Map<string, number>()

  function end (id: string): void {
    const upload = uploads.get(id)
    if (upload === undefined) return
    uploads.delete(id)
    const left = (counts.get(upload.caller) ?? 1) - 1
    if (left === 0) counts.delete(upload.caller)
    else counts.set(upload.caller, left)
  }

  function begin (id: string, caller: string, expiresMs: number): void {
    uploads.set(id, { caller, expiresMs })
    counts.set(caller, (counts.get(caller) ?? 0) + 1)
  }

  function forgetOld (): void {
    for (const [id, { expiresMs }] of uploads) {
      if (expiresMs > now() && uploads.size < MAX_COUNTED) return
      end(id)
    }
  }

  return {
    async start (limit, expiresInSeconds, task) {
      forgetOld()
      const { caller } = limit
      assertMayStart(counts.get(caller) ?? 0, limit)
      // Counted before the store has answered, so that requests at the same time do not pass the limit together.
      const expiresMs = now() + expiresInSeconds * 1000
      const place = randomUUID()
      begin(place, caller, expiresMs)
      try {
        const uploadId = await task()
        begin(uploadId, caller, expiresMs)
        return uploadId
      } finally {
        end(place)
      }
    },

    end
  }
}
