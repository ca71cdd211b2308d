import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startService, type RunningService } from '../../test/support/running-service.ts'
import { THUMBNAILS, VIDEOS, type BenchStore } from '../store/store.ts'

const run = promisify(execFile)

/** Root directory of the repository. */
export const ROOT = join(import.meta.dirname, '../..')

/** Allocator settings of the Docker image. */
export const IMAGE_ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1048576' } as const

/** The decoder that a service is started with. */
export type DecoderName = 'ffmpeg' | 'libav'

/** A running service. */
export interface Posterframe extends RunningService {
  readonly decoder: DecoderName
  readonly scratch: string
}

/** Options of a service. */
export interface PosterframeOptions {
  readonly decoder: DecoderName
  /** Parent of its scratch directory. */
  readonly directory: string
  readonly ffmpeg: string
  /** Isolates decoders if the machine supports it. */
  readonly isIsolated: boolean
}

/** Builds the bundle that ships. */
export async function buildPosterframe (): Promise<void> {
  await run(process.execPath, ['scripts/build.mjs'], { cwd: ROOT })
}

/** Starts the built service with the store behind the proxy. */
export async function startPosterframe (
  store: BenchStore,
  { decoder, directory, ffmpeg, isIsolated }: PosterframeOptions
): Promise<Posterframe> {
  const scratch = join(directory, `scratch-${decoder}`)
  await mkdir(scratch, { recursive: true })
  const service = await startService(process.execPath, ['dist/server.mjs'], {
    cwd: ROOT,
    env: {
      // The service looks for bubblewrap on the PATH.
      PATH: isIsolated ? process.env['PATH'] : '',
      ...IMAGE_ALLOCATOR,
      ...store.env,
      FFMPEG_PATH: ffmpeg,
      POSTERFRAME_DECODER: decoder,
      POSTERFRAME_DECODER_WARMUP: 'true',
      POSTERFRAME_S3_FORCE_PATH_STYLE: 'true',
      POSTERFRAME_SOURCE_BUCKETS: VIDEOS,
      POSTERFRAME_OUTPUT_BUCKET: THUMBNAILS,
      POSTERFRAME_AUTH: 'none',
      POSTERFRAME_SCRATCH_DIR: scratch,
      POSTERFRAME_MAX_SOURCE_BYTES: '16GiB',
      POSTERFRAME_TIMEOUT_MS: '600000',
      POSTERFRAME_LOG_LEVEL: 'warn'
    }
  })
  return { ...service, decoder, scratch }
}

/** The requested frame: the key frame at or before T, or the frame shown at T. */
export type Seek = 'keyframe' | 'exact'

/** A request for a thumbnail 640 pixels wide. */
export interface ThumbnailRequest {
  readonly key: string
  readonly atSeconds: number
  readonly seek: Seek
}

/** The `work` member and the `Server-Timing` header of a response. */
export interface ServiceReport {
  readonly mode: string
  readonly bytesRead: number
  readonly requests: number
  readonly packetsDecoded: number
  readonly stepsMs: Readonly<Record<string, number>>
}

/**
 * Requests a thumbnail; returns its presigned URL and what the service reports of its work.
 *
 * @throws Error if the response is not a new thumbnail
 */
export async function requestThumbnail (
  base: string,
  { key, atSeconds, seek }: ThumbnailRequest
): Promise<{ readonly url: string, readonly report: ServiceReport }> {
  const response = await fetch(`${base}/v1/thumbnails`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key, timestamp: `${atSeconds.toFixed(6)}s`, seek, width: 640, format: 'jpeg' })
  })
  const text = await response.text()
  if (response.status !== 201) throw new Error(`Posterframe responded with ${response.status}: ${text.slice(0, 500)}`)
  const { url, work } = JSON.parse(text) as { url: string, work: Omit<ServiceReport, 'stepsMs'> }
  return { url, report: { ...work, stepsMs: parseServerTiming(response.headers.get('server-timing') ?? '') } }
}

/** Milliseconds per step of a `Server-Timing` header. */
function parseServerTiming (header: string): Record<string, number> {
  return Object.fromEntries(
    [...header.matchAll(/([\w-]+);dur=([\d.]+)/g)].map(([, step = '', ms]) => [step, Number(ms)])
  )
}
