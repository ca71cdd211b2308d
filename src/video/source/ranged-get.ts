import { setTimeout as wait } from 'node:timers/promises'
import { isPosterframeError, PosterframeError } from '../../errors.ts'
import { startStallWatchdog } from '../../limits/stall-watchdog.ts'
import type { ObjectAddress, ObjectHead, ObjectStore } from '../../store/object-store.ts'
import type { ReadBudget } from './read-budget.ts'

/** Where ranges come from, and how patiently they are asked for. */
export interface RangedGetPort {
  readonly store: ObjectStore
  readonly address: ObjectAddress
  readonly budget: ReadBudget
  /** How long an answer, or the next bytes of one, may take. */
  readonly idleTimeoutMs: number
  /** How often a range is asked for in all. */
  readonly maxAttempts: number
  /** Upper bound of the random wait before the second attempt; doubles with each further one. */
  readonly retryDelayMs: number
}

/** A wanted range, `end` not included. */
export interface WantedRange {
  readonly start: number
  readonly end: number
  /** The version it must be of; where absent, that of the first answer. */
  readonly version?: Pick<ObjectHead, 'etag' | 'bytes'>
  readonly signal: AbortSignal
}

/**
 * Reads a range into the memory that `place` gives for it once the object's size is known; fills that exactly. A body
 * that breaks, ends early or stalls is asked for again from where it broke. An answer that never began is not, unless
 * it stalled: stores repeat such requests themselves, and repeating on both levels would multiply the load on a store
 * in need.
 *
 * @throws PosterframeError what `ObjectStore.get` throws; `source_changed` also where an answer is of another version
 * though the store took the condition; the reason of the signal
 */
export async function getRange (
  port: RangedGetPort,
  wanted: WantedRange,
  place: (head: ObjectHead) => Buffer
): Promise<void> {
  const { signal } = wanted
  const progress: Progress = { version: wanted.version, target: undefined, filledBytes: 0 }
  for (let attempt = 1; ; attempt++) {
    try {
      return await receive(port, wanted, progress, place)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof InterruptedError)) throw error
      if (attempt >= port.maxAttempts) throw new PosterframeError('store_unavailable', { cause: error })
    }
    // All came, yet not the end: what was wrong then is not known, and no range is left to ask for.
    if (progress.filledBytes === progress.target?.length) progress.filledBytes = 0
    await pause(Math.random() * port.retryDelayMs * 2 ** (attempt - 1), signal)
    port.budget.countRequest()
  }
}

/** An answer that can be taken up again where it broke. */
class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}

interface Progress {
  version: WantedRange['version']
  target: Buffer | undefined
  filledBytes: number
}

async function receive (
  port: RangedGetPort,
  { start, end, signal }: WantedRange,
  progress: Progress,
  place: (head: ObjectHead) => Buffer
): Promise<void> {
  const { idleTimeoutMs } = port
  const stall = startStallWatchdog(idleTimeoutMs, () => new InterruptedError(`Nothing came for ${idleTimeoutMs} ms.`))
  const either = AbortSignal.any([signal, stall.signal])
  const ifMatch = progress.version?.etag
  try {
    const answer = await port.store.get(port.address, {
      signal: either,
      range: { start: start + progress.filledBytes, end },
      ...(ifMatch === undefined ? {} : { ifMatch })
    })
    try {
      // Some look-alikes of S3 do not know the condition and answer with whatever is there.
      if (progress.version !== undefined && (answer.etag !== ifMatch || answer.bytes !== progress.version.bytes)) {
        throw new PosterframeError('source_changed')
      }
      progress.version = answer
      progress.target ??= place(answer)
      await fill(progress.target, progress, answer.body, (bytes) => {
        stall.postpone()
        port.budget.countBytes(bytes)
      })
    } finally {
      answer.body.destroy()
    }
  } catch (error) {
    if (!signal.aborted) stall.signal.throwIfAborted()
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
    // To the end of the body, not only of the target: a connection that was left half read cannot be used again.
    for await (const chunk of body) {
      onBytes(chunk.length)
      if (progress.filledBytes + chunk.length > target.length) {
        throw new SurplusError('The store sent more bytes than it was asked for.')
      }
      chunk.copy(target, progress.filledBytes)
      progress.filledBytes += chunk.length
      release(chunk)
    }
  } catch (error) {
    if (error instanceof SurplusError) throw new PosterframeError('store_unavailable', { cause: error })
    if (isPosterframeError(error) && error.code !== 'store_unavailable') throw error
    throw new InterruptedError('The answer broke.', { cause: error })
  }
  if (progress.filledBytes < target.length) throw new InterruptedError('The answer ended early.')
}

/**
 * Gives the memory of a chunk back at once, where it is the chunk's alone. V8 counts it as garbage, but looks for
 * garbage of this kind only once some 64 MB of it have piled up.
 */
function release (chunk: Buffer): void {
  if (chunk.buffer instanceof ArrayBuffer && chunk.length === chunk.buffer.byteLength) chunk.buffer.transfer(0)
}

/** The store takes no notice of ranges, so that what came may be any bytes of the object. */
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
