import t from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import { completeOptions } from '../../../src/options/thumbnail-options.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { fakeThumbnail } from '../../support/fake-services.ts'

const url = '/v1/thumbnails/batch'

interface BatchAnswer {
  readonly thumbnails: Array<{
    readonly width?: number
    readonly error?: { readonly code: string, readonly parameter?: string, readonly requestId: string }
  }>
  readonly srcset: string
}

t.test('makes several thumbnails in the requested order', async (t) => {
  const { send, services } = await buildContractedApp(t)
  const answer = await send({
    method: 'POST',
    url,
    payload: { key: 'a.mp4', bucket: 'other', items: [{ width: 320 }, { width: 640, timestamp: '2s' }] }
  })
  t.equal(answer.statusCode, 200)
  t.same(
    answer.json<BatchAnswer>().thumbnails.map(({ width }) => width),
    [320, 640]
  )
  t.same(services.batches, [
    {
      source: { kind: 'stored', bucket: 'other', key: 'a.mp4' },
      items: [completeOptions({ width: 320 }), completeOptions({ width: 640, timestamp: '2s' })]
    }
  ])
  t.match(answer.headers, { 'cache-control': 'no-store', 'server-timing': 'decode;dur=40.0' })
})

t.test('returns the error of an item in its place, and makes the others', async (t) => {
  const { send, services } = await buildContractedApp(t)
  const items = [{ width: 320 }, { width: 5 }, { widht: 320 }, 'first', { timestamp: 'soon' }, { preset: 'none' }]
  const { thumbnails } = (await send({ method: 'POST', url, payload: { key: 'a', items } })).json<BatchAnswer>()
  t.same(
    thumbnails.map(({ error }) => error?.code),
    [undefined, 'invalid_request', 'invalid_request', 'invalid_request', 'invalid_timestamp', 'invalid_request']
  )
  t.same(
    thumbnails.map(({ error }) => error?.parameter),
    [undefined, 'width', 'widht', undefined, undefined, 'preset']
  )
  t.equal(services.batches[0]?.items.length, 6)
})

t.test('says what an item must be', async (t) => {
  const { send } = await buildContractedApp(t)
  for (const item of [5, 'first', null, ['first']]) {
    const answer = await send({ method: 'POST', url, payload: { key: 'a', items: [item, {}] } })
    t.match(answer.json<BatchAnswer>().thumbnails[0]?.error, {
      code: 'invalid_request',
      detail: 'Each of the items must be a JSON object with the options of a thumbnail, such as {"timestamp": "12.5s"}.'
    })
  }
})

t.test('writes a srcset of one frame in one format, each width once', async (t) => {
  const made = (width: number, others = {}) => ({ ...fakeThumbnail, width, url: `https://a/${width}`, ...others })
  const { send } = await buildContractedApp(t, {
    makeBatch: async () => ({
      batch: {
        thumbnails: [
          new PosterframeError('timestamp_out_of_range'),
          made(320),
          made(640),
          made(640, { url: 'https://a/again' }),
          made(800, { timestamp: 1 }),
          made(900, { contentType: 'image/webp' })
        ],
        work: { bytesRead: 1, requests: 1, packetsDecoded: 1 }
      },
      stepTimes: {}
    })
  })
  const items = Array.from({ length: 6 }, () => ({}))
  t.equal(
    (await send({ method: 'POST', url, payload: { key: 'a', items } })).json<BatchAnswer>().srcset,
    'https://a/320 320w, https://a/640 640w'
  )
})

t.test('limits the pixels of all pictures together', async (t) => {
  const { send, services } = await buildContractedApp(t)
  const ask = async (items: object[]) => await send({ method: 'POST', url, payload: { key: 'a', items } })
  for (const item of [{ width: 4096 }, { height: 4096 }, { width: 4096, height: 4096, fit: 'cover' }]) {
    t.match((await ask(Array.from({ length: 50 }, () => item))).json(), {
      status: 400,
      code: 'invalid_request',
      parameter: 'items',
      detail:
        "'items' has pictures of 838,860,800 pixels together, and a request may have 192,000,000, counting a side " +
        'that is not given like the other one. Request smaller pictures, or spread them over several requests.'
    })
  }
  t.equal(services.batches.length, 0, 'no video was opened')
  const srcset = [320, 480, 640, 768, 1024, 1280, 1536, 1920, 2560, 3840]
  const ordinary = srcset.flatMap((width) => ['1s', '2s', '3s', '4s', '5s'].map((timestamp) => ({ width, timestamp })))
  t.equal((await ask(ordinary)).statusCode, 200)
  t.equal((await ask(Array.from({ length: 50 }, (_, second) => ({ timestamp: `${second}s` })))).statusCode, 200)
})

t.test('rejects an invalid body', async (t) => {
  const { send } = await buildContractedApp(t)
  const bodies = [
    { key: 'a' },
    { key: 'a', items: [] },
    { key: 'a', items: Array.from({ length: 51 }, () => ({})) },
    { items: [{}] },
    { key: 'a', items: [{}], width: 5 },
    { key: 'a/../b', items: [{}] }
  ]
  for (const payload of bodies) {
    t.match((await send({ method: 'POST', url, payload })).statusCode, /40[03]/, JSON.stringify(payload).slice(0, 60))
  }
})
