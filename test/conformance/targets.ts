import { createHash } from 'node:crypto'
import type { Truth, TrueFrame } from './truth.ts'

/** A request and the one right frame. */
export interface Target {
  readonly name: string
  readonly query: Readonly<Record<string, string>>
  /** The right frame; undefined if the timestamp is past the end. */
  readonly frame: TrueFrame | undefined
  /** The part of the duration that the query names. */
  readonly share?: number
}

/** Clients may round a time down by this much. */
const TOLERANCE_MICROS = 1
const PAST_MICROS = 100_000

/** Returns the frame shown at a time: the last one that has started; before the first, the first. */
export function frameAt ({ frames }: Pick<Truth, 'frames'>, micros: number): TrueFrame {
  const began = frames.filter((frame) => frame.micros <= micros + TOLERANCE_MICROS)
  return latest(began) ?? frames.reduce((first, frame) => (frame.micros < first.micros ? frame : first))
}

/** Returns the last key frame that has started; undefined if none has, for which there is no rule. */
export function keyFrameAt (truth: Pick<Truth, 'frames'>, micros: number): TrueFrame | undefined {
  const shown = frameAt(truth, micros)
  return latest(truth.frames.filter((frame) => frame.isKey && frame.micros <= shown.micros))
}

function latest (frames: readonly TrueFrame[]): TrueFrame | undefined {
  return frames.reduce<TrueFrame | undefined>(
    (last, frame) => (last !== undefined && last.micros > frame.micros ? last : frame),
    undefined
  )
}

/**
 * Returns the targets of a file. Sound files are also requested by keywords and past their end; the end of corrupt
 * files is undefined.
 */
export function buildTargets (truth: Truth, seed: string, isSound: boolean): Target[] {
  const { durationMicros } = truth
  const share = (part: number) => Math.floor(durationMicros * part)
  const exact = (name: string, micros: number): Target => ({
    name,
    query: { timestamp: formatSeconds(micros) },
    frame: frameAt(truth, micros)
  })
  const part = (name: string, part: number): Target =>
    isSound
      ? { name, query: { timestamp: name }, frame: frameAt(truth, share(part)), share: part }
      : exact(name, share(part))
  const key = (name: string, micros: number): Target[] => {
    const frame = keyFrameAt(truth, micros)
    return frame === undefined ? [] : [{ name, query: { timestamp: formatSeconds(micros), seek: 'keyframe' }, frame }]
  }
  const [one, two] = drawFractions(seed).map(share)
  return [
    { name: 'first', query: { timestamp: 'first' }, frame: frameAt(truth, 0) },
    part('10%', 0.1),
    part('middle', 0.5),
    part('90%', 0.9),
    ...(isSound ? [{ name: 'last', query: { timestamp: 'last' }, frame: frameAt(truth, Infinity) }] : []),
    exact('end', Math.max(0, durationMicros - 1)),
    exact('random 1', one!),
    exact('random 2', two!),
    ...key('key middle', share(0.5)),
    ...key('key 90%', share(0.9)),
    ...(isSound && durationMicros > 0
      ? [{ name: 'past', query: { timestamp: formatSeconds(durationMicros + PAST_MICROS) }, frame: undefined }]
      : [])
  ]
}

/** Places a target given by a keyword by the duration in the response, which is judged separately. */
export function placeTarget (target: Target, truth: Truth, statedSeconds: unknown): Target {
  if (target.share === undefined || typeof statedSeconds !== 'number') return target
  return { ...target, frame: frameAt(truth, Math.floor(Math.round(statedSeconds * 1e6) * target.share)) }
}

/** Formats microseconds as decimal seconds, as a client would. */
export const formatSeconds = (micros: number): string => (micros / 1e6).toFixed(6)

/** Returns two numbers from 0 to below 1, the same for the same seed. */
function drawFractions (seed: string): [number, number] {
  const hash = createHash('sha256').update(seed).digest()
  return [hash.readUInt32BE(0) / 2 ** 32, hash.readUInt32BE(4) / 2 ** 32]
}
