import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { PosterframeError } from '../../src/errors.ts'
import type {
  ByteRange,
  ListedObject,
  ObjectLocation,
  ObjectBody,
  ObjectHead,
  ObjectStore,
  PutOptions
} from '../../src/store/object-store.ts'

interface Kept extends ObjectHead {
  readonly data: Buffer
  readonly cacheControl?: string | undefined
}

/** An object store in memory that records its calls. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, Kept>()
  readonly calls: string[] = []
  /** Runs before each call. It may throw, or change objects to simulate a concurrent write. */
  beforeCall: (call: string) => void | Promise<void> = () => {}
  presignLifetimeSeconds = Infinity

  async head (location: ObjectLocation): Promise<ObjectHead | undefined> {
    await this.#call('head', location)
    return this.objects.get(name(location))
  }

  async get (
    location: ObjectLocation,
    { ifMatch, range }: { ifMatch?: string, range?: ByteRange }
  ): Promise<ObjectBody> {
    await this.#call('get', location)
    const object = this.objects.get(name(location))
    if (object === undefined) throw new PosterframeError('source_not_found')
    if (ifMatch !== undefined && ifMatch !== object.etag) throw new PosterframeError('source_changed')
    // Copy, because a reader may transfer the memory of a chunk.
    return {
      ...object,
      body: Readable.from(Buffer.from(range === undefined ? object.data : object.data.subarray(range.start, range.end)))
    }
  }

  async put (
    location: ObjectLocation,
    bytes: Uint8Array,
    {
      contentType,
      metadata,
      cacheControl
    }: Pick<PutOptions, 'contentType' | 'metadata'> & Partial<Pick<PutOptions, 'cacheControl'>>
  ): Promise<void> {
    await this.#call('put', location)
    const data = Buffer.from(bytes)
    const etag = createHash('md5').update(data).digest('hex')
    this.objects.set(name(location), { data, bytes: data.length, etag, contentType, metadata, cacheControl })
  }

  async delete (location: ObjectLocation): Promise<void> {
    await this.#call('delete', location)
    this.objects.delete(name(location))
  }

  async * list (bucket: string, { prefix }: { prefix: string }): AsyncGenerator<ListedObject> {
    await this.#call('list', { bucket, key: prefix })
    for (const [place, { bytes, etag }] of this.objects) {
      if (place.startsWith(`${bucket}/${prefix}`)) yield { key: place.slice(bucket.length + 1), bytes, etag }
    }
  }

  async presignGet (location: ObjectLocation, { expiresInSeconds }: { expiresInSeconds: number }) {
    const lifetimeSeconds = Math.min(expiresInSeconds, this.presignLifetimeSeconds)
    const expiresAt = new Date(Date.now() + lifetimeSeconds * 1000)
    return { url: `memory://${name(location)}`, expiresAt, expiresInSeconds: lifetimeSeconds }
  }

  async presignHead (location: ObjectLocation, options: { expiresInSeconds: number }) {
    const { url, ...expiry } = await this.presignGet(location, options)
    return { url: `${url}?method=HEAD`, ...expiry }
  }

  async check (): Promise<void> {}

  async #call (method: string, location: ObjectLocation): Promise<void> {
    const call = `${method} ${name(location)}`
    this.calls.push(call)
    await this.beforeCall(call)
  }
}

function name ({ bucket, key }: ObjectLocation): string {
  return `${bucket}/${key}`
}
