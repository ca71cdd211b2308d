import { randomBytes } from 'node:crypto'
import { findDamage } from './clip/damage-patterns.ts'
import type { DecodedFrame, Decoding, Ffmpeg, RunContext } from './ffmpeg.ts'
import type { BranchedPlan, DecodePlan, FfmpegInput } from './ffmpeg-arguments.ts'
import { FrameFactsReader } from './frame-facts.ts'
import type { Picture } from './picture.ts'

/** A name that no file's metadata can guess. */
export function makeFilterName (): string {
  return randomBytes(8).toString('hex')
}

/** A plan of one branch. */
export async function decodeBranch (decodeBranches: Ffmpeg['decodeBranches'], input: FfmpegInput, { pts, filters, ...extent }: DecodePlan, context: RunContext): Promise<Decoding> {
  const { branches: [frames = []], damage } = await decodeBranches(input, { ...extent, branches: [{ pts, filters }] }, context)
  return { frames, damage }
}

/** What a decoder says while it decodes: of each frame, and of damage until the last one came. */
export interface DecodingLog {
  /** Of the `showinfo` filter in each branch. */
  readonly filterNames: readonly string[]
  readonly take: (line: string) => void
  readonly damage: string | undefined
  /** The pictures that came out of a branch, each with its facts. */
  match (branch: number, pictures: readonly Picture[]): DecodedFrame[]
}

/**
 * Listens to a decoder.
 *
 * @param isBegin tells the line from which on what is said is of the decoding: before, it is of a look at the start of the file, with a decoder of its own
 */
export function watchDecoding ({ branches }: BranchedPlan, isBegin: (line: string) => boolean): DecodingLog {
  const readers = branches.map(() => new FrameFactsReader(makeFilterName()))
  let damage: string | undefined
  let isUnderWay = false
  return {
    filterNames: readers.map(({ filterName }) => filterName),
    take (line) {
      for (const reader of readers) reader.take(line)
      isUnderWay ||= isBegin(line)
      const isComplete = branches.every(({ pts }, place) => readers[place]!.frames.length >= pts.length)
      if (isUnderWay && !isComplete) damage ??= findDamage(line)
    },
    get damage () { return damage },
    match: (branch, pictures) => pictures.flatMap((picture, index) => {
      const facts = readers[branch]?.frames[index]
      return facts === undefined ? [] : [{ facts, picture }]
    })
  }
}
