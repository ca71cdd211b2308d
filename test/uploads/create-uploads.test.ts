import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { EVERYONE, type Identity } from '../../src/access/scope.ts'
import { createUploads, type UploadsOptions } from '../../src/uploads/create-uploads.ts'
import type { FormUpload, PartsUpload } from '../../src/uploads/upload.ts'
import { serveUploads } from '../support/serve-uploads.ts'

const MIB = 2 ** 20
const base = t.testdir()
const { store, uploadStore } = await serveUploads(
  {
    testdir: () => base,
    teardown: (task) => {
      t.teardown(task as () => Promise<void>)
    }
  },
  join(base, 'store')
)
const { signal } = new AbortController()
const options: UploadsOptions = {
  store,
  uploadStore,
  bucket: 'videos',
  prefix: 'uploads/',
  sourcePrefixes: undefined,
  maxBytes: 10 * 2 ** 30,
  expiresInSeconds: 3600,
  maxPending: 1000,
  method: 'post',
  secret: randomBytes(32)
}
const uploads = createUploads(options)
const as = (identity: Partial<Identity>) => ({ identity: { ...EVERYONE, ...identity }, caller: 'test', signal })
const web = as({ name: 'web' })
const request = { filename: 'a b.mp4', contentType: 'video/mp4', bytes: 100 }
const startParts = async (bytes: number) =>
  (await uploads.start({ ...request, bytes, parts: true }, web)) as PartsUpload
const put = async (url: string, bytes: number) => {
  t.equal((await fetch(url, { method: 'PUT', body: new Uint8Array(bytes) })).status, 200)
}

t.test('starts a form upload for small files and a multipart upload for large ones by default', async (t) => {
  const form = (await uploads.start(request, web)) as FormUpload
  t.match(form, { bucket: 'videos', key: /^uploads\/[0-9a-f-]{36}\/a-b\.mp4$/, maxBytes: 100 })
  t.match(await uploads.start({ ...request, bytes: 64 * MIB }, web), { fields: {} })
  t.match(await uploads.start({ ...request, bytes: 64 * MIB + 1 }, web), {
    token: String,
    partBytes: 16 * MIB,
    partCount: 5,
    maxBytes: 64 * MIB + 1
  })
  t.match(await uploads.start({ ...request, parts: true }, web), { token: String, partCount: 1 })
  t.match(await uploads.start({ ...request, bytes: 2 ** 30, parts: false }, web), { fields: {} })
  await t.rejects(uploads.start({ ...request, bytes: 6 * 2 ** 30, parts: false }, web), {
    code: 'upload_too_large',
    members: { maxBytes: 5 * 2 ** 30 }
  })
  await t.rejects(uploads.start({ ...request, bytes: 10 * 2 ** 30 + 1 }, web), {
    code: 'upload_too_large',
    members: { maxBytes: 10 * 2 ** 30 }
  })
})

t.test('signs a PUT if the request or the configuration says so', async (t) => {
  const put = { bucket: 'videos', key: /^uploads\//, method: 'put', url: /^http/, maxBytes: 100 }
  const started = await uploads.start({ ...request, method: 'put' }, web)
  t.match(started, { ...put, headers: { 'content-type': 'video/mp4' } })
  t.notOk('fields' in started)
  t.match(await uploads.start({ ...request, method: 'post' }, web), { method: 'post', fields: {} })
  const puts = createUploads({ ...options, method: 'put' })
  t.match(await puts.start(request, web), put)
  t.match(await puts.start({ ...request, method: 'post' }, web), { method: 'post', fields: {} })
  t.match(await puts.start({ ...request, bytes: 64 * MIB }, web), { method: 'put' })
  t.match(await puts.start({ ...request, bytes: 64 * MIB + 1 }, web), { token: String, partCount: 5 })
  t.match(await puts.start({ ...request, bytes: 2 ** 30, parts: false }, web), { method: 'put' })
  await t.rejects(puts.start({ ...request, bytes: 6 * 2 ** 30, parts: false }, web), {
    code: 'upload_too_large',
    detail: /in one request may have at most 5 GiB/
  })
})

t.test('starts uploads only to keys that the caller and the service may read', async (t) => {
  await t.rejects(uploads.start({ ...request, bucket: 'thumbnails' }, web), { code: 'forbidden_bucket' })
  await t.rejects(uploads.start(request, as({ buckets: ['others'] })), { code: 'forbidden_bucket' })
  t.match(await uploads.start(request, as({ prefixes: ['tenant-1/'] })), { key: /^tenant-1\/uploads\// })
  await t.rejects(
    createUploads({ ...options, sourcePrefixes: ['films/'] }).start(request, as({ prefixes: ['tenant-1/'] })),
    { code: 'forbidden_key' }
  )
})

t.test('says that a form expires before the configured time', async (t) => {
  t.notOk('warnings' in (await uploads.start(request, web)))
  const shortened = createUploads({
    ...options,
    uploadStore: {
      ...uploadStore,
      presignForm: async (target, wanted) => ({ ...(await uploadStore.presignForm(target, wanted)), isShortened: true })
    }
  })
  t.match(await shortened.start(request, web), { warnings: [{ code: 'url_expires_early' }] })
})

t.test('supports only form uploads without a secret', async (t) => {
  const formsOnly = createUploads({ ...options, secret: undefined })
  t.match(await formsOnly.start({ ...request, bytes: 2 ** 30 }, web), { fields: {} })
  await t.rejects(formsOnly.start({ ...request, parts: true }, web), {
    code: 'invalid_request',
    message: /POSTERFRAME_UPLOAD_SECRET/
  })
  await t.rejects(formsOnly.listParts('a.b', web), { code: 'invalid_request' })
})

t.test('signs parts with their sizes, lists them, reports missing ones and completes the upload', async (t) => {
  const bytes = 16 * MIB + 7
  const { token, key } = await startParts(bytes)
  await t.rejects(uploads.signParts(token, [1, 3], web), { code: 'invalid_request', members: { parameter: 'numbers' } })
  const [first, second] = await uploads.signParts(token, [1, 2], web)
  t.match(
    [first, second],
    [
      { number: 1, bytes: 16 * MIB },
      { number: 2, bytes: 7 }
    ]
  )
  await t.rejects(uploads.complete(token, web), { code: 'upload_incomplete', members: { missingParts: [1, 2] } })
  await put(second!.url, 7)
  t.match(await uploads.listParts(token, web), { key, partCount: 2, maxBytes: bytes, parts: [{ number: 2, bytes: 7 }] })
  await t.rejects(uploads.complete(token, web), { code: 'upload_incomplete', members: { missingParts: [1] } })
  t.equal(await store.head({ bucket: 'videos', key }, { signal }), undefined)
  await put(first!.url, 16 * MIB)
  // Concurrent calls: of two tabs, or a retry after a lost response.
  const uploaded = await Promise.all([1, 2, 3].map(() => uploads.complete(token, web)))
  for (const object of [...uploaded, await uploads.complete(token, web)]) {
    t.match(object, { bucket: 'videos', key, bytes, etag: String })
  }
  t.match(await store.head({ bucket: 'videos', key }, { signal }), {
    bytes,
    contentType: 'video/mp4',
    metadata: { filename: 'a%20b.mp4' }
  })
  await t.rejects(uploads.listParts(token, web), { code: 'upload_not_found' })
  await uploads.abort(token, web)
  t.ok(await store.head({ bucket: 'videos', key }, { signal }), 'aborting does not delete a completed upload')
})

t.test('does not complete parts of other sizes than were signed', async (t) => {
  const bytes = 16 * MIB + 7
  const { token } = await startParts(bytes)
  // The same sum in other parts, as in a store that ignores the signed length.
  const lying = createUploads({
    ...options,
    uploadStore: {
      ...uploadStore,
      listParts: async () => [
        { number: 1, bytes: 16 * MIB - 1, etag: 'a' },
        { number: 2, bytes: 8, etag: 'b' }
      ]
    }
  })
  await t.rejects(lying.complete(token, web), { code: 'upload_incomplete', members: { missingParts: [1, 2] } })
  const extra = createUploads({
    ...options,
    uploadStore: {
      ...uploadStore,
      listParts: async () => [
        { number: 1, bytes: 16 * MIB, etag: 'a' },
        { number: 2, bytes: 7, etag: 'b' },
        { number: 3, bytes: 1, etag: 'c' }
      ]
    }
  })
  await t.rejects(extra.complete(token, web), { code: 'upload_incomplete', members: { missingParts: [] } })
})

t.test('rejects the token of an upload for other callers', async (t) => {
  const { token } = await startParts(10)
  const [part] = await uploads.signParts(token, [1], web)
  await put(part!.url, 10)
  for (const stranger of [as({ name: 'other' }), as({})]) {
    const attempts: Array<() => Promise<unknown>> = [
      () => uploads.signParts(token, [1], stranger),
      () => uploads.listParts(token, stranger),
      () => uploads.complete(token, stranger),
      () => uploads.abort(token, stranger)
    ]
    for (const attempt of attempts) {
      await t.rejects(
        async () => {
          await attempt()
        },
        { code: 'invalid_upload_token' }
      )
    }
  }
  await t.rejects(
    uploads.complete(token, as({ name: 'web', prefixes: ['tenant-1/'] })),
    { code: 'forbidden_key' },
    'its own caller, once the scope no longer includes the key'
  )
  await t.rejects(
    createUploads({ ...options, now: () => new Date(Date.now() + 3_601_000) }).complete(token, web),
    { code: 'invalid_upload_token' },
    'an expired token'
  )
  t.match(await uploads.complete(token, web), { bytes: 10 })
})

t.test('an aborted upload no longer exists, and may be aborted again', async (t) => {
  const { token } = await startParts(10)
  await uploads.abort(token, web)
  await uploads.abort(token, web)
  await t.rejects(uploads.listParts(token, web), { code: 'upload_not_found' })
  await t.rejects(uploads.complete(token, web), { code: 'upload_not_found' })
})
