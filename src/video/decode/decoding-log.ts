import { randomBytes } from 'node:crypto'
import { findDecodeError } from './decode-errors.ts'
import { FrameInfoReader } from './frame-info.ts'
import type { Picture } from '../media/picture.ts'
import type { DecodedFrame } from './decoder.ts'
import type { BranchedPlan } from './decode-plan.ts'

/** Returns an unguessable filter name, which the metadata of a file cannot forge. */
export function makeFilterName (): string {
  return randomBytes(8).toString('hex')
}

/** Parsed log of a decoder: properties of each frame, and the first error before the last frame. */
export interface DecodingLog {
  /** Names of the `showinfo` filter of each branch. */
  readonly filterNames: readonly string[]
  readonly take: (line: string) => void
  readonly decodeError: string | undefined
  /** Returns the pictures of a branch with their properties. */
  match(branch: number, pictures: readonly Picture[]): DecodedFrame[]
}

/**
 * Parses the log of a decoder.
 *
 * @param isBegin returns whether decoding starts with a line; earlier messages are those of probing, which has its
 * own decoder
 */
export function watchDecoding ({ branches }: BranchedPlan, isBegin: (line: string) => boolean): DecodingLog {
  const readers = branches.map(() => new FrameInfoReader(makeFilterName()))
  let decodeError: string | undefined
  let before = ''
  let isUnderWay = false
  return {
    filterNames: readers.map(({ filterName }) => filterName),
    take (line) {
      for (const reader of readers) reader.take(line)
      isUnderWay ||= isBegin(line)
      const isComplete = branches.every(({ pts }, place) => readers[place]!.frames.length >= pts.length)
      if (isUnderWay && !isComplete) decodeError ??= findDecodeError(line, before)
      if (!line.includes('Last message repeated')) before = line
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
