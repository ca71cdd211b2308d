import { isPosterframeError, PosterframeError } from '../../errors.ts'
import { checkReadRange, type ByteSource } from './byte-source.ts'
import { createRangeCache, type RangeCache } from './range-cache.ts'
import type { ObjectAddress, ObjectHead, ObjectStore } from '../../store/object-store.ts'
import { getRun } from './parallel-get.ts'
import { getRange, type RangedGetPort } from './ranged-get.ts'
import { createReadBudget, type ReadLimits } from './read-budget.ts'

/** A video in the store, read by ranges of one version; with what the store told of it. */
export interface ObjectByteSource extends ByteSource, ObjectHead {
  /** The same source, what it holds and what it counts, whose reads end with another signal. */
  withSignal(signal: AbortSignal): ObjectByteSource
}

/** How an object is opened and read. */
export interface ObjectSourceOptions extends ReadLimits {
  readonly signal: AbortSignal
  /** How much of the beginning the first request brings; 256 KiB. */
  readonly headBytes?: number
  /** What `ObjectStore.head` said of the object before: opens it without a request, and reads that version only. */
  readonly known?: ObjectHead
  /** How much of what was read, besides the beginning, is held for later reads; 8 MiB. */
  readonly maxHeldBytes?: number
  /** How long an answer, or the next bytes of one, may take before it is asked for again; 5 s. */
  readonly idleTimeoutMs?: number
  /** How often a range whose answers break is asked for in all; 3. */
  readonly maxAttempts?: number
  /** Upper bound of the random wait before the second attempt; doubles with each further one; 100 ms. */
  readonly retryDelayMs?: number
}

/**
 * Opens an object by reading its beginning: the first answer tells size and entity tag, and every later request is
 * bound to that tag. One request, two for an object of 0 bytes.
 *
 * @throws PosterframeError `source_not_found`, `video_limits_exceeded` past the budget, and what `ObjectStore.get`
 * throws
 */
export async function openObjectSource (
  store: ObjectStore,
  address: ObjectAddress,
  options: ObjectSourceOptions
): Promise<ObjectByteSource> {
  const { signal, headBytes = 256 * 1024, known, maxHeldBytes = 8 * 1024 * 1024 } = options
  const {
    maxBytes = 256 * 1024 * 1024,
    maxRequests = 400,
    idleTimeoutMs = 5_000,
    maxAttempts = 3,
    retryDelayMs = 100
  } = options
  const port = {
    store,
    address,
    budget: createReadBudget({ maxBytes, maxRequests }),
    idleTimeoutMs,
    maxAttempts,
    retryDelayMs
  }
  signal.throwIfAborted()
  const { head, beginning } =
    known === undefined ? await readBeginning(port, headBytes, signal) : { head: known, beginning: Buffer.alloc(0) }
  return bindSource(port, head, createRangeCache(maxHeldBytes, { start: 0, bytes: beginning }), signal)
}

interface Opened {
  readonly head: ObjectHead
  readonly beginning: Buffer
}

async function readBeginning (port: RangedGetPort, headBytes: number, signal: AbortSignal): Promise<Opened> {
  let opened: Opened | undefined
  try {
    port.budget.countRequest()
    await getRange(port, { start: 0, end: headBytes, signal }, ({ bytes, etag, contentType, metadata }) => {
      const length = Math.min(headBytes, bytes)
      port.budget.claimBytes(length)
      opened = { head: { bytes, etag, contentType, metadata }, beginning: Buffer.allocUnsafeSlow(length) }
      return opened.beginning
    })
  } catch (error) {
    // No range lies within 0 bytes, so the store finds the first one outside of the object.
    if (opened === undefined && isPosterframeError(error, 'source_changed')) return await openEmpty(port, error, signal)
    throw error
  }
  return opened!
}

async function openEmpty (
  { store, address, budget }: RangedGetPort,
  error: Error,
  signal: AbortSignal
): Promise<Opened> {
  budget.countRequest()
  const head = await store.head(address, { signal })
  if (head === undefined) throw new PosterframeError('source_not_found')
  if (head.bytes > 0) throw error
  return { head, beginning: Buffer.alloc(0) }
}

function bindSource (port: RangedGetPort, head: ObjectHead, held: RangeCache, signal: AbortSignal): ObjectByteSource {
  return {
    ...head,
    get stats () {
      return port.budget.stats
    },
    withSignal: (other) => bindSource(port, head, held, other),

    async read (start, end) {
      checkReadRange(start, end, head.bytes)
      signal.throwIfAborted()
      const { pieces, gap } = held.plan(start, end)
      if (gap === undefined && pieces.length <= 1) return pieces[0]?.bytes ?? Buffer.alloc(0)
      if (gap !== undefined) {
        port.budget.claimBytes(gap.end - gap.start)
        port.budget.countRequest()
      }
      // Not from Buffer's pool, which a long-lived slice would keep in memory.
      const bytes = Buffer.allocUnsafeSlow(end - start)
      for (const piece of pieces) piece.bytes.copy(bytes, piece.start - start)
      if (gap !== undefined) {
        await getRun(port, {
          start: gap.start,
          target: bytes.subarray(gap.start - start, gap.end - start),
          version: head,
          signal
        })
        held.keep({ start, bytes })
      }
      return bytes
    }
  }
}
