import { readFile } from 'node:fs/promises'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { startFaultProxy, type StoreFault, type StoreRequest } from '../support/fault-proxy.ts'
import { radosgwMissing, startRadosgw } from '../support/radosgw.ts'
import { createRandom } from '../support/random.ts'
import { H264, makeBarcodeVideo, readBarcode } from '../support/videos.ts'
import { type Answer, startPosterframe } from './posterframe.ts'

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
  /** Every object under the output prefix is a whole picture. */
  const judgeThumbnails = async () => {
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
  return { videos, thumbnails, proxy, service, place, judgeThumbnails }
}

/** The picture of an answer, fetched by its URL, and the number of the frame in it. */
async function readFrameNumber ({ body }: Answer): Promise<number> {
  const picture = Buffer.from(await (await fetch(String(body['url']))).arrayBuffer())
  const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true })
  return readBarcode(data, info.width, info.height)
}

const TIMESTAMP = '7.3'
const FRAME = Math.floor(Number(TIMESTAMP) * FRAMES_PER_SECOND)

/** Befalls the n-th request that it fits, counted from 1, or every one. */
function once (fault: StoreFault, fits: (request: StoreRequest) => boolean, which: number | 'every' = 1) {
  let seen = 0
  return (request: StoreRequest) => {
    if (!fits(request)) return undefined
    seen += 1
    return which === 'every' || seen === which ? fault : undefined
  }
}

const SLOW_DOWN: StoreFault = { kind: 'error', status: 503, code: 'SlowDown' }

t.test('one fault of the store is got over', { skip }, async (t) => {
  const { videos, thumbnails, proxy, service, place, judgeThumbnails } = await setUp(t)
  const isRead = ({ method, bucket }: StoreRequest) => method === 'GET' && bucket === videos
  const isWrite = ({ method, bucket }: StoreRequest) => method === 'PUT' && bucket === thumbnails
  const cases: Array<[name: string, decide: ReturnType<typeof once>]> = [
    ['SlowDown for the first read', once(SLOW_DOWN, isRead)],
    ['500 for the second read', once({ kind: 'error', status: 500, code: 'InternalError' }, isRead, 2)],
    ['a reset before the first byte', once({ kind: 'reset', afterBytes: 0 }, isRead)],
    ['a reset in the middle of the first read', once({ kind: 'reset', afterBytes: 1000 }, isRead)],
    ['a reset in the middle of the last read', once({ kind: 'reset', afterBytes: 70_000 }, isRead, 2)],
    ['a body that ends early', once({ kind: 'short', byBytes: 500 }, isRead, 2)],
    ['a body that stalls', once({ kind: 'stall', afterBytes: 2000 }, isRead, 2)],
    ['SlowDown for the picture', once(SLOW_DOWN, isWrite)],
    ['a lost answer to the picture', once({ kind: 'lost' }, isWrite)],
    ['a reset on the answer to the picture', once({ kind: 'reset', afterBytes: 0 }, isWrite)]
  ]
  for (const [index, [name, decide]] of cases.entries()) {
    const key = `${index}.mp4`
    await place(key)
    const from = proxy.requests.length
    proxy.decide = decide
    const answer = await service.makeFromKey(key, { timestamp: TIMESTAMP, format: 'png' })
    proxy.decide = () => undefined
    t.ok(
      proxy.requests.slice(from).some(({ fault }) => fault !== undefined),
      `${name}: it happened`
    )
    t.equal(answer.status, 201, `${name}: ${JSON.stringify(answer.body['code'] ?? '')}`)
    if (answer.status === 201) t.equal(await readFrameNumber(answer), FRAME, `${name}: the right frame`)
  }
  t.equal(await judgeThumbnails(), cases.length)
  t.same(await service.listScratch(), [])
})

t.test('one that lasts is told by its name, and leaves nothing', { skip }, async (t) => {
  const { videos, thumbnails, proxy, service, place, judgeThumbnails } = await setUp(t)
  const isSource = ({ bucket }: StoreRequest) => bucket === videos
  const isOutput = ({ bucket }: StoreRequest) => bucket === thumbnails
  const isWrite = ({ method, bucket }: StoreRequest) => method === 'PUT' && bucket === thumbnails
  const error = (status: number, code: string): StoreFault => ({ kind: 'error', status, code })
  const cases: Array<
    [name: string, decide: ReturnType<typeof once>, status: number, code: string, retryable: boolean]
  > = [
    ['SlowDown', once(SLOW_DOWN, isSource, 'every'), 502, 'store_unavailable', true],
    ['resets', once({ kind: 'reset', afterBytes: 100 }, isSource, 'every'), 502, 'store_unavailable', true],
    ['expired credentials', once(error(400, 'ExpiredToken'), () => true, 'every'), 502, 'store_forbidden', false],
    ['a role without rights', once(error(403, 'AccessDenied'), isSource, 'every'), 502, 'store_forbidden', false],
    [
      'a bucket of videos that vanished',
      once(error(404, 'NoSuchBucket'), isSource, 'every'),
      404,
      'source_not_found',
      false
    ],
    [
      'a bucket of pictures that vanished',
      once(error(404, 'NoSuchBucket'), isOutput, 'every'),
      502,
      'store_unavailable',
      true
    ],
    ['a picture that is refused', once(error(403, 'AccessDenied'), isWrite, 'every'), 502, 'store_forbidden', false],
    ['SlowDown for every picture', once(SLOW_DOWN, isWrite, 'every'), 502, 'store_unavailable', true],
    ['a portal in the way', once({ kind: 'portal' }, () => true, 'every'), 502, 'store_unavailable', true]
  ]
  for (const [index, [name, decide, status, code, retryable]] of cases.entries()) {
    const key = `${index}.mp4`
    await place(key)
    proxy.decide = decide
    const answer = await service.makeFromKey(key, { timestamp: TIMESTAMP })
    proxy.decide = () => undefined
    t.match({ status: answer.status, ...answer.body }, { status, code, retryable }, name)
    t.same(await service.listScratch(), [], `${name}: scratch`)
  }
  t.equal(await judgeThumbnails(), 0)
  t.equal(
    (await service.makeFromKey('0.mp4', { timestamp: TIMESTAMP })).status,
    201,
    'and when it is over, all goes well'
  )
})

t.test('a video that is overwritten while it is read never gives a mixture', { skip }, async (t) => {
  const { videos, proxy, service, place } = await setUp(t)
  for (const which of [1, 2, 3]) {
    const key = `overwritten-${which}.mp4`
    await place(key)
    let reads = 0
    proxy.decide = async ({ method, bucket }) => {
      if (method === 'GET' && bucket === videos && ++reads === which) await place(key, second)
      return undefined
    }
    const answer = await service.makeFromKey(key, { timestamp: TIMESTAMP, format: 'png' })
    t.ok([201, 409].includes(answer.status), `before read ${which}: ${answer.status} ${String(answer.body['code'])}`)
    if (answer.status === 201) t.equal(await readFrameNumber(answer), FRAME)
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

t.test('a quarter of all requests going wrong makes no wrong picture', { skip }, async (t) => {
  const { proxy, service, place, judgeThumbnails } = await setUp(t)
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
  const questions = Array.from({ length: 40 }, (_, index) => ({
    frame: index * 12,
    timestamp: String((index * 12 + 0.5) / FRAMES_PER_SECOND),
    format: 'png'
  }))
  const ask = async ({ frame, ...options }: (typeof questions)[number]) => {
    const answer = await service.makeFromKey('clock.mp4', options)
    if (answer.status >= 300) t.match(answer, { status: 502, body: { code: 'store_unavailable', retryable: true } })
    return { frame, answer }
  }
  const answers: Array<Awaited<ReturnType<typeof ask>>> = []
  for (const question of questions) answers.push(await ask(question))
  proxy.decide = () => undefined
  const made = answers.filter(({ answer }) => answer.status < 300)
  t.comment(
    `${made.length} of ${answers.length} were made, ${proxy.requests.filter(({ fault }) => fault !== undefined).length} of ${proxy.requests.length} requests went wrong`
  )
  t.ok(made.length > 0)
  for (const { frame, answer } of made) t.equal(await readFrameNumber(answer), frame)
  for (const question of questions) {
    const { answer, frame } = await ask(question)
    t.ok(answer.status < 300, 'when it is over, all goes well')
    t.equal(await readFrameNumber(answer), frame)
  }
  t.equal(await judgeThumbnails(), questions.length)
  t.same(await service.listScratch(), [])
})
