import { readFile } from 'node:fs/promises'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { startFaultProxy, type StoreFault, type StoreRequest } from '../support/fault-proxy.ts'
import { radosgwMissing, startRadosgw } from '../support/radosgw.ts'
import { createRandom } from '../support/random.ts'
import { H264, makeBarcodeVideo } from '../support/videos.ts'
import { readFrameNumber, startPosterframe } from './posterframe.ts'

const skip = radosgwMissing
t.setTimeout(600_000)

const directory = t.testdir()
const FRAMES_PER_SECOND = 25
const makeVideo = async (name: string) =>
  await readFile(
    await makeBarcodeVideo(directory, name, {
      seconds: 20,
      framesPerSecond: FRAMES_PER_SECOND,
      args: [...H264, '-crf', '4', '-movflags', '+faststart', '-metadata', `title=${name}`]
    })
  )
const first = await makeVideo('first.mp4')
const second = await makeVideo('second.mp4')

async function setUp (t: Test) {
  const radosgw = await startRadosgw()
  const [videos, thumbnails] = [await radosgw.createBucket(), await radosgw.createBucket()]
  const client = new S3Client({
    endpoint: radosgw.endpoint,
    credentials: radosgw.credentials,
    region: 'us-east-1',
    forcePathStyle: true
  })
  t.teardown(() => client.destroy())
  const proxy = await startFaultProxy(t, radosgw.endpoint)
  const service = await startPosterframe(t, {
    ...radosgw.env,
    AWS_ENDPOINT_URL_S3: proxy.endpoint,
    POSTERFRAME_S3_FORCE_PATH_STYLE: 'true',
    POSTERFRAME_OUTPUT_BUCKET: thumbnails,
    POSTERFRAME_SOURCE_BUCKETS: videos,
    POSTERFRAME_TIMEOUT_MS: '120000'
  })
  const place = async (key: string, bytes = first) =>
    await client.send(new PutObjectCommand({ Bucket: videos, Key: key, Body: bytes }))
  /** Checks that every object under the output prefix is a whole picture; returns their number. */
  const checkThumbnails = async () => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: thumbnails }))
    for (const { Key = '' } of Contents) {
      t.match(Key, /^thumbnails\//)
      const { Body } = await client.send(new GetObjectCommand({ Bucket: thumbnails, Key }))
      await t.resolves(
        sharp(await Body?.transformToByteArray(), { failOn: 'warning' })
          .raw()
          .toBuffer(),
        `${Key} is whole`
      )
    }
    return Contents.length
  }
  return { videos, thumbnails, proxy, service, place, checkThumbnails }
}

const TIMESTAMP = '7.3'
const FRAME = Math.floor(Number(TIMESTAMP) * FRAMES_PER_SECOND)

/** Returns a rule that applies a fault to the n-th matching request, counted from 1, or to every one. */
function inject (fault: StoreFault, matches: (request: StoreRequest) => boolean, which: number | 'every' = 1) {
  let seen = 0
  return (request: StoreRequest) => {
    if (!matches(request)) return undefined
    seen += 1
    return which === 'every' || seen === which ? fault : undefined
  }
}

const SLOW_DOWN: StoreFault = { kind: 'error', status: 503, code: 'SlowDown' }

t.test('recovers from a single fault of the store', { skip }, async (t) => {
  const { videos, thumbnails, proxy, service, place, checkThumbnails } = await setUp(t)
  const isRead = ({ method, bucket }: StoreRequest) => method === 'GET' && bucket === videos
  const isWrite = ({ method, bucket }: StoreRequest) => method === 'PUT' && bucket === thumbnails
  const cases: Array<[name: string, decide: ReturnType<typeof inject>]> = [
    ['SlowDown for the first read', inject(SLOW_DOWN, isRead)],
    ['500 for the second read', inject({ kind: 'error', status: 500, code: 'InternalError' }, isRead, 2)],
    ['a reset before the first byte', inject({ kind: 'reset', afterBytes: 0 }, isRead)],
    ['a reset in the middle of the first read', inject({ kind: 'reset', afterBytes: 1000 }, isRead)],
    ['a reset in the middle of the last read', inject({ kind: 'reset', afterBytes: 70_000 }, isRead, 2)],
    ['a body that ends early', inject({ kind: 'short', byBytes: 500 }, isRead, 2)],
    ['a body that stalls', inject({ kind: 'stall', afterBytes: 2000 }, isRead, 2)],
    ['SlowDown for the PUT', inject(SLOW_DOWN, isWrite)],
    ['a lost response to the PUT', inject({ kind: 'lost' }, isWrite)],
    ['a reset instead of the response to the PUT', inject({ kind: 'reset', afterBytes: 0 }, isWrite)]
  ]
  for (const [index, [name, decide]] of cases.entries()) {
    const key = `${index}.mp4`
    await place(key)
    const from = proxy.requests.length
    proxy.decide = decide
    const response = await service.makeFromKey(key, { timestamp: TIMESTAMP, format: 'png' })
    proxy.decide = () => undefined
    t.ok(
      proxy.requests.slice(from).some(({ fault }) => fault !== undefined),
      `${name}: the fault was injected`
    )
    t.equal(response.status, 201, `${name}: ${JSON.stringify(response.body['code'] ?? '')}`)
    if (response.status === 201) t.equal(await readFrameNumber(response), FRAME, `${name}: the right frame`)
  }
  t.equal(await checkThumbnails(), cases.length)
  t.same(await service.listScratch(), [])
})

t.test('responds to a lasting fault of the store with its code, and leaves nothing', { skip }, async (t) => {
  const { videos, thumbnails, proxy, service, place, checkThumbnails } = await setUp(t)
  const isSource = ({ bucket }: StoreRequest) => bucket === videos
  const isOutput = ({ bucket }: StoreRequest) => bucket === thumbnails
  const isWrite = ({ method, bucket }: StoreRequest) => method === 'PUT' && bucket === thumbnails
  const error = (status: number, code: string): StoreFault => ({ kind: 'error', status, code })
  const cases: Array<
    [name: string, decide: ReturnType<typeof inject>, status: number, code: string, retryable: boolean]
  > = [
    ['SlowDown', inject(SLOW_DOWN, isSource, 'every'), 502, 'store_unavailable', true],
    ['resets', inject({ kind: 'reset', afterBytes: 100 }, isSource, 'every'), 502, 'store_unavailable', true],
    ['expired credentials', inject(error(400, 'ExpiredToken'), () => true, 'every'), 502, 'store_unavailable', true],
    ['a role without rights', inject(error(403, 'AccessDenied'), isSource, 'every'), 502, 'store_forbidden', false],
    [
      'a missing source bucket',
      inject(error(404, 'NoSuchBucket'), isSource, 'every'),
      404,
      'source_not_found',
      false
    ],
    [
      'a missing output bucket',
      inject(error(404, 'NoSuchBucket'), isOutput, 'every'),
      502,
      'store_unavailable',
      true
    ],
    ['a PUT without rights', inject(error(403, 'AccessDenied'), isWrite, 'every'), 502, 'store_forbidden', false],
    ['SlowDown for every PUT', inject(SLOW_DOWN, isWrite, 'every'), 502, 'store_unavailable', true],
    ['a captive portal', inject({ kind: 'portal' }, () => true, 'every'), 502, 'store_unavailable', true]
  ]
  for (const [index, [name, decide, status, code, retryable]] of cases.entries()) {
    const key = `${index}.mp4`
    await place(key)
    proxy.decide = decide
    const response = await service.makeFromKey(key, { timestamp: TIMESTAMP })
    proxy.decide = () => undefined
    t.match({ status: response.status, ...response.body }, { status, code, retryable }, name)
    t.same(await service.listScratch(), [], `${name}: scratch`)
  }
  t.equal(await checkThumbnails(), 0)
  t.equal(
    (await service.makeFromKey('0.mp4', { timestamp: TIMESTAMP })).status,
    201,
    'succeeds after the faults'
  )
})

t.test('never mixes two versions of a video that is overwritten while it is read', { skip }, async (t) => {
  const { videos, proxy, service, place } = await setUp(t)
  for (const which of [1, 2, 3]) {
    const key = `overwritten-${which}.mp4`
    await place(key)
    let reads = 0
    proxy.decide = async ({ method, bucket }) => {
      if (method === 'GET' && bucket === videos && ++reads === which) await place(key, second)
      return undefined
    }
    const response = await service.makeFromKey(key, { timestamp: TIMESTAMP, format: 'png' })
    t.ok([201, 409].includes(response.status), `before read ${which}: ${response.status} ${String(response.body['code'])}`)
    if (response.status === 201) t.equal(await readFrameNumber(response), FRAME)
  }
  let number = 0
  await place('always.mp4')
  proxy.decide = async ({ method, bucket }) => {
    if (method === 'GET' && bucket === videos) await place('always.mp4', ++number % 2 === 0 ? first : second)
    return undefined
  }
  t.match(await service.makeFromKey('always.mp4', { timestamp: TIMESTAMP }), {
    status: 409,
    body: { code: 'source_changed', retryable: true }
  })
})

t.test('makes no wrong picture if a quarter of the store requests fail', { skip }, async (t) => {
  const { proxy, service, place, checkThumbnails } = await setUp(t)
  const seed = Date.now() % 1e6
  t.comment(`seed ${seed}`)
  const random = createRandom(seed)
  const kinds: StoreFault[] = [
    SLOW_DOWN,
    { kind: 'error', status: 500, code: 'InternalError' },
    { kind: 'reset', afterBytes: 0 },
    { kind: 'reset', afterBytes: 5000 },
    { kind: 'short', byBytes: 10 },
    { kind: 'lost' }
  ]
  await place('clock.mp4')
  proxy.decide = () => (random() < 0.25 ? kinds[Math.floor(random() * kinds.length)] : undefined)
  const requests = Array.from({ length: 40 }, (_, index) => ({
    frame: index * 12,
    timestamp: String((index * 12 + 0.5) / FRAMES_PER_SECOND),
    format: 'png'
  }))
  const requestFrame = async ({ frame, ...options }: (typeof requests)[number]) => {
    const response = await service.makeFromKey('clock.mp4', options)
    if (response.status >= 300) t.match(response, { status: 502, body: { code: 'store_unavailable', retryable: true } })
    return { frame, response }
  }
  const responses: Array<Awaited<ReturnType<typeof requestFrame>>> = []
  for (const request of requests) responses.push(await requestFrame(request))
  proxy.decide = () => undefined
  const made = responses.filter(({ response }) => response.status < 300)
  t.comment(
    `${made.length} of ${responses.length} were made, ${proxy.requests.filter(({ fault }) => fault !== undefined).length} of ${proxy.requests.length} requests failed`
  )
  t.ok(made.length > 0)
  for (const { frame, response } of made) t.equal(await readFrameNumber(response), frame)
  for (const request of requests) {
    const { response, frame } = await requestFrame(request)
    t.ok(response.status < 300, 'succeeds after the faults')
    t.equal(await readFrameNumber(response), frame)
  }
  t.equal(await checkThumbnails(), requests.length)
  t.same(await service.listScratch(), [])
})
