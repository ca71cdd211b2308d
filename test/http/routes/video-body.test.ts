import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'
import { completeOptions } from '../../../src/options/thumbnail-options.ts'
import type { ThumbnailRequest, UploadedSource } from '../../../src/thumbnails/thumbnail.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { createFakeServices, fakeThumbnail } from '../../support/fake-services.ts'

const url = '/v1/thumbnails'
const video = randomBytes(300_000)

async function build (t: Parameters<typeof buildContractedApp>[0], settings = {}) {
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
  const post = (type: string | undefined, payload: Buffer, query = '') =>
    built.app.inject({
      method: 'POST',
      url: url + query,
      headers: type === undefined ? {} : { 'content-type': type },
      payload
    })
  return { ...built, seen, post }
}

t.test('makes a thumbnail of a body that is the video, with the options in the query', async (t) => {
  const { post, seen, scratch } = await build(t)
  const types = ['video/mp4', 'VIDEO/MP2T', 'application/octet-stream', 'application/mxf', 'image/gif']
  for (const type of [...types, undefined]) {
    const answer = await post(type, video, '?timestamp=5&format=jpg')
    t.equal(answer.statusCode, 201, String(type))
    const { request, content } = seen.pop()!
    t.ok(content.equals(video), String(type))
    t.match(request.source, {
      kind: 'upload',
      bytes: 300_000,
      sha256: createHash('sha256').update(video).digest('hex')
    })
    t.same(request.options, completeOptions({ timestamp: '5', format: 'jpeg' }))
  }
  t.same(await readdir(scratch), [])
})

t.test('rejects invalid options and too large a video before reading it', async (t) => {
  const { post, seen, scratch } = await build(t, { maxUploadBytes: 299_999 })
  t.match((await post('video/mp4', video)).json(), { status: 413, code: 'upload_too_large', maxBytes: 299_999 })
  t.match((await post('video/mp4', video, '?timestamp=noon')).json(), { status: 400, code: 'invalid_timestamp' })
  t.match((await post('video/mp4', video, '?key=a')).json(), { status: 400, parameter: 'key' })
  t.same(seen, [])
  t.same(await readdir(scratch), [])
})

t.test('reserves scratch space for the declared size', async (t) => {
  const asked: number[] = []
  const { scratch } = createFakeServices(t.testdir())
  const reserveSpace = async (bytes: number) => {
    asked.push(bytes)
  }
  const { app } = await buildContractedApp(t, { scratch: { ...scratch, reserveSpace } })
  await app.inject({ method: 'POST', url, headers: { 'content-type': 'video/mp4' }, payload: video })
  t.equal(asked[0], 300_000)
  t.ok(asked.slice(1).reduce((sum, bytes) => sum + bytes, 0) >= 300_000)
})

t.test('takes no other type, and no video on other routes', async (t) => {
  const { app, post, seen } = await build(t)
  for (const type of ['image/jpeg', 'text/plain', 'application/x-www-form-urlencoded', 'audio/mp4', 'xvideo/mp4']) {
    t.match((await post(type, video)).json(), { status: 415, code: 'unsupported_content_type' }, type)
  }
  const headers = { 'content-type': 'video/mp4' }
  const answer = await app.inject({ method: 'POST', url: '/v1/storyboards', headers, payload: video })
  t.match(answer.json(), { status: 415, code: 'unsupported_content_type' })
  t.match((await app.inject({ method: 'POST', url })).json(), { status: 400, detail: /body is missing/ })
  t.same(seen, [])
})
