import { pipeline, Transform, type Readable, type TransformCallback } from 'node:stream'
import { isPosterframeError } from '../errors.ts'
import type { Recorder, StoreOperation } from '../telemetry/recorder.ts'
import { forgive } from './guarded-body.ts'
import type { ObjectStore } from './object-store.ts'

/** The same store, whose requests and bytes are counted. */
export function createMeteredStore (store: ObjectStore, recorder: Recorder): ObjectStore {
  async function count<T> (operation: StoreOperation, signal: AbortSignal, request: Promise<T>): Promise<T> {
    try {
      const answer = await request
      recorder.countStoreRequest(operation, 'ok')
      return answer
    } catch (error) {
      recorder.countStoreRequest(
        operation,
        isPosterframeError(error) ? error.code : signal.aborted ? 'stopped' : 'internal_error'
      )
      throw error
    }
  }

  return {
    async * list (bucket, options) {
      // As one, whatever number of requests it takes.
      let outcome: unknown
      try {
        yield * store.list(bucket, options)
      } catch (error) {
        outcome = error
      }
      await count('list', options.signal, outcome === undefined ? Promise.resolve() : Promise.reject(outcome as Error))
    },

    presignGet: (address, options) => store.presignGet(address, options),
    check: (bucket, options) => store.check(bucket, options),
    head: (address, options) => count('head', options.signal, store.head(address, options)),

    delete: (address, options) => count('delete', options.signal, store.delete(address, options)),

    async get (address, options) {
      const answer = await count('get', options.signal, store.get(address, options))
      return { ...answer, body: countBody(answer.body, recorder) }
    },

    async put (address, data, options) {
      await count('put', options.signal, store.put(address, data, options))
      recorder.countStoreBytes('written', data.length)
    }
  }
}

/** Counts as bytes pass, since a reader may have enough half-way. */
function countBody (body: Readable, recorder: Recorder): Readable {
  const counted = new Transform({
    transform (chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      recorder.countStoreBytes('read', chunk.length)
      done(null, chunk)
    }
  })
  // Whoever reads `counted` is told how it ends; pipeline only ties the two lives together.
  pipeline(body, counted, () => {})
  forgive(counted)
  return counted
}
