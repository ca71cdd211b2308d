import { openAsBlob } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startService, type RunningService } from '../support/running-service.ts'
import { findTestFfmpeg } from '../support/videos.ts'

/** Mode of the service: ranged extraction with the full download as a fallback, or the full download only. */
export type Mode = 'default' | 'full'

/** A response of the service. */
export interface ThumbnailResponse {
  readonly status: number
  /** The members of a thumbnail or of a problem document. */
  readonly body: Readonly<Record<string, unknown>>
}

/** A running service with a local store of its own. */
export interface ConformingService extends RunningService {
  readonly mode: Mode
  /** Directory of the source bucket. */
  readonly videos: string
  readonly requestByKey: (key: string, query: Readonly<Record<string, string>>) => Promise<ThumbnailResponse>
  readonly requestUpload: (
    path: string,
    name: string,
    query: Readonly<Record<string, string>>
  ) => Promise<ThumbnailResponse>
  /** Fetches the picture of a response. */
  readonly fetchPicture: (response: ThumbnailResponse) => Promise<Buffer>
}

const ENTRY: Record<Mode, string> = { default: 'src/server.ts', full: 'test/support/full-download-server.ts' }

/** Long, because the machine may be busy and time is not judged. */
const TIMEOUT_MS = 120_000

/** Starts the service in a process of its own, as users do. */
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
  const read = async (response: Response): Promise<ThumbnailResponse> => ({
    status: response.status,
    body: (await response.json()) as Record<string, unknown>
  })
  return {
    ...service,
    mode,
    videos,
    requestByKey: async (key, query) =>
      await read(
        await fetch(`${service.base}/v1/thumbnails?${new URLSearchParams({ key, ...query }).toString()}`, {
          headers: { accept: 'application/json' }
        })
      ),
    requestUpload: async (path, name, query) => {
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

/** Reads from the log of the service why videos fell back to the full download, by key. */
export function readFallbacks (log: string): Map<string, Set<string>> {
  const keys = new Map<string, string>()
  const reasons = new Map<string, Set<string>>()
  for (const line of log.split('\n')) {
    const entry = parseEntry(line)
    const url = entry?.req?.url
    if (entry?.requestId === undefined) continue
    if (url !== undefined) keys.set(entry.requestId, new URL(url, 'http://localhost').searchParams.get('key') ?? '')
    const reason = /full[ -]download\b.*?(?:, because|:) (.*)$/i.exec(entry.msg ?? '')?.[1]
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
