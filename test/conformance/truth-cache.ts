import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFfmpegVersion } from './run-ffmpeg.ts'

/** A cache of ground truth between runs, outside the repository: a full decode of a corpus takes minutes. */
export interface TruthCache {
  /** Returns the bytes stored under a name; makes and stores them if there are none. */
  readonly getOrMake: (name: string, make: () => Promise<Buffer>) => Promise<Buffer>
}

/** The files with the rules. Their hash is part of the names, so a change of the rules invalidates the cache. */
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

/** Opens the cache of the file with a SHA-256. */
export async function openTruthCache (
  directory: string,
  sha256: string
): Promise<Record<keyof typeof RULES, TruthCache>> {
  const ffmpeg = await readFfmpegVersion()
  const open = async (kind: keyof typeof RULES): Promise<TruthCache> => {
    const hash = createHash('sha256').update(ffmpeg)
    for (const rule of RULES[kind]) hash.update(await readFile(join(import.meta.dirname, rule)))
    const place = join(directory, sha256, `${kind}-${hash.digest('hex').slice(0, 12)}`)
    return { getOrMake: (name, make) => getOrMakeFile(join(place, name), make) }
  }
  return { list: await open('list'), picture: await open('picture') }
}

async function getOrMakeFile (path: string, make: () => Promise<Buffer>): Promise<Buffer> {
  const stored = await readFile(path).catch(() => undefined)
  if (stored !== undefined) return stored
  const made = await make()
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(`${path}.${process.pid}`, made)
  await rename(`${path}.${process.pid}`, path)
  return made
}
