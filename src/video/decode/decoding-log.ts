import { randomBytes } from 'node:crypto'
import { findDecodeError } from './decode-errors.ts'
import { FrameInfoReader } from './frame-info.ts'
import type { Picture } from '../media/picture.ts'
import type { DecodedFrame } from './decoder.ts'
import type { BranchedPlan } from './decode-plan.ts'

/** A name that no file's metadata can guess. */
export function makeFilterName (): string {
  return randomBytes(8).toString('hex')
}

/** What a decoder says while it decodes: of each frame, and of damage until the last one came. */
export interface DecodingLog {
  /** Of the `showinfo` filter in each branch. */
  readonly filterNames: readonly string[]
  readonly take: (line: string) => void
  readonly decodeError: string | undefined
  /** The pictures that came out of a branch, each with its facts. */
  match(branch: number, pictures: readonly Picture[]): DecodedFrame[]
}

/**
 * Listens to a decoder.
 *
 * @param isBegin tells the line from which on what is said is of the decoding: before, it is of a look at the start
 * of the file, with a decoder of its own
 */
export function watchDecoding ({ branches }: BranchedPlan, isBegin: (line: string) => boolean): DecodingLog {
  const readers = branches.map(() => new FrameInfoReader(makeFilterName()))
  let decodeError: string | undefined
  let isUnderWay = false
  return {
    filterNames: readers.map(({ filterName }) => filterName),
    take (line) {
      for (const reader of readers) reader.take(line)
      isUnderWay ||= isBegin(line)
      const isComplete = branches.every(({ pts }, place) => readers[place]!.frames.length >= pts.length)
      if (isUnderWay && !isComplete) decodeError ??= findDecodeError(line)
    },
    get decodeError () {
      return decodeError
    },
    match: (branch, pictures) =>
      pictures.flatMap((picture, index) => {
        const info = readers[branch]?.frames[index]
        return info === undefined ? [] : [{ info, picture }]
      })
  }
}
