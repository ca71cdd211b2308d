import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFfmpegVersion } from './run-ffmpeg.ts'

/** Where truths are kept between runs, outside of the repository: a full decode of everything takes minutes. */
export interface TruthCache {
  /** The bytes that are kept under a name, or those that `make` makes. */
  readonly keep: (name: string, make: () => Promise<Buffer>) => Promise<Buffer>
}

/** The truth is made anew when its rules change: they are part of the names. */
const RULES = {
  list: ['run-ffmpeg.ts', 'frame-list.ts', 'stream-spans.ts', 'movie-boxes.ts', 'timeline.ts'],
  picture: [
    'frame-list.ts',
    'planes.ts',
    'resample.ts',
    'rgb.ts',
    'truth-filters.ts',
    'truth-light.ts',
    'truth-picture.ts'
  ]
} as const

/** Opens the cache of one file, which its SHA-256 names. */
export async function openTruthCache (
  directory: string,
  sha256: string
): Promise<Record<keyof typeof RULES, TruthCache>> {
  const ffmpeg = await readFfmpegVersion()
  const open = async (kind: keyof typeof RULES): Promise<TruthCache> => {
    const hash = createHash('sha256').update(ffmpeg)
    for (const rule of RULES[kind]) hash.update(await readFile(join(import.meta.dirname, rule)))
    const place = join(directory, sha256, `${kind}-${hash.digest('hex').slice(0, 12)}`)
    return { keep: (name, make) => keepFile(join(place, name), make) }
  }
  return { list: await open('list'), picture: await open('picture') }
}

async function keepFile (path: string, make: () => Promise<Buffer>): Promise<Buffer> {
  const kept = await readFile(path).catch(() => undefined)
  if (kept !== undefined) return kept
  const made = await make()
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(`${path}.${process.pid}`, made)
  await rename(`${path}.${process.pid}`, path)
  return made
}
