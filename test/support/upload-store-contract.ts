import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { ObjectStore } from '../../src/store/object-store.ts'
import type { PartedUpload, PresignedForm, PresignedPut, UploadStore } from '../../src/store/upload-store.ts'

export interface UploadStoreUnderTest {
  /** The object store that contains the uploads. */
  readonly store: ObjectStore
  readonly uploadStore: UploadStore
  /** The same store with a clock that is two hours behind. */
  readonly lateUploadStore: UploadStore
  readonly bucket: string
}

/** The minimum part size of S3, except for the last part. */
const PART_BYTES = 5 * 1024 * 1024

/** Defines the tests that every adapter of the upload store must pass. */
export function testUploadStore (t: Test, { store, uploadStore, lateUploadStore, bucket }: UploadStoreUnderTest): void {
  const { signal } = new AbortController()
  const target = (key: string) => ({
    bucket,
    key,
    contentType: 'video/mp4',
    metadata: { filename: 'a%20b%20%C3%A9.mp4' }
  })
  const limit = { caller: 'test', max: 1000 }
  const read = async (key: string) => await buffer((await store.get({ bucket, key }, { signal })).body)
  const isThere = async (key: string) => (await store.head({ bucket, key }, { signal })) !== undefined
  const begin = async (key: string): Promise<PartedUpload> => ({
    bucket,
    key,
    uploadId: await uploadStore.startParts(target(key), { signal, limit, expiresInSeconds: 3600 })
  })
  const putPart = async (
    upload: PartedUpload,
    number: number,
    content: Uint8Array<ArrayBuffer>,
    signedBytes = content.length
  ) => {
    const { url } = await uploadStore.presignPart(upload, { number, bytes: signedBytes, expiresInSeconds: 300 })
    return await fetch(url, { method: 'PUT', body: new Blob([content]) })
  }
  const send = async (
    { url, fields }: PresignedForm,
    content: string | Uint8Array<ArrayBuffer>,
    changes: Record<string, string> = {}
  ) => {
    const form = new FormData()
    for (const [name, value] of Object.entries({ ...fields, ...changes })) form.append(name, value)
    form.append('file', new Blob([content]), 'whatever.html')
    return await fetch(url, { method: 'POST', body: form })
  }

  t.test('a form uploads one file with the signed key, type and metadata', async (t) => {
    const before = Math.floor(Date.now() / 1000)
    const form = await uploadStore.presignForm(target('form/a.mp4'), { bytes: 10, expiresInSeconds: 300 })
    const livesSeconds = form.expiresAt.getTime() / 1000 - before
    t.ok(livesSeconds >= 300 && livesSeconds <= 301 + Date.now() / 1000 - before)
    t.equal((await send(form, '0123456789')).status, 204)
    t.match(await store.head({ bucket, key: 'form/a.mp4' }, { signal }), {
      bytes: 10,
      contentType: 'video/mp4',
      metadata: { filename: 'a%20b%20%C3%A9.mp4' }
    })
    t.equal((await read('form/a.mp4')).toString(), '0123456789')
  })

  t.test('a form rejects a file of another size', async (t) => {
    const form = await uploadStore.presignForm(target('form/size.mp4'), { bytes: 10, expiresInSeconds: 300 })
    for (const content of ['0123456789a', '012345678', '', 'x'.repeat(200_000)]) {
      const { status } = await send(form, content)
      t.ok([400, 413].includes(status), `${content.length} bytes: ${status}`)
    }
    t.notOk(await isThere('form/size.mp4'))
  })

  t.test('a form rejects unsigned fields and an expired policy', async (t) => {
    const form = await uploadStore.presignForm(target('form/fields.mp4'), { bytes: 3, expiresInSeconds: 300 })
    const late = await lateUploadStore.presignForm(target('form/fields.mp4'), { bytes: 3, expiresInSeconds: 3600 })
    const policy = Object.keys(form.fields).find((name) => name.toLowerCase() === 'policy') ?? ''
    const signature = Object.keys(form.fields).find((name) => /signature/i.test(name)) ?? ''
    const forged = Buffer.from(
      Buffer.from(form.fields[policy] ?? '', 'base64')
        .toString()
        .replaceAll('form/fields.mp4', 'form/forged.mp4')
    ).toString('base64url')
    const attempts = {
      expired: await send(late, 'abc'),
      policy: await send(form, 'abc', {
        [policy]: forged,
        ...('key' in form.fields ? { key: 'form/forged.mp4' } : {})
      }),
      signature: await send(form, 'abc', {
        [signature]: (form.fields[signature] ?? '').replace(/^./, (first) => (first === 'a' ? 'b' : 'a'))
      }),
      unsigned: await send(form, 'abc', { 'x-amz-meta-extra': '1' }),
      ...('key' in form.fields
        ? {
            key: await send(form, 'abc', { key: 'form/forged.mp4' }),
            type: await send(form, 'abc', { 'Content-Type': 'text/html' })
          }
        : {})
    }
    for (const [what, { status }] of Object.entries(attempts)) {
      t.ok(status === 400 || status === 403, `${what}: ${status}`)
    }
    t.notOk(await isThere('form/fields.mp4'))
    t.notOk(await isThere('form/forged.mp4'))
  })

  const sendPut = async (
    { url, headers }: PresignedPut,
    content: string | Uint8Array<ArrayBuffer>,
    changes: Record<string, string> = {}
  ) => await fetch(url, { method: 'PUT', headers: { ...headers, ...changes }, body: new Blob([content]) })

  t.test('a PUT uploads one file with the signed key, type and metadata', async (t) => {
    const put = await uploadStore.presignPut(target('put/a.mp4'), { bytes: 10, expiresInSeconds: 300 })
    t.equal(put.headers['content-type'], 'video/mp4')
    for (const name of Object.keys(put.headers)) t.equal(name, name.toLowerCase())
    t.equal((await sendPut(put, '0123456789')).status, 200)
    t.match(await store.head({ bucket, key: 'put/a.mp4' }, { signal }), {
      bytes: 10,
      contentType: 'video/mp4',
      metadata: { filename: 'a%20b%20%C3%A9.mp4' }
    })
    t.equal((await read('put/a.mp4')).toString(), '0123456789')
  })

  t.test('a PUT rejects a file of another size or type, and other headers', async (t) => {
    const put = await uploadStore.presignPut(target('put/size.mp4'), { bytes: 10, expiresInSeconds: 300 })
    for (const content of ['0123456789a', '012345678', '', 'x'.repeat(200_000)]) {
      const { status } = await sendPut(put, content)
      t.ok([400, 403, 411, 413].includes(status), `${content.length} bytes: ${status}`)
    }
    const { 'content-type': type, ...others } = put.headers
    const attempts: Record<string, Response> = {
      'another type': await sendPut(put, '0123456789', { 'content-type': 'text/html' }),
      'no type': await fetch(put.url, { method: 'PUT', headers: others, body: new Uint8Array(10) })
    }
    for (const name of Object.keys(others)) attempts[name] = await sendPut(put, '0123456789', { [name]: 'other' })
    for (const [what, { status }] of Object.entries(attempts)) {
      t.ok([400, 403, 415].includes(status), `${what}: ${status}`)
    }
    t.notOk(await isThere('put/size.mp4'))
    t.equal((await sendPut(put, '0123456789')).status, 200, 'the URL itself is good')
  })

  t.test('a PUT rejects a changed URL, another method and an expired signature', async (t) => {
    const options = { bytes: 3, expiresInSeconds: 3600 }
    const put = await uploadStore.presignPut(target('put/url.mp4'), options)
    const form = await uploadStore.presignForm(target('put/url.mp4'), options)
    const late = await lateUploadStore.presignPut(target('put/url.mp4'), options)
    const attempts = {
      expired: await sendPut(late, 'abc'),
      key: await sendPut({ ...put, url: put.url.replace('url.mp4', 'other.mp4') }, 'abc'),
      unsigned: await sendPut({ ...put, url: put.url.replace(/[?&][^&]*signature=[^&]*/i, '') }, 'abc'),
      'a form': await sendPut({ ...put, url: put.url.replace(/\?.*/, `?${new URLSearchParams(form.fields).toString()}`) }, 'abc'),
      POST: await fetch(put.url, { method: 'POST', headers: put.headers, body: new Blob(['abc']) }),
      GET: await fetch(put.url)
    }
    for (const [what, { status }] of Object.entries(attempts)) {
      t.ok([400, 403, 404, 405, 415].includes(status), `${what}: ${status}`)
    }
    for (const key of ['put/url.mp4', 'put/other.mp4']) t.notOk(await isThere(key), key)
  })

  t.test('limits the pending uploads of one caller', async (t) => {
    const start = async (caller: string, expiresInSeconds = 3600) =>
      await uploadStore.startParts(target(`pending/${caller}.mp4`), {
        signal,
        expiresInSeconds,
        limit: { caller, max: 3 }
      })
    const full = { code: 'rate_limited', detail: /in parts, 3 are neither .* the limit is 3\. Complete or abort/, retryAfterSeconds: 60 }
    const racing = await Promise.allSettled([1, 2, 3, 4, 5].map(() => start('busy')))
    const ids = racing.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    t.equal(ids.length, 3, 'also of requests at the same time')
    await t.rejects(start('busy'), full)
    t.ok(await start('other'), 'not of other callers')
    const [first, second] = ids.map((uploadId) => ({ bucket, key: 'pending/busy.mp4', uploadId }))
    await uploadStore.abortParts(first!, { signal })
    t.ok(await start('busy'), 'an aborted upload does not count')
    await t.rejects(start('busy'), full)
    t.equal((await putPart(second!, 1, new Uint8Array(3))).status, 200)
    await uploadStore.completeParts(second!, await uploadStore.listParts(second!, { signal }), { signal })
    t.ok(await start('busy'), 'nor does a completed one')
    await t.rejects(start('busy'), full)
  })

  t.test('joins parts into one object in the order of their numbers', async (t) => {
    const upload = await begin('parts/a.mp4')
    const parts = [1, 2, 3].map((number) =>
      Uint8Array.from({ length: number === 3 ? 1000 : PART_BYTES }, (_, at) => at * number)
    )
    t.same(await uploadStore.listParts(upload, { signal }), [])
    for (const number of [3, 1, 2]) t.equal((await putPart(upload, number, parts[number - 1]!)).status, 200)
    const listed = await uploadStore.listParts(upload, { signal })
    t.match(listed, [
      { number: 1, bytes: PART_BYTES },
      { number: 2, bytes: PART_BYTES },
      { number: 3, bytes: 1000 }
    ])
    t.notOk(await isThere('parts/a.mp4'), 'the object does not exist yet')
    await uploadStore.completeParts(upload, listed, { signal })
    t.match(await store.head({ bucket, key: 'parts/a.mp4' }, { signal }), {
      bytes: 2 * PART_BYTES + 1000,
      contentType: 'video/mp4',
      metadata: { filename: 'a%20b%20%C3%A9.mp4' }
    })
    t.ok((await read('parts/a.mp4')).equals(Buffer.concat(parts)))
    await t.rejects(uploadStore.listParts(upload, { signal }), { code: 'upload_not_found' })
    // S3 may remember the completion for a while and report success again.
    await uploadStore.completeParts(upload, listed, { signal }).catch((error: unknown) => {
      t.match(error, { code: 'upload_not_found' })
    })
    await t.rejects(uploadStore.abortParts(upload, { signal }), { code: 'upload_not_found' })
    t.ok(await isThere('parts/a.mp4'), 'aborting a completed upload does not delete the object')
    t.not((await putPart(upload, 1, parts[1]!)).status, 200, 'a part is rejected after the completion')
    t.ok((await read('parts/a.mp4')).equals(Buffer.concat(parts)))
  })

  t.test('replaces a part that is uploaded again', async (t) => {
    const upload = await begin('parts/again.mp4')
    for (const text of ['first', 'other']) {
      t.equal((await putPart(upload, 1, new TextEncoder().encode(text))).status, 200)
    }
    await uploadStore.completeParts(upload, await uploadStore.listParts(upload, { signal }), { signal })
    t.equal((await read('parts/again.mp4')).toString(), 'other')
  })

  t.test('rejects a completion with a replaced part', async (t) => {
    const upload = await begin('parts/replaced.mp4')
    await putPart(upload, 1, new TextEncoder().encode('first'))
    const listed = await uploadStore.listParts(upload, { signal })
    await putPart(upload, 1, new TextEncoder().encode('other'))
    await t.rejects(uploadStore.completeParts(upload, listed, { signal }), { code: 'upload_incomplete' })
    t.notOk(await isThere('parts/replaced.mp4'))
  })

  t.test('rejects a part whose size differs from the signed one', async (t) => {
    const upload = await begin('parts/size.mp4')
    for (const bytes of [9, 11, 100_000]) {
      const { status } = await putPart(upload, 1, new Uint8Array(bytes), 10)
      t.ok([400, 403, 413].includes(status), `${bytes} bytes: ${status}`)
    }
    t.same(await uploadStore.listParts(upload, { signal }), [])
    t.equal((await putPart(upload, 1, new Uint8Array(10), 10)).status, 200)
  })

  t.test('rejects the URL of a part for another part, upload or key, and after its expiry', async (t) => {
    const upload = await begin('parts/url-1.mp4')
    const other = await begin('parts/url-2.mp4')
    const { url } = await uploadStore.presignPart(upload, { number: 1, bytes: 3, expiresInSeconds: 300 })
    const { url: expired } = await lateUploadStore.presignPart(upload, { number: 1, bytes: 3, expiresInSeconds: 3600 })
    const bad = {
      expired,
      number: url.replace(/(part(?:Number)?=)1/, '$12'),
      upload: url.replace(encodeURIComponent(upload.uploadId), encodeURIComponent(other.uploadId)),
      key: url.replace('url-1.mp4', 'url-2.mp4'),
      unsigned: url.replace(/&[^&]*signature=[^&]*/i, '')
    }
    for (const [what, badUrl] of Object.entries(bad)) {
      t.not(badUrl, url, `${what} differs`)
      const { status } = await fetch(badUrl, { method: 'PUT', body: 'abc' })
      t.ok(status === 400 || status === 403, `${what}: ${status}`)
    }
    for (const each of [upload, other]) t.same(await uploadStore.listParts(each, { signal }), [])
  })

  t.test('removes an aborted upload', async (t) => {
    const upload = await begin('parts/aborted.mp4')
    await putPart(upload, 1, new Uint8Array(10))
    await uploadStore.abortParts(upload, { signal })
    await t.rejects(uploadStore.listParts(upload, { signal }), { code: 'upload_not_found' })
    t.equal((await putPart(upload, 1, new Uint8Array(10))).status, 404)
    t.notOk(await isThere('parts/aborted.mp4'))
  })

  t.test('rejects an unknown upload, and an upload under another key', async (t) => {
    const upload = await begin('parts/known.mp4')
    for (const stranger of [
      { ...upload, uploadId: 'nothing' },
      { ...upload, uploadId: '../../secret' },
      { ...upload, key: 'parts/other.mp4' }
    ]) {
      await t.rejects(uploadStore.listParts(stranger, { signal }), { code: 'upload_not_found' })
      // radosgw treats an unknown upload as one that is being completed, and responds with 500.
      await t.rejects(
        uploadStore.completeParts(stranger, [{ number: 1, bytes: 1, etag: '900150983cd24fb0d6963f7d28e17f72' }], {
          signal
        }),
        { code: /^(upload_not_found|store_unavailable)$/ }
      )
      await t.rejects(uploadStore.abortParts(stranger, { signal }), { code: 'upload_not_found' })
    }
  })

  t.test('lists more than one page of parts', async (t) => {
    const upload = await begin('parts/many.mp4')
    const numbers = Array.from({ length: 1005 }, (_, index) => index + 1)
    for (let at = 0; at < numbers.length; at += 20) {
      await Promise.all(numbers.slice(at, at + 20).map((number) => putPart(upload, number, new Uint8Array(1))))
    }
    const listed = await uploadStore.listParts(upload, { signal })
    t.same(
      listed.map(({ number }) => number),
      numbers
    )
    await uploadStore.abortParts(upload, { signal })
  })

  t.test('rejects with the reason of an aborted signal', async (t) => {
    const reason = new Error('aborted by the test')
    const aborted = { signal: AbortSignal.abort(reason) }
    const upload = await begin('parts/signal.mp4')
    await t.rejects(uploadStore.startParts(target('x'), { ...aborted, limit, expiresInSeconds: 60 }), reason)
    await t.rejects(uploadStore.listParts(upload, aborted), reason)
    await t.rejects(uploadStore.completeParts(upload, [], aborted), reason)
    await t.rejects(uploadStore.abortParts(upload, aborted), reason)
  })
}
