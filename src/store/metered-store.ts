import { pipeline, Transform, type Readable, type TransformCallback } from 'node:stream'
import { isPosterframeError } from '../errors.ts'
import type { Recorder, StoreOperation } from '../telemetry/recorder.ts'
import { forgive } from './guarded-body.ts'
import type { ObjectStore } from './object-store.ts'

/** Wraps a store so that its requests and bytes are counted. */
export function createMeteredStore (store: ObjectStore, recorder: Recorder): ObjectStore {
  async function count<T> (operation: StoreOperation, signal: AbortSignal, request: Promise<T>): Promise<T> {
    try {
      const response = await request
      recorder.countStoreRequest(operation, 'ok')
      return response
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
      // A listing counts once, however many requests it takes.
      let outcome: unknown
      try {
        yield * store.list(bucket, options)
      } catch (error) {
        outcome = error
      }
      await count('list', options.signal, outcome === undefined ? Promise.resolve() : Promise.reject(outcome as Error))
    },

    presignGet: (location, options) => store.presignGet(location, options),
    presignHead: (location, options) => store.presignHead(location, options),
    check: (bucket, options) => store.check(bucket, options),
    head: (location, options) => count('head', options.signal, store.head(location, options)),

    delete: (location, options) => count('delete', options.signal, store.delete(location, options)),

    async get (location, options) {
      const response = await count('get', options.signal, store.get(location, options))
      return { ...response, body: countBody(response.body, recorder) }
    },

    async put (location, data, options) {
      await count('put', options.signal, store.put(location, data, options))
      recorder.countStoreBytes('written', data.length)
    }
  }
}

/** Counts bytes as they pass, because a reader may stop early. */
function countBody (body: Readable, recorder: Recorder): Readable {
  const counted = new Transform({
    transform (chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      recorder.countStoreBytes('read', chunk.length)
      done(null, chunk)
    }
  })
  // The reader of `counted` gets the outcome; pipeline only couples the lifetimes of the two streams.
  pipeline(body, counted, () => {})
  forgive(counted)
  return counted
}
