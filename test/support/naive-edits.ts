// Applies an edit list to samples as libavformat/mov.c does (mov_build_index, mov_fix_index), step by step over
// expanded arrays: slow, and easy to compare with its source.
import type { EditPlan, SamplePlan } from './mp4-builder.ts'

export interface ListedFrame {
  readonly sample: number
  readonly pts: number
  readonly isKey: boolean
}

/** Lists the frames shown, in presentation order; undefined if no key frame precedes the edit. */
export function listFrames (
  samples: readonly SamplePlan[],
  timescale: number,
  edits: readonly EditPlan[] = []
): ListedFrame[] | undefined {
  let clock = 0
  const timed = samples.map((sample, index) => {
    const dts = clock
    clock += sample.delta
    return { sample: index, dts, offset: sample.offset ?? 0, delta: sample.delta, isKey: sample.isSync }
  })
  const hasOffsets = samples.some(({ offset }) => offset !== undefined)
  const shown = edits.at(-1)
  if (shown === undefined) {
    return sortFrames(timed.map(({ sample, dts, offset, isKey }) => ({ sample, pts: dts + offset, isKey })))
  }

  const delay = edits.slice(0, -1).reduce((sum, { duration }) => sum + Math.round((duration * timescale) / 1000), 0)
  const end = shown.mediaTime + Math.round((shown.duration * timescale) / 1000)
  const first = timed.findLastIndex(
    ({ dts, offset, isKey }) => isKey && dts <= shown.mediaTime && dts + offset <= shown.mediaTime
  )
  if (first === -1) return undefined

  const kept: Array<{ sample: number, dts: number, offset: number, isKey: boolean, isShown: boolean }> = []
  let counter = delay
  let hasBegun = false
  let hasSeenKey = false
  for (const { sample, dts, offset, delta, isKey } of timed.slice(first)) {
    const duration = sample === samples.length - 1 ? end - shown.mediaTime : delta
    const isShown = dts + offset >= shown.mediaTime && dts + offset < end
    hasBegun ||= isShown
    kept.push({ sample, dts: counter, offset, isKey, isShown })
    if (hasBegun) counter += duration
    if (dts + offset + duration < end || !isKey) continue
    if (!hasOffsets || hasSeenKey) break
    hasSeenKey = true
  }
  const inEdit = kept.filter(({ isShown }) => isShown)
  const earliest = Math.min(...inEdit.map(({ dts, offset }) => dts + offset)) - delay
  return sortFrames(
    inEdit.map(({ sample, dts, offset, isKey }) => ({ sample, pts: dts + offset - Math.max(0, earliest), isKey }))
  )
}

function sortFrames (frames: ListedFrame[]): ListedFrame[] {
  return frames.sort((one, other) => one.pts - other.pts)
}
