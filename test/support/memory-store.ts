import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { PosterframeError } from '../../src/errors.ts'
import type {
  ListedObject,
  ObjectAddress,
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
  /** Runs before each call; may throw, or change the objects under the caller's feet. */
  beforeCall: (call: string) => void | Promise<void> = () => {}
  presignLifetimeSeconds = Infinity

  async head (address: ObjectAddress): Promise<ObjectHead | undefined> {
    await this.#call('head', address)
    return this.objects.get(name(address))
  }

  async get (
    address: ObjectAddress,
    { ifMatch, range }: { ifMatch?: string, range?: { start: number, end: number } }
  ): Promise<ObjectBody> {
    await this.#call('get', address)
    const object = this.objects.get(name(address))
    if (object === undefined) throw new PosterframeError('source_not_found')
    if (ifMatch !== undefined && ifMatch !== object.etag) throw new PosterframeError('source_changed')
    // A copy: whoever reads a chunk may give its memory back.
    return {
      ...object,
      body: Readable.from(
        Buffer.from(range === undefined ? object.data : object.data.subarray(range.start, range.end + 1))
      )
    }
  }

  async put (
    address: ObjectAddress,
    bytes: Uint8Array,
    { contentType, cacheControl, metadata }: Pick<PutOptions, 'contentType' | 'metadata'> & Partial<PutOptions>
  ): Promise<void> {
    await this.#call('put', address)
    const data = Buffer.from(bytes)
    const etag = createHash('md5').update(data).digest('hex')
    this.objects.set(name(address), { data, bytes: data.length, etag, contentType, cacheControl, metadata })
  }

  async delete (address: ObjectAddress): Promise<void> {
    await this.#call('delete', address)
    this.objects.delete(name(address))
  }

  async * list (bucket: string, { prefix }: { prefix: string }): AsyncGenerator<ListedObject> {
    await this.#call('list', { bucket, key: prefix })
    for (const [place, { bytes, etag }] of this.objects) {
      if (place.startsWith(`${bucket}/${prefix}`)) yield { key: place.slice(bucket.length + 1), bytes, etag }
    }
  }

  async presignGet (address: ObjectAddress, { expiresInSeconds }: { expiresInSeconds: number }) {
    const lifetimeSeconds = Math.min(expiresInSeconds, this.presignLifetimeSeconds)
    return { url: `memory://${name(address)}`, expiresAt: new Date(Date.now() + lifetimeSeconds * 1000) }
  }

  async check (): Promise<void> {}

  async #call (method: string, address: ObjectAddress): Promise<void> {
    const call = `${method} ${name(address)}`
    this.calls.push(call)
    await this.beforeCall(call)
  }
}

function name ({ bucket, key }: ObjectAddress): string {
  return `${bucket}/${key}`
}
