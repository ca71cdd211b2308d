import { setTimeout as wait } from 'node:timers/promises'
import { isPosterframeError, PosterframeError } from '../../errors.ts'
import { startStallWatchdog } from '../../limits/stall-watchdog.ts'
import { isConnectionError } from '../../store/connection-error.ts'
import type { ByteRange, ObjectLocation, ObjectHead, ObjectStore } from '../../store/object-store.ts'
import { StoreError } from '../../store/store-error.ts'
import type { ReadBudget } from './read-budget.ts'

/** The object that ranges are read from, and the retry policy. */
export interface RangedGetContext {
  readonly store: ObjectStore
  readonly location: ObjectLocation
  readonly budget: ReadBudget
  /** Time to wait for a response, or for the next bytes of one. */
  readonly idleTimeoutMs: number
  /** Attempts for one range, the first one included. */
  readonly maxAttempts: number
  /** Upper bound of the random delay before the second attempt; doubles with each further attempt. */
  readonly retryDelayMs: number
}

/** A range to read, of one version of the object. */
export interface WantedRange extends ByteRange {
  /** Required version; if absent, the version of the first response. */
  readonly version?: Pick<ObjectHead, 'etag' | 'bytes'>
  readonly signal: AbortSignal
}

/**
 * Reads a range into the memory that `allocate` returns for it, and fills that exactly. If a body breaks, ends early or
 * stalls, the rest of the range is requested again. A request without any response is not repeated unless it stalled:
 * store clients retry such requests themselves, and retrying on both levels would multiply the load on a store in
 * trouble.
 *
 * @param allocate called once the size of the object is known
 * @throws PosterframeError as `ObjectStore.get`; `source_changed` also if a response is of another version although
 * the store accepted the condition; the reason of the signal
 */
export async function getRange (
  context: RangedGetContext,
  wanted: WantedRange,
  allocate: (head: ObjectHead) => Buffer
): Promise<void> {
  const { signal } = wanted
  const progress: Progress = { version: wanted.version, target: undefined, filledBytes: 0 }
  for (let attempt = 1; ; attempt++) {
    try {
      return await receive(context, wanted, progress, allocate)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof InterruptedError)) throw error
      if (attempt >= context.maxAttempts) throw new PosterframeError('store_unavailable', { cause: error })
    }
    // Every byte arrived, but not the end of the body: the cause is unknown, and no range is left to request.
    if (progress.filledBytes === progress.target?.length) progress.filledBytes = 0
    await pause(Math.random() * context.retryDelayMs * 2 ** (attempt - 1), signal)
    context.budget.countRequest()
  }
}

/** The response broke, and can be resumed from there. */
class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}

interface Progress {
  version: WantedRange['version']
  target: Buffer | undefined
  filledBytes: number
}

async function receive (
  context: RangedGetContext,
  { start, end, signal }: WantedRange,
  progress: Progress,
  allocate: (head: ObjectHead) => Buffer
): Promise<void> {
  const { idleTimeoutMs } = context
  const stall = startStallWatchdog(
    idleTimeoutMs,
    () => new InterruptedError(`No bytes arrived for ${idleTimeoutMs} ms.`)
  )
  const eitherSignal = AbortSignal.any([signal, stall.signal])
  const ifMatch = progress.version?.etag
  try {
    const response = await context.store.get(context.location, {
      signal: eitherSignal,
      range: { start: start + progress.filledBytes, end },
      ...(ifMatch === undefined ? {} : { ifMatch })
    })
    try {
      // Some S3-compatible stores ignore the condition and return whatever version is there.
      if (progress.version !== undefined && (response.etag !== ifMatch || response.bytes !== progress.version.bytes)) {
        throw new StoreError('changed', context.location)
      }
      progress.version = response
      progress.target ??= allocate(response)
      await fill(progress.target, progress, response.body, (bytes) => {
        stall.postpone()
        context.budget.countBytes(bytes)
      })
    } finally {
      response.body.destroy()
    }
  } catch (error) {
    if (!signal.aborted) stall.signal.throwIfAborted()
    // Bytes of the object have arrived before: the credentials are being renewed, or a policy is.
    if (isPosterframeError(error, 'store_forbidden') && context.budget.stats.bytesRead > 0) {
      throw new InterruptedError('The store denied access in the middle of a read.', { cause: error })
    }
    throw error
  } finally {
    stall.stop()
  }
}

async function fill (
  target: Buffer,
  progress: Progress,
  body: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void
): Promise<void> {
  try {
    // Read to the end of the body, not only of the target: a half-read connection cannot be reused.
    for await (const chunk of body) {
      onBytes(chunk.length)
      if (progress.filledBytes + chunk.length > target.length) {
        throw new SurplusError('The store sent more bytes than were requested.')
      }
      chunk.copy(target, progress.filledBytes)
      progress.filledBytes += chunk.length
      freeMemory(chunk)
    }
  } catch (error) {
    if (error instanceof SurplusError) throw new PosterframeError('store_unavailable', { cause: error })
    // Anything else, such as a TypeError, is a bug or an error that a second attempt meets again.
    if (!isPosterframeError(error, 'store_unavailable') && !isConnectionError(error)) throw error
    throw new InterruptedError('The response broke.', { cause: error })
  }
  if (progress.filledBytes < target.length) throw new InterruptedError('The response ended early.')
}

/**
 * Frees the memory of a chunk at once, if the chunk does not share it. V8 would count it as garbage, but collects
 * garbage of this kind only once some 64 MB of it have piled up.
 */
function freeMemory (chunk: Buffer): void {
  if (chunk.buffer instanceof ArrayBuffer && chunk.length === chunk.buffer.byteLength) chunk.buffer.transfer(0)
}

/** The store ignores ranges, so the bytes that arrived may be any bytes of the object. */
class SurplusError extends Error {
  override readonly name = 'SurplusError'
}

async function pause (delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(delayMs, undefined, { signal })
  } catch {
    signal.throwIfAborted()
  }
}
