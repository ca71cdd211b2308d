import t from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import { completeOptions } from '../../../src/options/thumbnail-options.ts'
import { buildContractedApp } from '../../support/contracted-app.ts'
import { fakeThumbnail } from '../../support/fake-services.ts'

const url = '/v1/thumbnails'

t.test('makes a thumbnail of a key and returns 201 with Server-Timing', async (t) => {
  const { send, services } = await buildContractedApp(t)
  const answer = await send({ method: 'POST', url, payload: { key: 'videos/a.mp4', timestamp: '12.5s', width: 640 } })
  t.equal(answer.statusCode, 201)
  t.same(answer.json(), fakeThumbnail)
  t.equal(answer.headers['server-timing'], 'fetch;dur=1.3, decode;dur=40.0')
  t.equal(answer.headers['cache-control'], 'no-store')
  t.same(services.requests, [
    {
      source: { kind: 'stored', bucket: 'videos', key: 'videos/a.mp4' },
      options: completeOptions({ timestamp: '12.5s', width: 640 })
    }
  ])
})

t.test('accepts times as JSON numbers, choices in any case and with blanks, and colours by name', async (t) => {
  const { send, services } = await buildContractedApp(t)
  const expected = completeOptions({ timestamp: '5s', format: 'jpeg', fit: 'cover', background: 'ffffff' })
  const payload = { key: 'a', timestamp: 5, format: 'JPG', fit: ' Cover ', background: 'White' }
  t.equal((await send({ method: 'POST', url, payload })).statusCode, 201)
  const query = 'timestamp=%205%20&format=%20Jpg&fit=COVER&background=white'
  t.equal((await send({ url: `${url}?key=a&${query}` })).statusCode, 302)
  t.same(
    services.requests.map(({ options }) => options),
    [expected, expected]
  )
  for (const timestamp of [true, null, [5], 1e10]) {
    const answer = await send({ method: 'POST', url, payload: { key: 'a', timestamp } })
    t.equal(answer.statusCode, 400, JSON.stringify(timestamp))
  }
})

t.test('redirects a HEAD to a URL that allows HEAD, which no cache keeps', async (t) => {
  const { send, services } = await buildContractedApp(t)
  const head = await send({ method: 'HEAD', url: `${url}?key=a` })
  t.match([head.statusCode, head.headers['cache-control']], [302, 'no-store'])
  await send({ method: 'HEAD', url: `${url}?key=a`, headers: { accept: 'application/json' } })
  await send({ url: `${url}?key=a` })
  t.same(
    services.requests.map(({ urlMethod }) => urlMethod),
    ['HEAD', undefined, undefined]
  )
})

t.test('returns 200 if the thumbnail is stored already', async (t) => {
  const { send } = await buildContractedApp(t, {
    makeThumbnail: async () => ({ thumbnail: { ...fakeThumbnail, cached: true }, urlSeconds: 3600, stepTimes: {} })
  })
  const answer = await send({ method: 'POST', url, payload: { key: 'a' } })
  t.equal(answer.statusCode, 200)
  t.notOk(answer.headers['server-timing'])
})

t.test('accepts every option in the query', async (t) => {
  const { send, services } = await buildContractedApp(t)
  const query =
    'timestamp=50%25&seek=keyframe&beyond=clamp&width=16&height=4096&fit=cover&format=webp' +
      '&quality=1&background=%23FF8000&regenerate=true&expires=60'
  const answer = await send({ method: 'POST', url: `${url}?${query}`, payload: { key: 'a', bucket: 'other' } })
  t.equal(answer.statusCode, 201)
  t.same(services.requests[0]?.source, { kind: 'stored', bucket: 'other', key: 'a' })
  t.same(
    services.requests[0]?.options,
    completeOptions({
      timestamp: '50%',
      seek: 'keyframe',
      beyond: 'clamp',
      width: 16,
      height: 4096,
      fit: 'cover',
      format: 'webp',
      quality: 1,
      background: 'ff8000',
      regenerate: true,
      expires: 60
    })
  )
})

t.test('accepts keys with commas, pluses, percent signs, spaces and Unicode unchanged', async (t) => {
  const { send, services } = await buildContractedApp(t)
  const keys = ['a,b.mp4', 'a+b.mp4', '100%.mp4', 'a%20b.mp4', ' a b ', 'ä/日本/🎬.mp4', 'a//b', '#?&=.mp4', '"\'<>']
  for (const key of keys) {
    await send({ method: 'POST', url, payload: { key } })
    await send({ method: 'GET', url: `${url}?key=${encodeURIComponent(key)}` })
  }
  t.same(
    services.requests.map(({ source }) => source.kind === 'stored' && source.key),
    keys.flatMap((key) => [key, key])
  )
})

const invalidRequests: Array<[name: string, query: string, payload: object, detail: RegExp, parameter?: string]> = [
  ['an unknown parameter', '?widht=640', { key: 'a' }, /'widht' is not a known parameter/, 'widht'],
  ['an unknown field', '', { key: 'a', widht: 640 }, /'widht' is not a known parameter/, 'widht'],
  ['a field named like a prototype', '?toString=1', { key: 'a' }, /'toString' is not a known parameter/, 'toString'],
  ['a key in the query', '?key=a', { key: 'a' }, /'key' is in the query of a POST\. Send it in the JSON body/, 'key'],
  ['a body without a key', '', {}, /'key' is missing/, 'key'],
  ['an empty key', '', { key: '' }, /'key'/, 'key'],
  ['a key of another type', '', { key: 7 }, /'key' is 7, and must be a text of 1 to 1,024 characters/, 'key'],
  ['a key of 1,025 bytes', '', { key: 'ä'.repeat(513) }, /1026 bytes of UTF-8.* 1024/, 'key'],
  ['a key that is not Unicode', '', { key: '\ud800' }, /not valid Unicode/, 'key'],
  ['a number as text in the body', '', { key: 'a', width: '640' }, /'width' is the text '640', and must be a whole number/, 'width'],
  ['a switch as text in the body', '', { key: 'a', regenerate: 'true' }, /'regenerate' is the text 'true', and must be true or false/, 'regenerate'],
  ['a fraction of a pixel', '?width=640.5', { key: 'a' }, /'width' is '640\.5', and must be a whole number/, 'width'],
  ['an empty number', '?width=', { key: 'a' }, /'width'/, 'width'],
  ['a number in hex', '?width=0x280', { key: 'a' }, /'width'/, 'width'],
  ['a number below its range', '?width=15', { key: 'a' }, /'width' is 15, and must be a whole number from 16 to 4,096/, 'width'],
  ['a number above its range', '?quality=101', { key: 'a' }, /'quality' is 101, and must be a whole number from 1 to 100/, 'quality'],
  [
    'a word that is not in the list',
    '?fit=zoom',
    { key: 'a' },
    /'fit' is 'zoom', and must be one of inside, cover, contain, fill/,
    'fit'
  ],
  ['a switch in capitals', '?regenerate=TRUE', { key: 'a' }, /'regenerate'/, 'regenerate'],
  [
    'an option given twice in the query',
    '?width=640&width=641',
    { key: 'a' },
    /'width' is given more than once/,
    'width'
  ],
  ['an option in both places', '?width=640', { key: 'a', width: 640 }, /'width' is in both/, 'width'],
  ['a body that is a list', '', ['a'], /must be a JSON object/],
  ['an unencoded percent sign', '?timestamp=50%', { key: 'a' }, /%25/],
  ['bytes that are not UTF-8', '?timestamp=%FF', { key: 'a' }, /percent-encoded UTF-8/]
]

t.test('rejects an invalid request and names the parameter', async (t) => {
  const { send, services } = await buildContractedApp(t)
  for (const [name, query, payload, detail, parameter] of invalidRequests) {
    const answer = await send({ method: 'POST', url: url + query, payload })
    const problem = answer.json<Record<string, unknown>>()
    t.equal(answer.statusCode, 400, name)
    t.match(problem, { code: 'invalid_request', detail }, name)
    t.equal(problem['parameter'], parameter, name)
  }
  t.same(services.requests, [])
})

t.test('rejects a malformed timestamp', async (t) => {
  const { send } = await buildContractedApp(t)
  const answer = await send({ method: 'POST', url, payload: { key: 'a', timestamp: 'noon' } })
  t.match(answer.json(), { status: 400, code: 'invalid_timestamp' })
})

t.test(
  'redirects an <img> to the presigned URL, with a cache lifetime shorter than that of the URL',
  async (t) => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const location = 'https://store.example/thumbnails/a%2Cb%2Bc%20d.jpg?X-Amz-Signature=%C3%A4%2B,+'
    const { send } = await buildContractedApp(t, {
      makeThumbnail: async () => ({
        thumbnail: { ...fakeThumbnail, url: location, expiresAt },
        urlSeconds: 3600,
        stepTimes: { store: 3 }
      })
    })
    const answer = await send({
      method: 'GET',
      url: `${url}?key=a&timestamp=2s`,
      headers: { accept: 'image/avif,image/webp,*/*;q=0.8' }
    })
    t.equal(answer.statusCode, 302)
    t.equal(answer.headers.location, location)
    t.equal(answer.body, '')
    t.match(answer.headers, { vary: 'accept', 'server-timing': 'store;dur=3.0' })
    const maxAge = Number(/^private, max-age=(\d+)$/.exec(String(answer.headers['cache-control']))?.[1])
    t.ok(maxAge > 3000 && maxAge < 3300, `${maxAge} s`)
  }
)

t.test('returns JSON for a GET that accepts JSON explicitly', async (t) => {
  const { send } = await buildContractedApp(t)
  for (const accept of ['application/json', 'application/json; q=0.9, */*', 'image/*, Application/JSON']) {
    const answer = await send({ method: 'GET', url: `${url}?key=a`, headers: { accept } })
    t.equal(answer.statusCode, 200, accept)
    t.same(answer.json(), fakeThumbnail, accept)
  }
  for (const accept of ['*/*', 'application/json;q=0', 'application/json5', '']) {
    t.equal((await send({ method: 'GET', url: `${url}?key=a`, headers: { accept } })).statusCode, 302, accept)
  }
})

t.test('never caches a redirect to an expired URL', async (t) => {
  const { send } = await buildContractedApp(t, {
    makeThumbnail: async () => ({ thumbnail: fakeThumbnail, urlSeconds: 0, stepTimes: {} })
  })
  const answer = await send({ method: 'GET', url: `${url}?key=a` })
  t.equal(answer.headers['cache-control'], 'private, max-age=0')
})

t.test('caches a redirect by the lifetime of its URL, whatever the clock of the store says', async (t) => {
  for (const expiresAt of ['2020-01-01T00:00:00Z', '2126-01-01T00:00:00Z']) {
    const { send } = await buildContractedApp(t, {
      makeThumbnail: async () => ({ thumbnail: { ...fakeThumbnail, expiresAt }, urlSeconds: 3600, stepTimes: {} })
    })
    const answer = await send({ method: 'GET', url: `${url}?key=a` })
    t.equal(answer.headers['cache-control'], 'private, max-age=3240', expiresAt)
  }
})

t.test('requires a key on GET, and rejects regenerate', async (t) => {
  const { send } = await buildContractedApp(t)
  t.match((await send({ method: 'GET', url: `${url}?key=a&regenerate=true` })).json(), {
    code: 'invalid_request',
    parameter: 'regenerate'
  })
  t.match((await send({ method: 'GET', url })).json(), { code: 'invalid_request', parameter: 'key' })
})

t.test('returns 504 when the use case exceeds the time limit', async (t) => {
  const { send } = await buildContractedApp(
    t,
    {
      makeThumbnail: (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new DOMException('wrapped', 'AbortError'))
          })
        })
    },
    { timeoutMs: 1 }
  )
  const answer = await send({ method: 'POST', url, payload: { key: 'a' } })
  t.match(answer.json(), { status: 504, code: 'timed_out', retryable: true })
})

t.test('sends an error of the use case with its own members', async (t) => {
  const { send } = await buildContractedApp(t, {
    makeThumbnail: async () => {
      throw new PosterframeError('timestamp_out_of_range', { members: { duration: 3.5 } })
    }
  })
  const answer = await send({ method: 'GET', url: `${url}?key=a&timestamp=9` })
  t.match(answer.json(), { status: 422, code: 'timestamp_out_of_range', duration: 3.5, retryable: false })
})

t.test('sends 304 for a cached response only if URLs do not expire', async (t) => {
  const ask = { method: 'GET', url: `${url}?key=a`, headers: { accept: 'application/json' } } as const
  const delivered = await buildContractedApp(t, {}, { isDelivered: true })
  const first = await delivered.send(ask)
  const etag = String(first.headers.etag)
  t.match(etag, /^W\/"[\w-]{43}"$/)
  const second = await delivered.send({ ...ask, headers: { ...ask.headers, 'if-none-match': etag } })
  t.equal(second.statusCode, 304)
  t.equal(second.body, '')
  t.equal((await delivered.send({ ...ask, headers: { ...ask.headers, 'if-none-match': 'W/"other"' } })).statusCode, 200)

  const presigned = await buildContractedApp(t)
  const answer = await presigned.send({ ...ask, headers: { ...ask.headers, 'if-none-match': etag } })
  t.equal(answer.statusCode, 200)
  t.notOk(answer.headers.etag)
})
