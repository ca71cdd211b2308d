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

/** A key that every gateway must pass on unchanged. */
export const KEY = 'a+b %2B, ü.mp4'
/** The key of a video whose body stalls at its first byte. */
export const STALLING = 'stalls.mp4'

/** The deployed function with the store that it uses. */
export interface LambdaDeployment {
  readonly directory: string
  /** Directory of the function. */
  readonly task: string
  readonly env: Readonly<Record<string, string>>
  /** The video at both keys: 4 seconds with 100 numbered frames. */
  readonly video: Buffer
}

/** Builds the function and creates a bucket for it. Both are removed after the test. */
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

/** Builds a request for a thumbnail of an object. */
export function postKey (body: object): EventRequest {
  return {
    method: 'POST',
    path: '/v1/thumbnails',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body))
  }
}

/** Builds a request for a thumbnail of an uploaded file at one second. */
export function postFile (content: Buffer): EventRequest {
  return {
    method: 'POST',
    path: '/v1/thumbnails',
    query: 'timestamp=1s',
    headers: { 'content-type': FORM_TYPE },
    body: buildForm([{ name: 'file', filename: 'a.mp4', content }])
  }
}

/** Builds a request for a redirect to a thumbnail. */
export function getThumbnail (query: string): EventRequest {
  return { method: 'GET', path: '/v1/thumbnails', query }
}
