import { openAsBlob } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startService, type RunningService } from '../support/running-service.ts'
import { findTestFfmpeg } from '../support/videos.ts'

/** Which ways the service has: the fast one and the general one behind it, or the general one alone. */
export type Mode = 'default' | 'full'

/** What the service said. */
export interface Answer {
  readonly status: number
  /** The members of a thumbnail or of a problem. */
  readonly body: Readonly<Record<string, unknown>>
}

/** A running service with a store of its own in a directory. */
export interface ConformingService extends RunningService {
  readonly mode: Mode
  /** Where to put a video so that it has a key. */
  readonly videos: string
  readonly askKey: (key: string, query: Readonly<Record<string, string>>) => Promise<Answer>
  readonly askUpload: (path: string, name: string, query: Readonly<Record<string, string>>) => Promise<Answer>
  /** The bytes of the picture of an answer. */
  readonly fetchPicture: (answer: Answer) => Promise<Buffer>
}

const ENTRY: Record<Mode, string> = { default: 'src/server.ts', full: 'test/support/full-download-server.ts' }

/** How long a request may take here: the machine may be busy, and time is not what is judged. */
const TIMEOUT_MS = 120_000

/** Starts the service in a process of its own, as its users do. */
export async function startConformingService (
  mode: Mode,
  directory: string,
  decoder = 'ffmpeg'
): Promise<ConformingService> {
  const [videos, scratch] = [join(directory, 'data/videos'), join(directory, 'scratch')]
  await Promise.all([videos, scratch].map((path) => mkdir(path, { recursive: true })))
  const service = await startService(process.execPath, [join(process.cwd(), ENTRY[mode])], {
    cwd: directory,
    env: {
      PATH: process.env['PATH'],
      FFMPEG_PATH: await findTestFfmpeg(),
      POSTERFRAME_DECODER: decoder,
      POSTERFRAME_SCRATCH_DIR: scratch,
      POSTERFRAME_TIMEOUT_MS: String(TIMEOUT_MS),
      POSTERFRAME_QUEUE: '64'
    }
  })
  const read = async (response: Response): Promise<Answer> => ({
    status: response.status,
    body: (await response.json()) as Record<string, unknown>
  })
  return {
    ...service,
    mode,
    videos,
    askKey: async (key, query) =>
      await read(
        await fetch(`${service.base}/v1/thumbnails?${new URLSearchParams({ key, ...query }).toString()}`, {
          headers: { accept: 'application/json' }
        })
      ),
    askUpload: async (path, name, query) => {
      const form = new FormData()
      form.append('file', await openAsBlob(path), name)
      return await read(
        await fetch(`${service.base}/v1/thumbnails?${new URLSearchParams(query).toString()}`, {
          method: 'POST',
          body: form
        })
      )
    },
    fetchPicture: async ({ body }) => Buffer.from(await (await fetch(String(body['url']))).arrayBuffer())
  }
}

/** Why the fast way let a video go, by its key, out of what the service logged. */
export function readFallbacks (log: string): Map<string, Set<string>> {
  const keys = new Map<string, string>()
  const reasons = new Map<string, Set<string>>()
  for (const line of log.split('\n')) {
    const entry = parseEntry(line)
    const url = entry?.req?.url
    if (entry?.requestId === undefined) continue
    if (url !== undefined) keys.set(entry.requestId, new URL(url, 'http://localhost').searchParams.get('key') ?? '')
    const reason = /^full download, since (.*)$/.exec(entry.msg ?? '')?.[1]
    const key = keys.get(entry.requestId) ?? ''
    if (reason !== undefined && key !== '') {
      reasons.set(key, (reasons.get(key) ?? new Set()).add(reason.replaceAll(/[^ -~]/g, '?')))
    }
  }
  return reasons
}

function parseEntry (line: string): { requestId?: string, msg?: string, req?: { url?: string } } | undefined {
  try {
    return JSON.parse(line) as { requestId?: string, msg?: string, req?: { url?: string } }
  } catch {
    return undefined
  }
}
