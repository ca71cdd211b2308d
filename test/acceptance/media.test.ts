import { existsSync, openAsBlob, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import sharp from 'sharp'
import t from 'tap'
import type { Test } from 'tap'
import { radosgwMissing, startRadosgw } from '../support/radosgw.ts'
import { type CheckedResponse, type Posterframe, startPosterframe } from './posterframe.ts'

/** A corpus of real and hostile videos beside the checkout; the tests skip themselves if there is none. */
const CORPUS = '../shared/media'

interface Entry {
  readonly file: string
  readonly upload_name: string
  readonly expectation: string
  readonly also_acceptable: readonly string[]
  readonly display_width: number | null
  readonly display_height: number | null
  readonly rotation: number | null
}

const entries = existsSync(join(CORPUS, 'manifest.json'))
  ? (JSON.parse(readFileSync(join(CORPUS, 'manifest.json'), 'utf8')) as Entry[])
  : []
const skip = entries.length === 0 && `needs the corpus in ${CORPUS}`
t.setTimeout(900_000)

t.test('responds to every file of the corpus as an upload', { skip }, async (t) => {
  const service = await startPosterframe(t, { POSTERFRAME_SLOTS: '2' })
  await sweepCorpus(
    t,
    service,
    async ({ file, upload_name: name }) =>
      await service.makeFromUpload(await openAsBlob(join(CORPUS, file)), name, '?timestamp=middle&width=640')
  )
})

t.test('responds to every file of the corpus as a key of an S3 bucket', { skip: skip || radosgwMissing }, async (t) => {
  const radosgw = await startRadosgw()
  const [videos, thumbnails] = [await radosgw.createBucket(), await radosgw.createBucket()]
  const client = new S3Client({
    endpoint: radosgw.endpoint,
    credentials: radosgw.credentials,
    region: 'us-east-1',
    forcePathStyle: true
  })
  t.teardown(() => client.destroy())
  const service = await startPosterframe(t, {
    ...radosgw.env,
    POSTERFRAME_SLOTS: '2',
    POSTERFRAME_S3_FORCE_PATH_STYLE: 'true',
    POSTERFRAME_OUTPUT_BUCKET: thumbnails,
    POSTERFRAME_SOURCE_BUCKETS: videos
  })
  await sweepCorpus(t, service, async ({ file, upload_name: name }) => {
    const key = `in/${file}/${name}`
    await client.send(new PutObjectCommand({ Bucket: videos, Key: key, Body: await readFile(join(CORPUS, file)) }))
    return await service.makeFromKey(key, { timestamp: 'middle', width: 640 })
  })
})

/** Sends every file, two at a time, and counts the outcomes. */
async function sweepCorpus (
  t: Test,
  service: Posterframe,
  send: (entry: Entry) => Promise<CheckedResponse>
): Promise<void> {
  const counts = new Map<string, number>()
  const queue = [...entries]
  const work = async () => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      const response = await send(entry)
      const outcome = response.status < 300 ? 'made' : String(response.body['code'])
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
      await judge(t, entry, response)
    }
  }
  await Promise.all([work(), work()])
  t.comment(JSON.stringify(Object.fromEntries([...counts].sort())))
  t.same(await service.listScratch(), [], 'scratch is empty')
  t.match(await service.call('/readyz'), { status: 200 }, 'the service stays ready')
}

async function judge (t: Test, entry: Entry, { status, body }: CheckedResponse): Promise<void> {
  const mayFail = entry.expectation !== 'ok' || entry.also_acceptable.some((outcome) => outcome.startsWith('error:'))
  const mayPass = entry.expectation === 'ok' || entry.also_acceptable.includes('ok')
  // A second file with the same bytes is found in the store.
  if (status === 201 || status === 200) {
    t.ok(mayPass, `${entry.file} gives a picture`)
    const picture = Buffer.from(await (await fetch(String(body['url']))).arrayBuffer())
    t.match(
      await sharp(picture).metadata(),
      { format: 'jpeg', width: body['width'], height: body['height'] },
      `${entry.file}: the picture matches the response`
    )
    if (entry.expectation === 'ok') judgeSource(t, entry, body['source'] as Record<string, number>)
  } else {
    t.ok(status >= 400 && status < 500 && mayFail, `${entry.file}: ${status} ${String(body['code'])}`)
  }
}

function judgeSource (
  t: Test,
  { file, display_width: width, display_height: height, rotation }: Entry,
  source: Record<string, number>
): void {
  const isClose =
    Math.abs((source['width'] ?? 0) - (width ?? 0)) <= 1 && Math.abs((source['height'] ?? 0) - (height ?? 0)) <= 1
  t.ok(isClose, `${file}: the size is ${source['width']} x ${source['height']}, not ${width} x ${height}`)
  t.equal(source['rotation'], rotation, `${file}: rotation`)
}
