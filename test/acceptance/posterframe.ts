// Runs the service as its users do: a process of its own, spoken to over HTTP. Imports nothing of the service.
import { readFileSync } from 'node:fs'
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { parse } from 'yaml'
import { type OpenapiDocument, validateResponse } from '../support/openapi-contract.ts'
import { type RunningService, startService } from '../support/running-service.ts'
import { findTestFfmpeg } from '../support/videos.ts'

const document = parse(readFileSync('openapi.yaml', 'utf8')) as OpenapiDocument

/** An answer whose body was read, and which the OpenAPI document allows. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The members of a thumbnail or of a problem. */
  readonly body: Record<string, unknown>
}

export interface Posterframe extends RunningService {
  readonly directory: string
  /** Sends a request and holds the answer against the OpenAPI document. */
  readonly call: (path: string, init?: RequestInit) => Promise<Answer>
  readonly makeFromKey: (key: string, options?: Record<string, unknown>) => Promise<Answer>
  readonly makeFromUpload: (file: Blob, name: string, query?: string) => Promise<Answer>
  /**
   * How often ffmpeg was started so far; only where the service is started `UNISOLATED`, since it is counted outside
   * of what ffmpeg sees.
   */
  readonly countRuns: () => Promise<number>
  /** What lies on scratch now. */
  readonly listScratch: () => Promise<string[]>
}

/** What keeps the service from finding a program to isolate ffmpeg with. */
export const UNISOLATED = { PATH: '' }

/** Starts the service with a data directory of its own, or with that of one that ended; ends it with the test. */
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
      FFMPEG_PATH: ffmpegPath,
      POSTERFRAME_SCRATCH_DIR: scratch,
      POSTERFRAME_LOG_LEVEL: 'warn',
      ...env
    }
  })
  t.teardown(() => service.stop())
  // Where workers live, if there are any.
  const lasting = await readdir(scratch)

  const call = async (path: string, init: RequestInit = {}): Promise<Answer> => {
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
    listScratch: async () => (await readdir(scratch)).filter((name) => !lasting.includes(name))
  }
}

/** A program that notes that it was started and becomes ffmpeg; by a directory, since it may write no file. */
async function writeCountingFfmpeg (directory: string, runs: string): Promise<string> {
  const path = join(directory, 'counting-ffmpeg')
  await writeFile(path, `#!/bin/sh\nmkdir '${runs}'/$$ 2>/dev/null\nexec '${await findTestFfmpeg()}' "$@"\n`)
  await chmod(path, 0o755)
  return path
}

/** Waits until a condition holds, asking again and again; the test's own time-out ends a wait in vain. */
export async function waitUntil (holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}
