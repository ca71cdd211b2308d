import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { makeSeedMovies, makeSeedOthers } from './seed-movies.ts'

/** A file to mutate, with the name of an upload. */
export interface SeedFile {
  readonly name: string
  readonly data: Buffer
}

/** Corpora of real files beside the checkout. */
const CORPORA = ['../shared/media', '../shared/faults']
/** Larger files make each case slow, and their structure is not richer. */
const MAX_BYTES = 700_000
const MOVIES = ['.mp4', '.mov', '.m4v', '.3gp']
const OTHERS = ['.mkv', '.webm', '.avi', '.flv', '.ts', '.mpg', '.ogv', '.wmv', '.asf']

/** Reads the real MP4 and MOV files of the corpora, or makes files if there are none. */
export async function loadMovies (): Promise<SeedFile[]> {
  const found = readCorpora(MOVIES)
  return found.length > 0 ? found : nameAll(await makeSeedMovies(), 'mp4')
}

/** Reads the real videos of the corpora in any container, or makes files if there are none. */
export async function loadVideos (): Promise<SeedFile[]> {
  const found = readCorpora([...MOVIES, ...OTHERS])
  return found.length > 0 ? found : [...nameAll(await makeSeedMovies(), 'mp4'), ...(await makeSeedOthers())]
}

function readCorpora (extensions: readonly string[]): SeedFile[] {
  return CORPORA.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => extensions.includes(extname(name).toLowerCase()))
      // Files that are made to be expensive have tests of their own.
      .filter((name) => !name.startsWith('bomb-') && statSync(join(folder, name)).size <= MAX_BYTES)
      .sort()
      .map((name) => ({ name, data: readFileSync(join(folder, name)) }))
  )
}

function nameAll (files: readonly Buffer[], extension: string): SeedFile[] {
  return files.map((data, index) => ({ name: `made-${index}.${extension}`, data }))
}
