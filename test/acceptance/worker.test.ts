// Two workers on one queue and one store, one of which is killed every few seconds: no thumbnail is missing or made
// twice. POSTERFRAME_TEST_MESSAGES=1000 makes the run longer.
import { mkdtempSync, rmSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient
} from '@aws-sdk/client-sqs'
import { startFauxqs } from 'fauxqs'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { buildNotification } from '../support/source-events.ts'
import { type RunningService, startService } from '../support/running-service.ts'
import { findTestFfmpeg, H264, makeBarcodeVideo, readBarcode } from '../support/videos.ts'

const MESSAGES = Number(process.env['POSTERFRAME_TEST_MESSAGES'] ?? 100)
const KILL_EVERY_MS = 10_000
const VIDEOS = 10
t.setTimeout(3_600_000)

/** Starts a queue with a dead-letter queue for messages received five times. */
async function startQueues (t: Test) {
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false })
  const endpoint = `http://127.0.0.1:${server.port}`
  const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'SECRETTEST' }
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials })
  t.teardown(async () => {
    client.destroy()
    await server.stop()
  })
  const create = async (name: string, attributes: Record<string, string> = {}) => {
    await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }))
    return `${endpoint}/000000000000/${name}`
  }
  const deadLetterUrl = await create('dead-letters')
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetterUrl, AttributeNames: ['QueueArn'] })
  )
  const queueUrl = await create('videos', {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: '5' })
  })
  const count = async (url: string) => {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed'
        ]
      })
    )
    return Object.values(Attributes).reduce((sum, number) => sum + Number(number), 0)
  }
  return {
    queueUrl,
    env: {
      AWS_ENDPOINT_URL_SQS: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey
    },
    countLeft: () => count(queueUrl),
    countDeadLetters: () => count(deadLetterUrl),
    async send (bodies: readonly string[]) {
      for (let at = 0; at < bodies.length; at += 10) {
        await client.send(
          new SendMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: bodies.slice(at, at + 10).map((MessageBody, place) => ({ Id: String(place), MessageBody }))
          })
        )
      }
    },
    /** Moves dead letters back to the queue, as an operator would. */
    async redrive () {
      let moved = 0
      for (;;) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({ QueueUrl: deadLetterUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 })
        )
        if (Messages.length === 0) return moved
        for (const { Body, ReceiptHandle } of Messages) {
          await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: Body }))
          await client.send(new DeleteMessageCommand({ QueueUrl: deadLetterUrl, ReceiptHandle }))
          moved++
        }
      }
    }
  }
}

/** Places videos with different middle frames, and files that give no thumbnail. */
async function placeSources (t: Test, bucket: string) {
  const made = t.testdir()
  const videos = await Promise.all(
    Array.from({ length: VIDEOS }, (_, at) =>
      makeBarcodeVideo(made, `${at}.mp4`, {
        seconds: 1 + at * 0.4,
        framesPerSecond: 25,
        args: [...H264, '-movflags', '+faststart']
      })
    )
  )
  const sources: Array<{ key: string, frame: number | undefined }> = []
  for (let at = 0; at < MESSAGES; at++) {
    const key = `${at % 7}/a+b %2B, ü ${at}.mp4`
    const path = join(bucket, key)
    await mkdir(dirname(path), { recursive: true })
    const video = videos[at % VIDEOS]!
    if (at % 10 === 9) await writeFile(path, at % 20 === 9 ? 'not a video' : (await readFile(video)).subarray(0, 300))
    else await copyFile(video, path)
    sources.push({ key, frame: at % 10 === 9 ? undefined : 12 + 5 * (at % VIDEOS) })
  }
  return sources
}

t.test(
  'makes each thumbnail or failure record once, however many workers are killed',
  async (t) => {
    const directory = t.testdir()
    // A short path, because liveness uses a socket, whose path may have at most 100 bytes.
    const scratches = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'posterframe-worker-')))
    t.teardown(() => {
      for (const scratch of scratches) rmSync(scratch, { recursive: true, force: true })
    })
    const data = join(directory, 'data')
    await mkdir(join(data, 'videos'), { recursive: true })
    const queues = await startQueues(t)
    const sources = await placeSources(t, join(data, 'videos'))
    const env = {
      ...queues.env,
      PATH: process.env['PATH'],
      FFMPEG_PATH: await findTestFfmpeg(),
      POSTERFRAME_LOCAL_DIR: data,
      POSTERFRAME_QUEUE_URL: queues.queueUrl,
      POSTERFRAME_QUEUE_VISIBILITY_SECONDS: '5',
      POSTERFRAME_EVENT_THUMBNAILS: 'poster=timestamp=50%25&width=320&format=png',
      POSTERFRAME_LOG_LEVEL: 'warn'
    }
    const start = async (place: number): Promise<RunningService> =>
      await startService(process.execPath, [join(process.cwd(), 'src/server.ts'), 'worker'], {
        cwd: directory,
        env: { ...env, POSTERFRAME_SCRATCH_DIR: scratches[place] }
      })
    const messages = sources.map(({ key }) => JSON.stringify(buildNotification([{ bucket: 'videos', key }])))
    // SQS delivers some messages twice.
    await queues.send([...messages, ...messages.filter((_message, at) => at % 10 === 3)])

    const workers = await Promise.all([0, 1].map(start))
    let kills = 0
    const over = new AbortController()
    const killing = (async () => {
      while (await delay(KILL_EVERY_MS, true, { signal: over.signal }).catch(() => false)) {
        const place = kills % workers.length
        process.kill(workers[place]!.pid, 'SIGKILL')
        kills++
        workers[place] = await start(place)
      }
    })()
    const drain = async () => {
      while ((await queues.countLeft()) > 0) await delay(200)
    }
    await drain()
    over.abort()
    await killing
    const deadLetters = await queues.countDeadLetters()
    await queues.redrive()
    await drain()
    t.comment(`${MESSAGES} objects, ${kills} kills, ${deadLetters} dead letters`)
    t.equal(await queues.countDeadLetters(), 0, 'dead letters succeed after the redrive')
    t.same(await Promise.all(workers.map((worker) => worker.stop())), [0, 0])

    for (const { key, frame } of sources) {
      const folder = join(data, 'thumbnails/thumbnails', key)
      const names = (await readdir(folder)).map((name) => name.replace(/^[0-9a-f]{32}/, 'fingerprint')).sort()
      if (frame === undefined) t.same(names, ['fingerprint.failed', 'poster.failed'], key)
      else {
        t.same(names, ['fingerprint.png', 'poster.png'], key)
        const { data: grey, info } = await sharp(join(folder, 'poster.png'))
          .greyscale()
          .raw()
          .toBuffer({ resolveWithObject: true })
        t.equal(readBarcode(grey, info.width, info.height), frame)
      }
    }
    for (const scratch of scratches) {
      t.same(
        (await readdir(scratch)).filter((name) => /^posterframe-\d+-/.test(name)),
        [],
        'nothing is left on scratch'
      )
    }
  }
)
