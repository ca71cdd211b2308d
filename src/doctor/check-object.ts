import { buffer } from 'node:stream/consumers'
import { PosterframeError } from '../errors.ts'
import type { ObjectLocation, ObjectHead, ObjectStore } from '../store/object-store.ts'
import type { ProbeReply, StoreProbe } from '../store/store-probe.ts'
import { type Check, failed, type Finding, passed } from './check.ts'
import { type Attempt, explainReply, isWebPage } from './explain-reply.ts'

/** What the check of an object reads with: the store as the service does, and the probe for the reason of a failure. */
export interface ObjectReader {
  readonly store: Pick<ObjectStore, 'head' | 'get'>
  readonly probe: StoreProbe
  readonly region: string
  readonly signal: AbortSignal
}

const READ_BYTES = 16

/**
 * Reads the properties and the first bytes of an object as a request would, by range and pinned to its version.
 *
 * @param object the object, and the variable that names its bucket
 */
export async function checkObject (
  name: string,
  { bucket, key, variable }: ObjectLocation & Pick<Attempt, 'variable'>,
  { store, probe, region, signal }: ObjectReader
): Promise<Check> {
  const object = `'${key}'`
  const attempt: Attempt = {
    bucket,
    region,
    action: `read the object ${object}`,
    right: `s3:GetObject on arn:aws:s3:::${bucket}/${key}`,
    variable
  }
  const plain = await probe.ask({ operation: 'get', bucket, key }, { signal })
  if (!plain.ok || isWebPage(plain)) return failed(name, explainObject(plain, { ...attempt, key }))
  let head: ObjectHead | undefined
  try {
    head = await store.head({ bucket, key }, { signal })
    const bytes = await readStart(store, { bucket, key }, head, signal)
    return passed(name, `The credentials may read objects: ${bytes} bytes of ${object} were read.`)
  } catch (error) {
    signal.throwIfAborted()
    const pinned: ProbeReply =
      head === undefined ? plain : await probe.ask({ operation: 'get', bucket, key, etag: head.etag }, { signal })
    return failed(name, explainMismatch(pinned, error, attempt))
  }
}

async function readStart (
  store: ObjectReader['store'],
  location: ObjectLocation,
  head: ObjectHead | undefined,
  signal: AbortSignal
): Promise<number> {
  if (head === undefined) throw new PosterframeError('source_not_found')
  const end = Math.min(READ_BYTES, head.bytes)
  if (end === 0) return 0
  const opened = await store.get(location, { range: { start: 0, end }, ifMatch: head.etag, signal })
  const bytes = await buffer(opened.body)
  if (bytes.length !== end || opened.bytes !== head.bytes) throw new Error('The sizes do not agree.')
  return bytes.length
}

/** Explains the reply to a plain GET, which any store has to answer. */
function explainObject (reply: ProbeReply, attempt: Attempt & { readonly key: string }): Finding {
  const { status, code } = reply
  if (code === 'InvalidRequest') {
    return {
      detail: 'The store needs a key that it does not have to decrypt the object (InvalidRequest, as for SSE-C).',
      nextStep: 'Store the object without SSE-C: with SSE-S3 or SSE-KMS, which Posterframe can read.'
    }
  }
  if (status === 404 && code !== 'NoSuchBucket') {
    return {
      detail: `The bucket '${attempt.bucket}' has no object '${attempt.key}' (404).`,
      nextStep: 'Check the key: it is everything after the bucket and its slash, without encoding.'
    }
  }
  return explainReply(reply, attempt)
}

/** Explains why the service cannot read an object that a plain GET can: the store lacks something that S3 has. */
function explainMismatch (pinned: ProbeReply, error: unknown, attempt: Attempt): Finding {
  const { headers, status, code } = pinned
  const nextStep = 'Update the store, remove the proxy that changes the response, or copy the videos to another store.'
  if (headers['etag'] === undefined && pinned.ok) {
    return { detail: 'The store sends no ETag, without which a video that changes meanwhile goes unnoticed.', nextStep }
  }
  if (status === 412) {
    return {
      detail: 'The store denies the ETag that it sent itself (412 to If-Match), as it does with weak ETags (W/"...").',
      nextStep: 'Turn off compression and other changes of content in the store or in a proxy in front of it.'
    }
  }
  if (status === 501 || status === 405) {
    return { detail: `The store does not support GET with If-Match (${status} ${code}).`, nextStep }
  }
  if (status === 200) {
    return { detail: 'The store ignores Range and sends whole objects (200 instead of 206).', nextStep }
  }
  if (!/^bytes \d+-\d+\/\d+$/.test(headers['content-range'] ?? '')) {
    return {
      detail: `The store does not send the size of the object in Content-Range ('${headers['content-range'] ?? ''}').`,
      nextStep
    }
  }
  if (headers['content-length'] === undefined) {
    return { detail: 'The store sends no Content-Length, without which a cut response goes unnoticed.', nextStep }
  }
  if (!pinned.ok) return explainReply(pinned, attempt)
  return { detail: `The object cannot be read: ${error instanceof Error ? error.message : String(error)}`, nextStep }
}
