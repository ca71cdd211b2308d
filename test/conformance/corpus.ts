import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file of the corpus, with the members of its manifest that are used. */
export interface Entry {
  readonly file: string
  readonly sha256: string
  readonly upload_name: string
  /** `ok` or `error:KIND`. */
  readonly expectation: string
  readonly also_acceptable: readonly string[]
  readonly rotation: number | null
  readonly display_width: number | null
  readonly display_height: number | null
  readonly video_stream_index: number | null
  /** The number that each frame shows, in words; most files show none. */
  readonly barcode?: string
}

/** Reads the manifest beside the files. */
export function readCorpus (directory: string): Entry[] {
  const entries = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Entry[]
  return entries.sort((a, b) => (a.file < b.file ? -1 : 1))
}

/** Returns whether only a right picture is acceptable. */
export const isSound = ({ expectation, also_acceptable: others }: Entry): boolean =>
  expectation === 'ok' && !others.some((other) => other.startsWith('error:'))
