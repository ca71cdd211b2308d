// Runs the service as users do, in a process of its own and over HTTP. Imports nothing from src/.
import { readFileSync } from 'node:fs'
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Test } from 'tap'
import { parse } from 'yaml'
import { type OpenapiDocument, validateResponse } from '../support/openapi-contract.ts'
import { type RunningService, startService } from '../support/running-service.ts'
import { findTestFfmpeg, readBarcode } from '../support/videos.ts'

const document = parse(readFileSync('openapi.yaml', 'utf8')) as OpenapiDocument

/** A response whose body was read and which matches the OpenAPI document. */
export interface CheckedResponse {
  readonly status: number
  readonly headers: Headers
  /** The members of a thumbnail or of a problem document. */
  readonly body: Record<string, unknown>
}

/** A running service with a data directory. */
export interface Posterframe extends RunningService {
  readonly directory: string
  /** Sends a request and checks the response against the OpenAPI document. */
  readonly call: (path: string, init?: RequestInit) => Promise<CheckedResponse>
  readonly makeFromKey: (key: string, options?: Record<string, unknown>) => Promise<CheckedResponse>
  readonly makeFromUpload: (file: Blob, name: string, query?: string) => Promise<CheckedResponse>
  /**
   * Counts the starts of ffmpeg so far. Works only for a service started `UNISOLATED`: an isolated one cannot count.
   */
  readonly countRuns: () => Promise<number>
  /** Lists the scratch directory, without its permanent entries. */
  readonly listScratch: () => Promise<string[]>
}

/** Prevents the service from finding a program to isolate ffmpeg. */
export const UNISOLATED = { PATH: '' }

/** Starts the service in a new directory, or in that of an ended one; stops it after the test. */
export async function startPosterframe (
  t: Test,
  env: Record<string, string> = {},
  directory = t.testdir()
): Promise<Posterframe> {
  const scratch = join(directory, 'scratch')
  const runs = join(directory, 'ffmpeg-runs')
  await mkdir(scratch, { recursive: true })
  await mkdir(runs, { recursive: true })
  const ffmpegPath = await writeCountingFfmpeg(directory, runs)
  const service = await startService(process.execPath, [join(process.cwd(), 'src/server.ts')], {
    cwd: directory,
    env: {
      PATH: process.env['PATH'],
      POSTERFRAME_DECODER: 'ffmpeg',
      FFMPEG_PATH: ffmpegPath,
      POSTERFRAME_SCRATCH_DIR: scratch,
      POSTERFRAME_LOG_LEVEL: 'warn',
      ...env
    }
  })
  t.teardown(() => service.stop())
  // Directories of workers, if there are any.
  const permanent = await readdir(scratch)

  const call = async (path: string, init: RequestInit = {}): Promise<CheckedResponse> => {
    const response = await fetch(service.base + path, { redirect: 'manual', ...init })
    const text = await response.text()
    validateResponse(document, init.method ?? 'GET', path, response.status, Object.fromEntries(response.headers), text)
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    }
  }
  return {
    ...service,
    directory,
    call,
    makeFromKey: (key, options = {}) =>
      call('/v1/thumbnails', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ key, ...options })
      }),
    makeFromUpload: (file, name, query = '') => {
      const form = new FormData()
      form.append('file', file, name)
      return call(`/v1/thumbnails${query}`, { method: 'POST', body: form })
    },
    countRuns: async () => (await readdir(runs)).length,
    listScratch: async () => (await readdir(scratch)).filter((name) => !permanent.includes(name))
  }
}

/**
 * Writes a program that records its start and becomes ffmpeg. It creates a directory, because it may not write files.
 */
async function writeCountingFfmpeg (directory: string, runs: string): Promise<string> {
  const path = join(directory, 'counting-ffmpeg')
  await writeFile(path, `#!/bin/sh\nmkdir '${runs}'/$$ 2>/dev/null\nexec '${await findTestFfmpeg()}' "$@"\n`)
  await chmod(path, 0o755)
  return path
}

/** Polls until a condition holds. The timeout of the test ends a wait in vain. */
export async function waitUntil (holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** Reads the number of the frame in the thumbnail of a response. */
export async function readFrameNumber ({ body }: CheckedResponse): Promise<number> {
  const thumbnail = Buffer.from(await (await fetch(String(body['url']))).arrayBuffer())
  const { data, info } = await sharp(thumbnail).greyscale().raw().toBuffer({ resolveWithObject: true })
  return readBarcode(data, info.width, info.height)
}
