import { resolve, sep } from 'node:path'
import { isPosterframeError } from '../../src/errors.ts'
import { buildApp } from '../../src/http/app.ts'
import { parseRange } from '../../src/http/routes/objects.ts'
import { resolveLocalPaths, sidecarPath, PRIVATE_DIRECTORY } from '../../src/store/local/local-path.ts'
import { signUrl, verifySignedQuery } from '../../src/store/local/signed-url.ts'
import { createFakeServices, fakeSettings } from '../support/fake-services.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { below, type FuzzTarget, pick, type Random, Violation } from './target.ts'

const PIECES = [
  'a', 'videos', '/', '//', '.', '..', '../', '/..', '\\', '..\\', '%2e%2e', '%2f', '%', '%zz', '\0', '\n', '\u202e',
  '\ud800', 'é', 'e\u0301', '🎬', '?', '#', '&', '=', '+', ' ', ';', '.posterframe', 'CON', '~', '-rf', "'", '"', '<',
  'x'.repeat(300), '長'.repeat(400)
]
const BUCKETS = ['videos', 'thumbnails', '..', '.', '.posterframe', 'a..b', 'a/b', '', 'A_b', 'x'.repeat(64)]
const RANGES = [
  'bytes=0-9', 'bytes=-5', 'bytes=5-', 'bytes=9-0', 'bytes=0-0,2-3', 'bytes=-0', 'BYTES=1-2',
  'bytes=99999999999999999999-', 'items=0-1', 'bytes=-'
]
const ROOT = resolve('/srv/objects')
const SECRET = Buffer.alloc(32, 7)

/** Creates a target for keys, buckets, signed URLs and ranges: accepted ones stay within their limits. */
export async function createKeysTarget (): Promise<FuzzTarget> {
  const services = createFakeServices()
  const app = await buildApp(services, fakeSettings)
  await app.ready()
  return {
    // UTF-16, like strings, because a lone surrogate has no UTF-8.
    make: (random) =>
      Buffer.from(Array.from({ length: 1 + below(random, 6) }, () => pick(random, PIECES)).join(''), 'utf16le'),
    async check (input, random) {
      const key = input.toString('utf16le')
      checkPaths(pick(random, BUCKETS), key)
      checkSignature(key, random)
      checkRange(random)
      await checkRequest(key)
    },
    close: () => app.close()
  }

  async function checkRequest (key: string): Promise<void> {
    services.requests.length = 0
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/v1/thumbnails', payload: { key } })
    if (statusCode >= 500) throw new Violation(`the POST got ${statusCode}: ${body}`)
    const source = services.requests[0]?.source
    if (source?.kind === 'stored' && source.key !== key) throw new Violation('another key was requested')
    if (!key.isWellFormed()) return
    const url = `/v1/thumbnails?key=${encodeURIComponent(key)}`
    const found = await app.inject({ method: 'GET', url })
    if (found.statusCode >= 500) throw new Violation(`the GET got ${found.statusCode}`)
    if ((statusCode === 201) !== (found.statusCode === 302)) {
      throw new Violation(`the POST got ${statusCode}, the GET ${found.statusCode}`)
    }
    // A client might send the key without encoding.
    const raw = await app.inject({ method: 'GET', url: `/v1/thumbnails?key=${key.replaceAll(/[^!-~]/g, '_')}` })
    if (raw.statusCode >= 500) throw new Violation(`the raw GET got ${raw.statusCode}`)
  }
}

function checkPaths (bucket: string, key: string): void {
  const paths = tryOrReject(() => resolveLocalPaths({ bucket, key }))
  if (paths === undefined) return
  const inBucket = resolve(ROOT, bucket) + sep
  const inPrivate = resolve(ROOT, PRIVATE_DIRECTORY) + sep
  if (!inBucket.startsWith(ROOT + sep) || inBucket === inPrivate) throw new Violation(`${bucket} is not a bucket`)
  if (paths.plain !== undefined) {
    const plain = resolve(ROOT, ...paths.plain)
    if (!plain.startsWith(inBucket) || plain !== `${inBucket}${key}`) throw new Violation(`${plain} is not the path of the key`)
  }
  for (const path of [paths.hashed, sidecarPath({ bucket, key }, 'etag')]) {
    if (!resolve(ROOT, ...path).startsWith(inPrivate)) throw new Violation(`${path.join('/')} is not private`)
  }
}

function checkSignature (key: string, random: Random): void {
  if (!key.isWellFormed()) return
  const now = new Date(1_000_000_000_000)
  const expires = 1_000_000_000 + pick(random, [-1, 0, 1, 3600])
  const { searchParams } = new URL(signUrl(SECRET, 'http://x', { bucket: 'videos', key }, expires))
  const query = {
    bucket: searchParams.get('bucket') ?? '',
    key: searchParams.get('key') ?? '',
    expires: Number(searchParams.get('expires')),
    signature: searchParams.get('signature') ?? ''
  }
  if (query.key !== key) throw new Violation('the URL has another key')
  const isAlive = expires > 1_000_000_000
  if (isGenuine(query, now) !== isAlive) {
    throw new Violation(`a URL that expires at ${expires} is ${isAlive ? 'rejected' : 'accepted'}`)
  }
  const changes = [
    { ...query, key: `${key}/` },
    { ...query, key: key.slice(1) },
    { ...query, bucket: 'thumbnails' },
    { ...query, expires: expires + 10_000 },
    { ...query, signature: mutateBytes(Buffer.from(query.signature), random).toString('latin1') }
  ]
  for (const changed of changes) {
    if (JSON.stringify(changed) !== JSON.stringify(query) && isGenuine(changed, now)) {
      throw new Violation(`a forged URL is accepted: ${JSON.stringify(changed)}`)
    }
  }
}

function isGenuine (query: Parameters<typeof verifySignedQuery>[1], now: Date): boolean {
  return (
    tryOrReject(() => {
      verifySignedQuery(SECRET, query, now)
      return true
    }) ?? false
  )
}

function checkRange (random: Random): void {
  const header = mutateBytes(Buffer.from(pick(random, RANGES)), random, 2).toString('latin1')
  const bytes = pick(random, [0, 1, 10, 2 ** 40])
  const range = parseRange(random() < 0.5 ? pick(random, RANGES) : header, bytes)
  if (range === undefined || range === 'unsatisfiable') return
  const isWithin =
    Number.isSafeInteger(range.start) &&
    Number.isSafeInteger(range.end) &&
    range.start >= 0 &&
    range.start < range.end &&
    range.end <= bytes
  if (!isWithin) throw new Violation(`${header} of ${bytes} is ${JSON.stringify(range)}`)
}

function tryOrReject<T> (task: () => T): T | undefined {
  try {
    return task()
  } catch (error) {
    if (isPosterframeError(error, 'invalid_request', 'forbidden_key', 'forbidden_bucket', 'invalid_signature')) {
      return undefined
    }
    throw error
  }
}
