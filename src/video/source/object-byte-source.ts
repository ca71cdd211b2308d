import { isPosterframeError } from '../../errors.ts'
import { StoreError } from '../../store/store-error.ts'
import { assertReadRange, type ByteSource } from './byte-source.ts'
import { createRangeCache, type RangeCache } from './range-cache.ts'
import type { ObjectLocation, ObjectHead, ObjectStore } from '../../store/object-store.ts'
import { getInParallel } from './parallel-get.ts'
import { getRange, type RangedGetContext } from './ranged-get.ts'
import { createReadBudget, type ReadLimits } from './read-budget.ts'

/** A video in the store, read by ranges of one version, with the headers of its object. */
export interface ObjectByteSource extends ByteSource, Omit<ObjectHead, 'bytes'> {
  /** Returns the same source, sharing cache and stats, whose reads are aborted by another signal. */
  withSignal(signal: AbortSignal): ObjectByteSource
}

/** Options for opening and reading an object. */
export interface ObjectSourceOptions extends ReadLimits {
  readonly signal: AbortSignal
  /** Size of the first request, which reads the beginning of the object; 256 KiB. */
  readonly headBytes?: number
  /** Result of an earlier `ObjectStore.head`: opens the object without a request, and reads that version only. */
  readonly known?: ObjectHead
  /** Capacity of the range cache, besides the beginning; 8 MiB. */
  readonly maxCachedBytes?: number
  /** Time to wait for a response, or for the next bytes of one, before the range is requested again; 5 s. */
  readonly idleTimeoutMs?: number
  /** Attempts for a range whose responses break, the first one included; 3. */
  readonly maxAttempts?: number
  /** Upper bound of the random delay before the second attempt; doubles with each further attempt; 100 ms. */
  readonly retryDelayMs?: number
}

/**
 * Opens an object by reading its beginning. The first response gives size and ETag, and every later request is
 * conditional on that ETag. Takes one request, or two for an object of 0 bytes.
 *
 * @throws PosterframeError `source_not_found`, `video_limits_exceeded` past the budget, and as `ObjectStore.get`
 */
export async function openObjectSource (
  store: ObjectStore,
  location: ObjectLocation,
  options: ObjectSourceOptions
): Promise<ObjectByteSource> {
  const { signal, headBytes = 256 * 1024, known, maxCachedBytes = 8 * 1024 * 1024 } = options
  const {
    maxBytes = 256 * 1024 * 1024,
    maxRequests = 400,
    idleTimeoutMs = 5_000,
    maxAttempts = 3,
    retryDelayMs = 100
  } = options
  const context = {
    store,
    location,
    budget: createReadBudget({ maxBytes, maxRequests }),
    idleTimeoutMs,
    maxAttempts,
    retryDelayMs
  }
  signal.throwIfAborted()
  const { head, beginning } =
    known === undefined ? await readBeginning(context, headBytes, signal) : { head: known, beginning: Buffer.alloc(0) }
  return createSource(context, head, createRangeCache(maxCachedBytes, { start: 0, data: beginning }), signal)
}

interface OpenedObject {
  readonly head: ObjectHead
  readonly beginning: Buffer
}

async function readBeginning (
  context: RangedGetContext,
  headBytes: number,
  signal: AbortSignal
): Promise<OpenedObject> {
  let opened: OpenedObject | undefined
  try {
    context.budget.countRequest()
    await getRange(context, { start: 0, end: headBytes, signal }, ({ bytes, etag, contentType, metadata }) => {
      const length = Math.min(headBytes, bytes)
      context.budget.claimBytes(length)
      opened = { head: { bytes, etag, contentType, metadata }, beginning: Buffer.allocUnsafeSlow(length) }
      return opened.beginning
    })
  } catch (error) {
    // No range is within 0 bytes, so the store reports the first one as past the end of the object.
    if (opened === undefined && isPosterframeError(error, 'source_changed')) {
      return await openEmptyObject(context, error, signal)
    }
    throw error
  }
  return opened!
}

async function openEmptyObject (
  { store, location, budget }: RangedGetContext,
  error: Error,
  signal: AbortSignal
): Promise<OpenedObject> {
  budget.countRequest()
  const head = await store.head(location, { signal })
  if (head === undefined) throw new StoreError('no_object', location)
  if (head.bytes > 0) throw error
  return { head, beginning: Buffer.alloc(0) }
}

function createSource (
  context: RangedGetContext,
  version: ObjectHead,
  cache: RangeCache,
  signal: AbortSignal
): ObjectByteSource {
  const { bytes: size, ...head } = version
  return {
    ...head,
    size,
    get stats () {
      return context.budget.stats
    },
    withSignal: (other) => createSource(context, version, cache, other),

    async read (start, end) {
      assertReadRange(start, end, size)
      signal.throwIfAborted()
      const { parts, gap } = cache.lookUp({ start, end })
      if (gap === undefined && parts.length <= 1) return parts[0]?.data ?? Buffer.alloc(0)
      if (gap !== undefined) {
        context.budget.claimBytes(gap.end - gap.start)
        context.budget.countRequest()
      }
      // Not from Buffer's pool, which a long-lived slice would keep in memory.
      const data = Buffer.allocUnsafeSlow(end - start)
      for (const part of parts) part.data.copy(data, part.start - start)
      if (gap !== undefined) {
        const target = data.subarray(gap.start - start, gap.end - start)
        await getInParallel(context, { start: gap.start, target, version, signal })
        cache.put({ start, data })
      }
      return data
    }
  }
}
