import { Readable } from 'node:stream'
import { GetObjectCommand, type GetObjectCommandOutput, HeadObjectCommand } from '@aws-sdk/client-s3'
import { LRUCache } from 'lru-cache'
import { forgive, guardBody } from '../guarded-body.ts'
import type { ByteRange, GetOptions, ObjectBody, ObjectLocation } from '../object-store.ts'
import { StoreError } from '../store-error.ts'
import type { BucketClients } from './bucket-clients.ts'
import { formatCondition, isSameVersion } from './entity-tag.ts'
import { toStoreError } from './s3-error.ts'
import { bucketParameters, type S3StoreOptions } from './s3-parameters.ts'
import { readExtent, readHead, readProperties, responseError } from './s3-response.ts'

/** Opens an object or a range of it, as `SourceStore.get`. */
export type GetObject = (location: ObjectLocation, options: GetOptions) => Promise<ObjectBody>

/** Sizes that are kept for a store that does not send them with the bytes. */
const MAX_SIZES = 1000
/** Bytes before a range that are read in vain from a store that ignores ranges. */
const MAX_SKIPPED_BYTES = 16 * 2 ** 20

/**
 * Creates the reader of objects. It copes with stores that lack a part of S3 as long as the bytes are certainly the
 * requested ones, of the requested version: without `If-Match`, it compares the ETag of the response; without a size in
 * the response, it asks for it; without ranges, it takes the range out of the whole object.
 */
export function createGetObject (clients: BucketClients, options: S3StoreOptions): GetObject {
  const sizes = new LRUCache<string, number>({ max: MAX_SIZES })
  const bucketsWithoutConditions = new Set<string>()

  async function send ({ bucket, key }: ObjectLocation, { range, ifMatch, signal }: GetOptions) {
    const condition = ifMatch === undefined ? undefined : formatCondition(ifMatch)
    const request = async (conditions: { readonly IfMatch?: string }): Promise<GetObjectCommandOutput> => {
      const command = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...bucketParameters(options, bucket),
        ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` }),
        ...conditions
      })
      return await clients.run(bucket, (client) => client.send(command, { abortSignal: signal }))
    }
    if (condition === undefined || bucketsWithoutConditions.has(bucket)) return await request({})
    try {
      return await request({ IfMatch: condition })
    } catch (error) {
      const { $metadata } = Object(error) as { readonly $metadata?: { readonly httpStatusCode?: number } }
      if ($metadata?.httpStatusCode !== 501) throw error
      const response = await request({})
      bucketsWithoutConditions.add(bucket)
      return response
    }
  }

  /** Asks for the size of one version of an object. */
  async function askSize ({ bucket, key }: ObjectLocation, etag: string, signal: AbortSignal): Promise<number> {
    const name = JSON.stringify([bucket, key, etag])
    const cached = sizes.get(name)
    if (cached !== undefined) return cached
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ...bucketParameters(options, bucket) })
    const response = await clients.run(bucket, (client) => client.send(command, { abortSignal: signal }))
    const head = readHead(response)
    if (!isSameVersion(head.etag, etag)) throw new StoreError('changed', { bucket, key })
    sizes.set(name, head.bytes)
    return head.bytes
  }

  return async (location, getOptions) => {
    const { range, ifMatch, signal } = getOptions
    const toError = (error: unknown) => toStoreError(error, { subject: location, signal })
    let body: Readable | undefined
    try {
      const response = await send(location, getOptions)
      body = response.Body as Readable
      const { etag, ...properties } = readProperties(response)
      if (ifMatch !== undefined && !isSameVersion(etag, ifMatch)) throw new StoreError('changed', location)
      const extent = readExtent(response, range)
      const bytes = extent.total ?? (await askSize(location, etag, signal))
      if (range !== undefined && range.start >= bytes) throw new StoreError('changed', location)
      const wanted = cut(body, { start: extent.start, end: extent.end ?? bytes }, range)
      return {
        ...properties,
        etag: ifMatch ?? etag,
        bytes,
        body: guardBody(wanted.body, { bytes: wanted.bytes, signal, toError })
      }
    } catch (error) {
      if (body !== undefined) {
        forgive(body)
        body.destroy()
      }
      throw toError(error)
    }
  }
}

interface CutBody {
  readonly body: Readable
  readonly bytes: number
}

/** Takes a range out of a body that has more than it. */
function cut (body: Readable, { start, end }: ByteRange, range: ByteRange | undefined): CutBody {
  const wanted = { start: range?.start ?? start, end: Math.min(range?.end ?? end, end) }
  const bytes = wanted.end - wanted.start
  if (bytes === end - start) return { body, bytes }
  if (wanted.start - start > MAX_SKIPPED_BYTES) {
    throw responseError(
      'The store ignores Range and sends whole objects, which is too slow for a video of this size.',
      `bytes ${wanted.start}-${wanted.end - 1}`
    )
  }
  const part = Readable.from(slice(body, wanted.start - start, bytes), { objectMode: false })
  // A generator that was never started does not destroy what it would have read.
  part.once('close', () => body.destroy())
  forgive(body)
  return { body: part, bytes }
}

async function * slice (body: AsyncIterable<Buffer>, skippedBytes: number, bytes: number): AsyncGenerator<Buffer> {
  let at = -skippedBytes
  for await (const chunk of body) {
    const part = chunk.subarray(Math.max(0, -at), Math.max(0, bytes - at))
    at += chunk.length
    if (part.length > 0) yield part
    if (at >= bytes) return
  }
}
