import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import type { EventRequest } from './lambda-events.ts'
import { buildForm, FORM_TYPE } from './multipart-body.ts'
import { startRadosgw } from './radosgw.ts'
import { findTestFfmpeg, H264, makeBarcodeVideo } from './videos.ts'

/** A key that every gateway has to hand over as it is. */
export const KEY = 'a+b %2B, ü.mp4'
/** One whose video begins to come and never does. */
export const STALLING = 'stalls.mp4'

/** What ships for Lambda, and what it needs around it. */
export interface LambdaDeployment {
  readonly directory: string
  /** Where the function is. */
  readonly task: string
  readonly env: Readonly<Record<string, string>>
  /** The video at both keys: 100 frames in 4 seconds, which carry their numbers. */
  readonly video: Buffer
}

/** Builds the function and a bucket for it; both go with the test. */
export async function deployFunction (t: Parameters<typeof startFaultProxy>[0]): Promise<LambdaDeployment> {
  const directory = await mkdtemp(join(tmpdir(), 'posterframe-lambda-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const task = join(directory, 'task')
  execFileSync(process.execPath, ['scripts/build.mjs', '--outdir', task], { stdio: ['ignore', 'ignore', 'inherit'] })
  const video = await readFile(
    await makeBarcodeVideo(directory, 'a.mp4', {
      seconds: 4,
      framesPerSecond: 25,
      args: [...H264, '-movflags', '+faststart']
    })
  )
  const radosgw = await startRadosgw()
  const proxy: FaultProxy = await startFaultProxy(t, radosgw.endpoint)
  proxy.decide = ({ method, key }) =>
    method === 'GET' && key === STALLING ? { kind: 'stall', afterBytes: 0 } : undefined
  const bucket = await radosgw.createBucket()
  const client = new S3Client({
    endpoint: radosgw.endpoint,
    credentials: radosgw.credentials,
    region: 'us-east-1',
    forcePathStyle: true
  })
  for (const key of [KEY, STALLING]) await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: video }))
  client.destroy()
  const env = {
    ...radosgw.env,
    AWS_ENDPOINT_URL_S3: proxy.endpoint,
    PATH: process.env['PATH'] ?? '',
    FFMPEG_PATH: await findTestFfmpeg(),
    POSTERFRAME_AUTH: 'none',
    POSTERFRAME_OUTPUT_BUCKET: bucket,
    POSTERFRAME_SOURCE_BUCKETS: bucket,
    POSTERFRAME_S3_FORCE_PATH_STYLE: 'true',
    POSTERFRAME_LOG_LEVEL: 'warn'
  }
  return { directory, task, env, video }
}

/** Asks for a thumbnail by key. */
export function postKey (body: object): EventRequest {
  return {
    method: 'POST',
    path: '/v1/thumbnails',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body))
  }
}

/** Asks for a thumbnail of a file that comes along, one second into it. */
export function postFile (content: Buffer): EventRequest {
  return {
    method: 'POST',
    path: '/v1/thumbnails',
    query: 'timestamp=1s',
    headers: { 'content-type': FORM_TYPE },
    body: buildForm([{ name: 'file', filename: 'a.mp4', content }])
  }
}

/** Asks for a redirect to a thumbnail. */
export function getThumbnail (query: string): EventRequest {
  return { method: 'GET', path: '/v1/thumbnails', query }
}
