import { splitLace } from './block.ts'
import type { ElementReader } from './element-reader.ts'
import { countPacketTicks, type TrackEnd } from './matroska-duration.ts'
import type { MatroskaHead } from './matroska-head.ts'
import type { MatroskaTrack } from './matroska-track.ts'
import type { Block } from './walk-blocks.ts'

/** A gap this many times the usual one is a pause, not the duration of a frame. */
const PAUSE = 1.5

/**
 * Describes the end of a track by its last blocks. The duration of the last packet is that of the block, the track or
 * the codec, else the distance of the packets.
 *
 * @param blocks at least one, in the order of the file
 * @throws errors of `splitLace` and `ElementReader`
 */
export async function describeEnd (
  elements: ElementReader,
  head: MatroskaHead,
  track: MatroskaTrack,
  blocks: readonly Block[]
): Promise<TrackEnd> {
  const sorted = blocks.toSorted((one, other) => one.ticks - other.ticks)
  const last = sorted.at(-1)!
  const packets = track.kind === 'audio' || last.lacing !== 'none' ? await readLace(elements, last) : []
  const count = Math.max(1, packets.length)
  const statedTicks = last.durationTicks ?? (track.defaultDurationNs / head.nanosPerTick) * count
  const packetTicks =
    statedTicks / count ||
    countPacketTicks(head, track, packets.at(-1)) ||
    (track.kind === 'video' ? findUsualGap(sorted) : await findLastGap(elements, sorted))
  return {
    track: track.number,
    lastTicks: last.ticks + Math.round((count - 1) * packetTicks),
    // Perhaps stated more finely than in ticks: ffmpeg drops the rest.
    durationTicks: Math.floor(packetTicks + 1e-6)
  }
}

async function readLace (elements: ElementReader, { start, end, lacing }: Block): Promise<Buffer[]> {
  return splitLace(await elements.read(start, end), lacing)
}

/** Returns the mean distance of frames without pauses, as ffmpeg finds the frame rate; 0 if it is unknown. */
function findUsualGap (sorted: readonly Block[]): number {
  const gaps = sorted
    .slice(1)
    .map(({ ticks }, index) => ticks - sorted[index]!.ticks)
    .filter((gap) => gap > 0)
    .sort((one, other) => one - other)
  const median = gaps[gaps.length >> 1] ?? 0
  const usual = gaps.filter((gap) => gap <= median * PAUSE)
  return usual.length === 0 ? 0 : usual.reduce((sum, gap) => sum + gap, 0) / usual.length
}

/** Returns the distance of the last packets of sound, which vary in length; 0 if there is one block. */
async function findLastGap (elements: ElementReader, sorted: readonly Block[]): Promise<number> {
  const last = sorted.at(-1)!
  const before = sorted.findLast(({ ticks }) => ticks < last.ticks)
  if (before === undefined) return 0
  return (last.ticks - before.ticks) / (before.lacing === 'none' ? 1 : (await readLace(elements, before)).length)
}
