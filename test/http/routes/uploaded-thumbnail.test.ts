import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'
import { completeOptions } from '../../../src/options/thumbnail-options.ts'
import type { ThumbnailRequest, UploadedSource } from '../../../src/thumbnails/thumbnail.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { createFakeServices, fakeThumbnail } from '../../support/fake-services.ts'
import { buildForm, FORM_TYPE, type FormPart } from '../../support/multipart-body.ts'

const url = '/v1/thumbnails'
const video = randomBytes(300_000)
const file: FormPart = { name: 'file', filename: 'a b.mp4', type: 'video/mp4', content: video }
const field = (name: string, content: string): FormPart => ({ name, content })

/** Builds an app whose use case reads the uploaded file before scratch is cleared. */
async function buildUploadApp (t: Parameters<typeof buildContractedApp>[0], settings = {}) {
  const seen: Array<{ request: ThumbnailRequest, content: Buffer }> = []
  const built = await buildContractedApp(
    t,
    {
      makeThumbnail: async (request) => {
        seen.push({ request, content: await readFile((request.source as UploadedSource).path) })
        return { thumbnail: fakeThumbnail, urlSeconds: 3600, stepTimes: {} }
      }
    },
    settings
  )
  const upload = (parts: readonly FormPart[], query = '') =>
    built.send({ method: 'POST', url: url + query, headers: { 'content-type': FORM_TYPE }, payload: buildForm(parts) })
  return { ...built, seen, upload }
}

t.test('streams the file to scratch with its size and SHA-256, and removes it', async (t) => {
  const { upload, seen, scratch } = await buildUploadApp(t)
  const answer = await upload([file])
  t.equal(answer.statusCode, 201)
  t.ok(seen[0]?.content.equals(video))
  t.match(seen[0]?.request.source, {
    kind: 'upload',
    bytes: 300_000,
    sha256: createHash('sha256').update(video).digest('hex')
  })
  t.same(seen[0]?.request.options, completeOptions({}))
  t.same(await readdir(scratch), [])
})

t.test('accepts options in the query, and in fields before and after the file', async (t) => {
  const { upload, seen } = await buildUploadApp(t)
  const answer = await upload(
    [field('width', '640'), file, field('regenerate', 'true'), field('timestamp', '50%')],
    '?fit=cover'
  )
  t.equal(answer.statusCode, 201)
  t.same(seen[0]?.request.options, completeOptions({ width: 640, regenerate: true, timestamp: '50%', fit: 'cover' }))
})

t.test('accepts a file in a field of any name', async (t) => {
  const { upload, seen } = await buildUploadApp(t)
  for (const name of ['video', 'timestamp', '']) {
    t.equal((await upload([field('width', '640'), { ...file, name }])).statusCode, 201, name)
  }
  t.equal(seen.length, 3)
  for (const { request, content } of seen) {
    t.ok(content.equals(video))
    t.same(request.options, completeOptions({ width: 640 }))
  }
})

t.test('accepts a file with a type and no name, and an empty file', async (t) => {
  const { upload, seen } = await buildUploadApp(t)
  t.equal((await upload([{ name: 'file', type: 'video/mp4', content: 'abc' }])).statusCode, 201)
  t.equal((await upload([{ ...file, content: '' }])).statusCode, 201)
  t.same(
    seen.map(({ content }) => content.toString()),
    ['abc', '']
  )
})

const invalidForms: Array<[name: string, parts: FormPart[], query: string, problem: object]> = [
  ['a form without a file', [field('width', '640')], '', { code: 'invalid_request', parameter: 'file' }],
  ['an empty form', [], '', { code: 'invalid_request' }],
  ['a second file', [file, file], '', { code: 'invalid_request', detail: /more than one file/ }],
  [
    'a second file under another name',
    [file, { ...file, name: 'video' }],
    '',
    { code: 'invalid_request', detail: /more than one file/ }
  ],
  [
    'an unknown field before the file',
    [field('widht', '640'), file],
    '',
    { code: 'invalid_request', parameter: 'widht' }
  ],
  [
    'an unknown field after the file',
    [file, field('widht', '640')],
    '',
    { code: 'invalid_request', parameter: 'widht' }
  ],
  ['a key, which a form does not have', [field('key', 'a'), file], '', { code: 'invalid_request', parameter: 'key' }],
  [
    'a field twice',
    [field('width', '640'), file, field('width', '640')],
    '',
    { code: 'invalid_request', parameter: 'width', detail: /more than once/ }
  ],
  [
    'an option in the query and the form',
    [field('width', '640'), file],
    '?width=640',
    { code: 'invalid_request', parameter: 'width', detail: /both/ }
  ],
  ['a wrong value', [file, field('width', '640px')], '', { code: 'invalid_request', parameter: 'width' }],
  ['a wrong timestamp in the form', [file, field('timestamp', 'noon')], '', { code: 'invalid_timestamp' }],
  ['a wrong timestamp in the query', [file], '?timestamp=noon', { code: 'invalid_timestamp' }],
  [
    'a field that is too long',
    [field('timestamp', '1'.repeat(2000)), file],
    '',
    { code: 'invalid_request', detail: /short plain text/ }
  ],
  [
    'a field that is JSON',
    [{ name: 'width', content: '640', type: 'application/json' }, file],
    '',
    { code: 'invalid_request', detail: /short plain text/ }
  ],
  ['a part without a name', [{ content: '640' }, file], '', { code: 'invalid_request', detail: /no name/ }],
  ['a field named like a prototype', [field('__proto__', '1'), file], '', { code: 'invalid_request' }],
  [
    'too many parts',
    [...Array.from({ length: 40 }, () => field('width', '640')), file],
    '',
    { code: 'invalid_request' }
  ]
]

t.test('rejects an invalid form and removes the file', async (t) => {
  const { upload, seen, scratch } = await buildUploadApp(t)
  for (const [name, parts, query, problem] of invalidForms) {
    const answer = await upload(parts, query)
    t.match(answer.json(), { status: 400, ...problem }, name)
    t.same(await readdir(scratch), [], name)
  }
  t.same(seen, [])
})

t.test('rejects a truncated body, wherever it ends', async (t) => {
  const { send, seen, scratch } = await buildUploadApp(t)
  const whole = buildForm([field('width', '640'), file, field('fit', 'cover')])
  const end = whole.length
  for (const length of [1, 20, 60, 150, 200, 260, 1000, 150_000, 300_200, end - 100, end - 40, end - 8]) {
    const answer = await send({
      method: 'POST',
      url,
      headers: { 'content-type': FORM_TYPE },
      payload: whole.subarray(0, length)
    })
    t.match(answer.json(), { status: 400, code: 'invalid_request' }, `${length} bytes`)
    t.same(await readdir(scratch), [])
  }
  t.same(seen, [])
})

t.test('accepts a file of exactly the limit, and rejects one byte more', async (t) => {
  const { upload, seen, scratch } = await buildUploadApp(t, { maxUploadBytes: 300_000 })
  t.equal((await upload([file])).statusCode, 201)
  const answer = await upload([{ ...file, content: Buffer.concat([video, Buffer.from('x')]) }])
  t.match(answer.json(), { status: 413, code: 'upload_too_large', maxBytes: 300_000, detail: /300,000 bytes.*key/ })
  t.equal(seen.length, 1)
  t.same(await readdir(scratch), [])
})

t.test('rejects a Content-Length beyond the limit before creating a scratch directory', async (t) => {
  const { upload, seen } = await buildUploadApp(t, { maxUploadBytes: 1000 })
  t.match((await upload([file])).json(), { status: 413, code: 'upload_too_large' })
  t.same(seen, [])
})

t.test('checks the declared size before writing, and reserves scratch space for what arrives', async (t) => {
  const asked: number[] = []
  const scratch = t.testdir()
  const services = createFakeServices(scratch)
  const { send } = await buildContractedApp(t, {
    scratch: {
      ...services.scratch,
      reserveSpace: async (bytes: number) => {
        asked.push(bytes)
      }
    }
  })
  const body = buildForm([file])
  await send({ method: 'POST', url, headers: { 'content-type': FORM_TYPE }, payload: body })
  t.equal(asked[0], body.length)
  t.ok(asked.slice(1).reduce((sum, bytes) => sum + bytes, 0) >= 300_000)
})
