import { Readable } from 'node:stream'
import type { ByteRange, GetOptions, ObjectLocation, ObjectBody, ObjectStore } from '../../src/store/object-store.ts'

/** The fault of one response. `afterBytes` counts from the start of its body. */
export type Fault =
  | { readonly kind: 'none' }
  /** The store rejects the request. */
  | { readonly kind: 'refuse', readonly error: Error }
  /** The store does not respond until the signal is aborted. */
  | { readonly kind: 'silence' }
  /** The connection is reset. */
  | { readonly kind: 'reset', readonly afterBytes: number }
  /** The body ends early, without an error. */
  | { readonly kind: 'short', readonly afterBytes: number }
  /** The body continues after the requested range. */
  | { readonly kind: 'long', readonly surplusBytes: number }
  /** The range is ignored. */
  | { readonly kind: 'whole' }
  /** No further bytes are sent. */
  | { readonly kind: 'stall', readonly afterBytes: number }

/** A store that injects faults into its GETs in the given order. */
export interface FaultStore extends ObjectStore {
  /** The faults of the next GETs. When the list is empty, GETs succeed. */
  readonly faults: Fault[]
  /** All GETs so far. */
  readonly gets: Array<{ readonly range: ByteRange | undefined, readonly ifMatch: string | undefined }>
  /** Number of returned bodies that are neither read to the end nor destroyed. */
  readonly openBodies: number
  /** Called and awaited before each chunk is sent. */
  onChunk: (sentBytes: number) => void | Promise<void>
}

const CHUNK_BYTES = 1000

/** Wraps a store to inject faults. Bodies are sent in chunks of 1,000 bytes. */
export function createFaultStore (store: ObjectStore): FaultStore {
  let openBodies = 0

  async function * send (bytes: Buffer, fault: Fault, signal: AbortSignal): AsyncGenerator<Buffer> {
    const endsAt = 'afterBytes' in fault ? fault.afterBytes : bytes.length
    for (let at = 0; at < endsAt; at += CHUNK_BYTES) {
      await faulty.onChunk(at)
      yield bytes.subarray(at, Math.min(at + CHUNK_BYTES, endsAt))
    }
    if (fault.kind === 'long') yield Buffer.alloc(fault.surplusBytes)
    if (fault.kind === 'reset') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    if (fault.kind === 'stall') await untilAborted(signal)
  }

  const faulty: FaultStore = {
    ...bindMethods(store),
    faults: [],
    gets: [],
    get openBodies () {
      return openBodies
    },
    onChunk: () => {},

    async get (location: ObjectLocation, options: GetOptions): Promise<ObjectBody> {
      const { signal, range, ifMatch, ...rest } = options
      faulty.gets.push({ range, ifMatch })
      const fault = faulty.faults.shift() ?? { kind: 'none' }
      signal.throwIfAborted()
      if (fault.kind === 'refuse') throw fault.error
      if (fault.kind === 'silence') await untilAborted(signal)
      const response = await store.get(location, {
        ...rest,
        signal,
        ...(ifMatch === undefined ? {} : { ifMatch }),
        ...(range === undefined || fault.kind === 'whole' ? {} : { range })
      })
      const body = Readable.from(send(Buffer.concat((await response.body.toArray()) as Buffer[]), fault, signal), {
        objectMode: false,
        signal
      })
      openBodies += 1
      body.once('close', () => {
        openBodies -= 1
      })
      return { ...response, body }
    }
  }
  return faulty
}

async function untilAborted (signal: AbortSignal): Promise<never> {
  return await new Promise((_resolve, reject) => {
    const rejectWithReason = () => {
      reject(signal.reason as Error)
    }
    if (signal.aborted) rejectWithReason()
    signal.addEventListener('abort', rejectWithReason, { once: true })
  })
}

function bindMethods (store: ObjectStore): ObjectStore {
  return {
    head: (location, options) => store.head(location, options),
    get: (location, options) => store.get(location, options),
    put: (location, bytes, options) => store.put(location, bytes, options),
    delete: (location, options) => store.delete(location, options),
    list: (bucket, options) => store.list(bucket, options),
    presignGet: (location, options) => store.presignGet(location, options),
    presignHead: (location, options) => store.presignHead(location, options),
    check: (bucket, options) => store.check(bucket, options)
  }
}
