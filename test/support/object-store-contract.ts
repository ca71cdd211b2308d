import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { ListedObject, ObjectLocation, ObjectStore } from '../../src/store/object-store.ts'

export interface StoreUnderTest {
  readonly store: ObjectStore
  /** The same store with a clock that is two hours behind. */
  readonly lateStore: ObjectStore
  /** An existing, empty bucket. */
  readonly bucket: string
}

const HOSTILE_KEYS = [
  'sp ace/a b.mp4',
  'pl+us.mp4',
  'pct%20lit.mp4',
  'pct%2Fslash.mp4',
  'ha#sh.mp4',
  'que?ry=1&x.mp4',
  'a&b=c',
  'comma,semi;colon:at@.mp4',
  'quo\'te"(1)!*.mp4',
  'uni-ñ-日本-🎬.mp4',
  'n\u0303.mp4',
  'ñ.mp4',
  '<xml>&amp;.mp4',
  'back\\slash.mp4',
  'tilde~^`{|}[].mp4',
  'con\ttrol\u0001.mp4',
  'a//b',
  'a/b',
  '/leading',
  'leading',
  '//',
  '/',
  'trailing/',
  'trailing',
  'dir',
  'dir/file',
  'dir/file/deeper',
  '.hidden',
  '...',
  'a/.../b',
  '.posterframe/secret',
  '-rf',
  'CON',
  'l'.repeat(1000),
  `${'l'.repeat(999)}m`,
  '長'.repeat(341),
  'd/'.repeat(512),
  'videos/a.mp4'
]

/** Defines the tests that every adapter of the object store must pass. */
export function testObjectStore (t: Test, { store, lateStore, bucket }: StoreUnderTest): void {
  const { signal } = new AbortController()
  const putOptions = { signal, contentType: 'image/jpeg', cacheControl: 'private', metadata: {} }
  const put = (key: string, text: string) => store.put({ bucket, key }, Buffer.from(text), putOptions)
  const collect = async (prefix: string, options = { bucket, signal }) => {
    const listed: ListedObject[] = []
    for await (const object of store.list(options.bucket, { prefix, signal: options.signal })) listed.push(object)
    return listed
  }
  const read = async (location: ObjectLocation, options = {}) =>
    (await buffer((await store.get(location, { signal, ...options })).body)).toString()

  t.test('returns the bytes, type and metadata that were stored', async (t) => {
    const location = { bucket, key: 'round/trip.jpg' }
    const metadata = {
      posterframe: JSON.stringify({ a: 'é"\\', b: [1.5, null] }).replaceAll('é', '\\u00e9'),
      filler: 'x'.repeat(1300)
    }
    const bytes = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, at) => at * 7))
    await store.put(location, bytes, { ...putOptions, metadata })
    const head = await store.head(location, { signal })
    t.match(head, { bytes: bytes.length, contentType: 'image/jpeg', metadata, etag: /^[^"]+$/ })
    const { body, ...rest } = await store.get(location, { signal })
    t.same(rest, head)
    t.ok((await buffer(body)).equals(bytes))
  })

  t.test('stores an empty object', async (t) => {
    await put('empty', '')
    t.match(await store.head({ bucket, key: 'empty' }, { signal }), { bytes: 0 })
    t.equal(await read({ bucket, key: 'empty' }), '')
  })

  t.test('overwrites bytes, type, metadata and ETag together', async (t) => {
    const location = { bucket, key: 'over/written' }
    await store.put(location, Buffer.from('first'), { ...putOptions, metadata: { version: 'one' } })
    const first = await store.head(location, { signal })
    await store.put(location, Buffer.from('2nd!!'), {
      ...putOptions,
      contentType: 'image/png',
      metadata: { version: 'two' }
    })
    const second = await store.head(location, { signal })
    t.match(second, { contentType: 'image/png', metadata: { version: 'two' } })
    t.not(second?.etag, first?.etag)
    t.equal(await read(location), '2nd!!')
  })

  t.test('returns either the old or the new version during an overwrite, never a mixture', async (t) => {
    const location = { bucket, key: 'contended' }
    const versions = [100_000, 250_000].map((length, at) => Buffer.alloc(length, String(at)))
    const putVersion = (at: number) =>
      store.put(location, versions[at]!, { ...putOptions, metadata: { length: String(versions[at]?.length) } })
    await putVersion(0)
    const writing = (async () => {
      for (let round = 0; round < 20; round++) await putVersion(round % 2)
    })()
    for (let round = 0; round < 40; round++) {
      const { body, bytes } = await store.get(location, { signal })
      const content = await buffer(body)
      if (content.length !== bytes || !versions.some((version) => version.equals(content))) {
        t.fail(`mixture of ${content.length} bytes`)
      }
    }
    await writing
    t.match(await store.head(location, { signal }), { bytes: 250_000, metadata: { length: '250000' } })
  })

  t.test('distinguishes a missing object from a missing bucket', async (t) => {
    for (const location of [
      { bucket, key: 'nothing/here.mp4' },
      { bucket: 'posterframe-no-such-bucket', key: 'a.mp4' }
    ]) {
      t.equal(await store.head(location, { signal }), undefined)
      await t.rejects(store.get(location, { signal }), { code: 'source_not_found' })
    }
    await t.resolves(store.check(bucket, { signal }))
    await t.rejects(store.check('posterframe-no-such-bucket', { signal }), { code: 'store_unavailable' })
  })

  t.test('reads ranges with an exclusive end and returns the total size', async (t) => {
    const location = { bucket, key: 'ranges' }
    await put('ranges', '0123456789')
    for (const [start, end, expected] of [
      [0, 1, '0'],
      [2, 6, '2345'],
      [9, 10, '9'],
      [7, 1000, '789'],
      [0, 10, '0123456789']
    ] as const) {
      const { body, bytes } = await store.get(location, { signal, range: { start, end } })
      t.equal(bytes, 10)
      t.equal((await buffer(body)).toString(), expected)
    }
    await t.rejects(store.get(location, { signal, range: { start: 10, end: 20 } }), { code: 'source_changed' })
  })

  t.test('rejects a read if the ETag does not match', async (t) => {
    const location = { bucket, key: 'pinned' }
    await put('pinned', 'before')
    const ifMatch = (await store.head(location, { signal }))?.etag
    t.equal(await read(location, { ifMatch, range: { start: 0, end: 3 } }), 'bef')
    await put('pinned', 'after!')
    await t.rejects(store.get(location, { signal, ifMatch: ifMatch! }), { code: 'source_changed' })
    await t.rejects(store.get(location, { signal, ifMatch: ifMatch!, range: { start: 0, end: 3 } }), {
      code: 'source_changed'
    })
  })

  t.test('distinguishes hostile keys, in the store and in URLs', async (t) => {
    for (const key of HOSTILE_KEYS) await put(key, `content of ${key}`)
    for (const key of HOSTILE_KEYS) {
      const name = JSON.stringify(key.length > 60 ? `${key.slice(0, 20)}... (${key.length})` : key)
      t.equal(await read({ bucket, key }), `content of ${key}`, name)
      const { url } = await store.presignGet({ bucket, key }, { expiresInSeconds: 300 })
      t.equal(await (await fetch(url)).text(), `content of ${key}`, `${name} by its URL`)
    }
  })

  t.test('deletes an object with its metadata, and accepts a missing object', async (t) => {
    for (const key of ['gone', 'gone/deeper', 'gone ü +%2B.jpg', 'gone//']) {
      const location = { bucket, key }
      await store.put(location, Buffer.from('old'), { ...putOptions, metadata: { version: 'old' } })
      await store.delete(location, { signal })
      t.equal(await store.head(location, { signal }), undefined, key)
      await store.delete(location, { signal })
      await store.put(location, Buffer.from('new'), putOptions)
      t.same((await store.head(location, { signal }))?.metadata, {})
    }
    await store.delete({ bucket, key: 'gone' }, { signal })
    t.ok(await store.head({ bucket, key: 'gone/deeper' }, { signal }), 'an object below the key remains')
    await t.rejects(store.delete({ bucket, key: '../a' }, { signal }), { code: 'forbidden_key' })
  })

  t.test('lists the keys with a prefix, including hostile ones, with size and ETag', async (t) => {
    for (const key of HOSTILE_KEYS) await put(key, `content of ${key}`)
    const listed = await collect('')
    const byKey = new Map(listed.map((object) => [object.key, object]))
    t.equal(byKey.size, listed.length, 'lists each object once')
    for (const key of HOSTILE_KEYS) {
      const { bytes, etag } = (await store.head({ bucket, key }, { signal }))!
      t.same(byKey.get(key), { key, bytes, etag }, JSON.stringify(key.slice(0, 60)))
    }
    for (const prefix of [
      'a',
      'a/',
      'a//',
      '/',
      'dir',
      'dir/',
      'dir/f',
      'dir/file/',
      'uni-ñ',
      'pct%2F',
      'sp ace/a b',
      'nothing/of/this',
      'videos/a.mp4'
    ]) {
      t.same(
        (await collect(prefix)).map(({ key }) => key).sort(),
        listed
          .map(({ key }) => key)
          .filter((key) => key.startsWith(prefix))
          .sort(),
        prefix
      )
    }
  })

  t.test('lists more than one page', async (t) => {
    const keys = Array.from({ length: 1010 }, (_, number) => `pages/${String(number).padStart(4, '0')}`)
    const waiting = [...keys]
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) await put(key, key)
      })
    )
    t.same((await collect('pages/')).map(({ key }) => key).sort(), keys)
    for await (const { key } of store.list(bucket, { prefix: 'pages/', signal })) {
      t.ok(key, 'the caller may stop early')
      break
    }
  })

  t.test('rejects a listing of a missing bucket or with an aborted signal', async (t) => {
    await t.rejects(collect('', { bucket: 'posterframe-no-such-bucket', signal }), { code: 'store_unavailable' })
    const reason = new Error('aborted by the test')
    await t.rejects(collect('', { bucket, signal: AbortSignal.abort(reason) }), reason)
    const controller = new AbortController()
    await t.rejects(
      (async () => {
        for await (const { key } of store.list(bucket, { prefix: '', signal: controller.signal })) {
          if (key !== undefined) controller.abort(reason)
        }
      })(),
      reason
    )
  })

  t.test('rejects keys that lead elsewhere and invalid keys', async (t) => {
    const rejected = [
      ...['..', '.', '../up', 'a/../b', 'a/..', './a', 'a/./b', 'a/.', '/../../etc/passwd'].map(
        (key) => [key, 'forbidden_key'] as const
      ),
      ...['', 'k'.repeat(1025), '長'.repeat(342), 'lone\ud800surrogate'].map((key) => [key, 'invalid_request'] as const)
    ]
    for (const [key, code] of rejected) {
      await t.rejects(store.head({ bucket, key }, { signal }), { code })
      await t.rejects(store.get({ bucket, key }, { signal }), { code })
      await t.rejects(put(key, 'never'), { code })
      await t.rejects(store.presignGet({ bucket, key }, { expiresInSeconds: 300 }), { code })
    }
  })

  t.test('signs a URL that serves the object and its ranges', async (t) => {
    const location = { bucket, key: 'signed/picture.jpg' }
    await put(location.key, '0123456789')
    const before = Math.floor(Date.now() / 1000)
    const { url, expiresAt } = await store.presignGet(location, { expiresInSeconds: 300 })
    const livesSeconds = expiresAt.getTime() / 1000 - before
    t.ok(livesSeconds >= 300 && livesSeconds <= 300 + Date.now() / 1000 - before)
    const whole = await fetch(url)
    const head = await store.head(location, { signal })
    t.equal(whole.status, 200)
    t.equal(whole.headers.get('etag'), `"${head?.etag}"`)
    t.equal(whole.headers.get('content-type'), 'image/jpeg')
    t.equal(whole.headers.get('content-length'), '10')
    t.equal(await whole.text(), '0123456789')
    const part = await fetch(url, { headers: { range: 'bytes=2-4' } })
    t.equal(part.status, 206)
    t.equal(part.headers.get('content-range'), 'bytes 2-4/10')
    t.equal(await part.text(), '234')
    const past = await fetch(url, { headers: { range: 'bytes=10-' } })
    t.equal(past.status, 416)
    await past.text()
  })

  t.test('signs a URL that serves the head of the object', async (t) => {
    const address = { bucket, key: 'signed/ü +%.jpg' }
    await put(address.key, '0123456789')
    const { url, expiresAt } = await store.presignHead(address, { expiresInSeconds: 300 })
    t.ok(expiresAt.getTime() > Date.now())
    const response = await fetch(url, { method: 'HEAD' })
    t.equal(response.status, 200)
    t.equal(response.headers.get('content-type'), 'image/jpeg')
    t.equal(response.headers.get('content-length'), '10')
    await t.rejects(store.presignHead({ bucket, key: '' }, { expiresInSeconds: 300 }), { code: 'invalid_request' })
  })

  t.test('rejects a URL that was tampered with, reused for another key, or has expired', async (t) => {
    await put('mine-1', 'mine')
    await put('mine-2', 'not mine')
    const { url } = await store.presignGet({ bucket, key: 'mine-1' }, { expiresInSeconds: 300 })
    t.equal((await fetch(url)).status, 200)
    const { url: expired } = await lateStore.presignGet({ bucket, key: 'mine-1' }, { expiresInSeconds: 3600 })
    const { url: stillGood } = await lateStore.presignGet({ bucket, key: 'mine-1' }, { expiresInSeconds: 3 * 3600 })
    t.equal((await fetch(stillGood)).status, 200)
    const bad = {
      signature: url.replace(
        /(signature=)(.)/i,
        (_, name: string, first: string) => name + (first === 'a' ? 'b' : 'a')
      ),
      key: url.replace('mine-1', 'mine-2'),
      expiry: url.replace(
        /(expires=)\d+/i,
        (found, name: string) => name + (found.endsWith('300') ? '600' : '9999999999')
      ),
      unsigned: url.replace(/&[^&]*signature=[^&]*/i, ''),
      expired
    }
    for (const [what, badUrl] of Object.entries(bad)) {
      t.not(badUrl, url, `${what} differs`)
      const response = await fetch(badUrl)
      t.ok([400, 403].includes(response.status), `${what}: ${response.status}`)
      t.notMatch(await response.text(), /mine/)
    }
  })

  t.test('rejects with the reason of an aborted signal', async (t) => {
    const reason = new Error('aborted by the test')
    const aborted = { signal: AbortSignal.abort(reason) }
    const location = { bucket, key: 'aborted' }
    await t.rejects(store.head(location, aborted), reason)
    await t.rejects(store.get(location, aborted), reason)
    await t.rejects(store.put(location, Buffer.from('x'), { ...putOptions, ...aborted }), reason)
    await t.rejects(store.check(bucket, aborted), reason)
    t.equal(await store.head(location, { signal }), undefined)
  })

  t.test('fails the body with the reason of a signal that is aborted during the read', async (t) => {
    const location = { bucket, key: 'long' }
    await store.put(location, Buffer.alloc(16 * 1024 * 1024), putOptions)
    const controller = new AbortController()
    const reason = new Error('aborted by the test')
    const { body } = await store.get(location, { signal: controller.signal })
    const reading = (async () => {
      for await (const chunk of body) if (chunk !== undefined) controller.abort(reason)
    })()
    await t.rejects(reading, reason)
    t.ok(body.destroyed)
  })

  t.test('allows a reader to stop early', async (t) => {
    const { body } = await store.get({ bucket, key: 'long' }, { signal })
    for await (const chunk of body) {
      t.ok(chunk)
      break
    }
    t.ok(body.destroyed)
    t.equal(await read({ bucket, key: 'long' }, { range: { start: 0, end: 2 } }), '\0\0')
  })
}
