import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, rmSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { createLocalUploadStore } from '../../../src/store/local/local-upload-store.ts'
import { openLocalRoot } from '../../../src/store/local/local-root.ts'
import { buildForm, FORM_TYPE } from '../../support/multipart-body.ts'
import { serveUploads } from '../../support/serve-uploads.ts'

const { signal } = new AbortController()
const limit = { caller: 'test', max: 100 }
const target = { bucket: 'videos', key: 'uploads/a.mp4', contentType: 'video/mp4', metadata: {} }

/** The listing of one upload, whose directory contains `names`. */
function listBegun (uploadId: string, ...names: string[]): string[] {
  const caller = uploadId.slice(0, 16)
  const directory = join(caller, uploadId.slice(17))
  return [caller, directory, ...names.map((name) => join(directory, name))]
}

async function serve (t: Test, settings = {}) {
  const directory = t.testdir()
  const served = await serveUploads(
    {
      testdir: () => directory,
      teardown: (task) => {
        t.teardown(task as () => Promise<void>)
      }
    },
    join(directory, 'store'),
    settings
  )
  const path = (url: string) => url.slice(served.url.length)
  const uploads = join(directory, 'store', '.posterframe', 'uploads')
  return {
    ...served,
    path,
    directory: join(directory, 'store'),
    listArriving: () => readdirSync(join(uploads, '../tmp')),
    listUploads: () => readdirSync(uploads, { recursive: true }).map(String).sort()
  }
}

t.test('accepts a part of any type, and rejects an invalid one with the reason', async (t) => {
  const { send, uploadStore, path, listUploads, listArriving } = await serve(t)
  const upload = { ...target, uploadId: await uploadStore.startParts(target, { signal, limit, expiresInSeconds: 60 }) }
  const { url } = await uploadStore.presignPart(upload, { number: 1, bytes: 5, expiresInSeconds: 60 })
  for (const type of ['video/mp4', 'application/octet-stream', 'text/plain', 'application/json', undefined]) {
    const answer = await send({
      method: 'PUT',
      url: path(url),
      payload: Buffer.from('01234'),
      headers: type === undefined ? {} : { 'content-type': type }
    })
    t.equal(answer.statusCode, 200, type ?? 'none')
    t.match(answer.headers.etag, /^"[0-9a-f-]+"$/)
  }
  t.match((await send({ method: 'PUT', url: path(url), payload: Buffer.from('012345') })).json(), {
    code: 'upload_too_large',
    maxBytes: 5
  })
  t.match((await send({ method: 'PUT', url: path(url), payload: Buffer.from('0123') })).json(), {
    code: 'invalid_request'
  })
  t.match((await send({ method: 'PUT', url: path(url) })).json(), { code: 'invalid_request' })
  t.match(
    (
      await send({ method: 'PUT', url: path(url).replace('bytes=5', 'bytes=6'), payload: Buffer.from('012345') })
    ).json(),
    { code: 'invalid_signature' }
  )
  t.match((await send({ method: 'PUT', url: `${path(url)}&more=1`, payload: Buffer.from('01234') })).json(), {
    code: 'invalid_request'
  })
  t.match(
    (await send({ method: 'GET', url: path(url) })).json(),
    { code: 'invalid_request' },
    'what is signed for writing does not read'
  )
  t.same(
    listUploads(),
    listBegun(upload.uploadId, 'part-00001', 'upload.json'),
    'nothing half written is left'
  )
  t.same(listArriving(), [])
})

t.test('rejects a write to a URL signed for reading', async (t) => {
  const { send, store, path } = await serve(t)
  await store.put(target, Buffer.from('mine'), { signal, contentType: 'video/mp4', cacheControl: '', metadata: {} })
  const { url } = await store.presignGet(target, { expiresInSeconds: 60 })
  for (const method of ['PUT', 'POST'] as const) {
    t.ok(
      [400, 415].includes((await send({ method, url: path(url), payload: Buffer.from('yours') })).statusCode),
      method
    )
  }
  t.match(await store.head(target, { signal }), { bytes: 4 })
})

t.test('accepts a form, and rejects an invalid one with the reason', async (t) => {
  const { send, store, uploadStore, listUploads } = await serve(t)
  const { fields } = await uploadStore.presignForm(target, { bytes: 5, expiresInSeconds: 60 })
  const texts = Object.entries(fields).map(([name, content]) => ({ name, content }))
  const file = { name: 'file', filename: 'x.html', type: 'text/html', content: '01234' }
  const post = async (...parts: Parameters<typeof buildForm>[0]) =>
    await send({ method: 'POST', url: '/objects', headers: { 'content-type': FORM_TYPE }, payload: buildForm(parts) })
  const wrong: Array<[string, Awaited<ReturnType<typeof post>>]> = [
    ['invalid_request', await post(...texts)],
    ['invalid_signature', await post(file)],
    ['invalid_signature', await post(file, ...texts)],
    [
      'invalid_signature',
      await post({ name: 'policy', content: 'e30' }, { name: 'signature', content: fields['signature'] ?? '' }, file)
    ],
    ['invalid_request', await post(...texts, { name: 'key', content: 'other.mp4' }, file)],
    ['invalid_request', await post(...texts, { ...file, name: 'picture' })],
    ['invalid_request', await post(...texts, { content: 'a' }, file)],
    ['invalid_request', await post(...texts, { ...file, content: '0123' })],
    ['upload_too_large', await post(...texts, { ...file, content: '0'.repeat(300_000) })],
    [
      'unsupported_content_type',
      await send({
        method: 'POST',
        url: '/objects',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'a=b'
      })
    ],
    ['unsupported_content_type', await send({ method: 'POST', url: '/objects', payload: { a: 1 } })],
    [
      'invalid_request',
      await send({
        method: 'POST',
        url: '/objects',
        headers: { 'content-type': FORM_TYPE },
        payload: buildForm([...texts, file]).subarray(0, -30)
      })
    ]
  ]
  for (const [code, answer] of wrong) t.match(answer.json(), { code }, code)
  t.same(listUploads(), [])
  t.equal((await post(...texts, file)).statusCode, 204)
  t.match(await store.head(target, { signal }), { bytes: 5, contentType: 'video/mp4' })
  t.same(listUploads(), [])
})

t.test('accepts a PUT of a whole file, and rejects an invalid one with the reason', async (t) => {
  const { send, store, uploadStore, path, listUploads, listArriving } = await serve(t)
  const { url, headers } = await uploadStore.presignPut(target, { bytes: 5, expiresInSeconds: 60 })
  t.same(headers, { 'content-type': 'video/mp4' })
  const put = async (payload: string, changes: Record<string, string> = {}, target = path(url)) =>
    await send({ method: 'PUT', url: target, headers: { ...headers, ...changes }, payload: Buffer.from(payload) })
  t.match((await put('01234', { 'content-type': 'text/html' })).json(), {
    code: 'unsupported_content_type',
    detail:
      "The request has the Content-Type 'text/html', and the URL was signed for 'video/mp4'. " +
      'Send the headers of the upload.'
  })
  t.match((await put('012345')).json(), { code: 'upload_too_large', maxBytes: 5 })
  t.match((await put('0123')).json(), { code: 'invalid_request', detail: /has 4 bytes; the URL was signed for 5/ })
  t.match((await put('01234', {}, path(url).replace('bytes=5', 'bytes=6'))).json(), { code: 'invalid_signature' })
  t.match((await put('01234', {}, `${path(url)}&more=1`)).json(), { code: 'invalid_request' })
  t.equal(await store.head(target, { signal }), undefined)
  const answer = await put('01234')
  t.equal(answer.statusCode, 200)
  t.match(answer.headers.etag, /^"[0-9a-f-]+"$/)
  t.match(await store.head(target, { signal }), { bytes: 5, contentType: 'video/mp4' })
  t.same([...listUploads(), ...listArriving()], [])
})

t.test('removes a part whose client disconnected or stalled', async (t) => {
  const { uploadStore, listArriving } = await serve(t, { uploadIdleMs: 100 })
  const upload = { ...target, uploadId: await uploadStore.startParts(target, { signal, limit, expiresInSeconds: 60 }) }
  const { url } = await uploadStore.presignPart(upload, { number: 1, bytes: 100, expiresInSeconds: 60 })
  const isArriving = () => listArriving().length > 0
  for (const leaves of [true, false]) {
    const sending = request(url, { method: 'PUT', headers: { 'content-length': '100' } })
    const status = new Promise<number>((resolve) => {
      sending
        .on('response', ({ statusCode = 0 }) => {
          resolve(statusCode)
        })
        .on('error', () => {
          resolve(0)
        })
    })
    sending.write('half')
    if (leaves) {
      while (!isArriving()) await new Promise(setImmediate)
      sending.destroy()
    }
    t.equal(await status, leaves ? 0 : 408)
    while (isArriving()) await new Promise(setImmediate)
  }
  t.same(await uploadStore.listParts(upload, { signal }), [])
})

t.test('removes abandoned uploads', async (t) => {
  const { uploadStore, directory, listUploads } = await serve(t)
  await uploadStore.startParts(target, { signal, limit, expiresInSeconds: 60 })
  const lasting = await uploadStore.startParts(target, { signal, limit, expiresInSeconds: 86_400 })
  const later = () => new Date(Date.now() + 3 * 3_600_000)
  await createLocalUploadStore(await openLocalRoot(directory), { publicUrl: () => '', now: later })
  // The sweep runs in the background.
  while (listUploads().length > 3) await new Promise(setImmediate)
  t.same(listUploads(), listBegun(lasting, 'upload.json'))
})

t.test('neither the start nor an upload reads the pending uploads', async (t) => {
  const { uploadStore, directory, listUploads } = await serve(t)
  const uploadId = await uploadStore.startParts(target, { signal, limit, expiresInSeconds: 86_400 })
  const file = join(directory, '.posterframe', 'uploads', listBegun(uploadId, 'upload.json').at(-1)!)
  rmSync(file)
  // Whoever reads it waits for ever.
  execFileSync('mkfifo', [file])
  const again = await createLocalUploadStore(await openLocalRoot(directory), { publicUrl: () => '' })
  await again.startParts(target, { signal, limit, expiresInSeconds: 86_400 })
  const form = await again.presignForm(target, { bytes: 1, expiresInSeconds: 60 })
  const policy = again.verifyForm(form.fields)
  await again.receiveForm(policy, { signal, body: Readable.from([Buffer.from('x')]) })
  t.equal(listUploads().filter((name) => name.endsWith('upload.json')).length, 2)
})

t.test('removes what a killed process was receiving, and nothing of a running one', async (t) => {
  // Not a t.testdir(): its paths are too long for a socket, and the liveness of a process would be unknown.
  const directory = await mkdtemp(join(tmpdir(), 'pf-test-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const arriving = join(directory, '.posterframe', 'tmp')
  const [killed, running] = [await startReceiver(t, directory), await startReceiver(t, directory)]
  const list = async () => (await readdir(arriving)).sort()
  const isOf = ({ pid }: ChildProcess) => (name: string) => name.startsWith(`posterframe-${pid}-`)
  t.equal((await list()).length, 2)
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  await openLocalRoot(directory)
  const left = await list()
  t.equal(left.length, 1)
  t.ok(left.every(isOf(running)))
})

/** Starts a process that receives a part, and returns it once the part is partly there. */
async function startReceiver (t: Test, directory: string): Promise<ChildProcess> {
  const [root, store] = ['local-root', 'local-upload-store'].map(
    (name) => new URL(`../../../src/store/local/${name}.ts`, import.meta.url).href
  )
  const script = `
    const { openLocalRoot } = await import(${JSON.stringify(root)})
    const { createLocalUploadStore } = await import(${JSON.stringify(store)})
    const store = await createLocalUploadStore(await openLocalRoot(${JSON.stringify(directory)}), { publicUrl: () => '' })
    const target = ${JSON.stringify(target)}
    const { signal } = new AbortController()
    const options = { signal, expiresInSeconds: 3600, limit: { caller: 'test', max: 10 } }
    const upload = await store.startParts(target, options)
    setInterval(() => {}, 1000)
    const body = (async function * () {
      yield Buffer.from('half')
      process.stdout.write('receiving')
      await new Promise(() => {})
    })()
    await store.receivePut({ ...target, upload, part: 1, bytes: 100 }, { signal, body })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

t.test('resumes joining parts after a call that timed out', async (t) => {
  const { uploadStore, store } = await serve(t)
  const upload = { ...target, uploadId: await uploadStore.startParts(target, { signal, limit, expiresInSeconds: 60 }) }
  const contents = [1, 2, 3].map((number) => Buffer.alloc(3 * 1024 * 1024, String(number)))
  for (const [index, content] of contents.entries()) {
    const { url } = await uploadStore.presignPart(upload, {
      number: index + 1,
      bytes: content.length,
      expiresInSeconds: 60
    })
    t.equal((await fetch(url, { method: 'PUT', body: content })).status, 200)
  }
  const parts = await uploadStore.listParts(upload, { signal })
  const controller = new AbortController()
  const completing = uploadStore.completeParts(upload, parts, { signal: controller.signal })
  setImmediate(() => {
    controller.abort(new Error('out of time'))
  })
  const outcome = await completing.then(
    () => 'completed',
    () => 'stopped'
  )
  if (outcome === 'stopped') await uploadStore.completeParts(upload, parts, { signal })
  const { body } = await store.get(target, { signal })
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk as Buffer)
  t.ok(Buffer.concat(chunks).equals(Buffer.concat(contents)), outcome)
})
