import { setImmediate } from 'node:timers/promises'
import { readElementHeader, readUnsigned } from './ebml.ts'
import { ID } from './element-ids.ts'
import type { ElementReader } from './element-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** The ids of RFC 9559, section 5.1.5. */
const CHILD = {
  point: 0xbb,
  time: 0xb3,
  trackPositions: 0xb7,
  track: 0xf7,
  clusterPosition: 0xf1,
  relativePosition: 0xf0
} as const

/** An entry of the cues: where a cluster with a frame of the track begins. */
export interface Cue {
  readonly ticks: number
  readonly clusterStart: number
  /** Offset of the block from the body of its cluster; undefined if it is not stated. */
  readonly relative: number | undefined
}

/** The cues of one track, by time. */
export interface CueList {
  readonly count: number
  readonly memoryBytes: number
  at(index: number): Cue | undefined
  /** Returns the index of the last cue at or before a time; -1 if there is none. */
  findAt(ticks: number): number
}

/** The cues of a file. */
export interface FoundCues {
  readonly start: number
  /** Undefined if they cannot be used. */
  readonly list: CueList | undefined
}

/** Larger cues, of some 200,000 entries, cost more than a search without them. */
const MAX_CUES_BYTES = 4 * 1024 * 1024
/** The smallest entry: three headers, a time, a track and a position of a byte each. */
const MIN_CUE_BYTES = 13
const POINTS_PER_TURN = 2000

/**
 * Reads the cues at an offset.
 *
 * @returns undefined if there are none; without a list if none are of the track, or they are more than 4 MiB, damaged
 * or not in order
 * @throws errors of `ElementReader`
 */
export async function readCues (
  elements: ElementReader,
  cuesStart: number,
  { track, segmentStart, firstClusterStart }: {
    readonly track: number
    readonly segmentStart: number
    readonly firstClusterStart: number
  }
): Promise<FoundCues | undefined> {
  if (cuesStart >= elements.size) return undefined
  const { id, headerBytes, size } = await elements.readHeader(cuesStart)
  const bodyStart = cuesStart + headerBytes
  if (id !== ID.cues || size === undefined || bodyStart + size > elements.size) return undefined
  if (size > MAX_CUES_BYTES) return { start: cuesStart, list: undefined }
  const body = await elements.read(bodyStart, bodyStart + size)
  try {
    const list = await listCues(body, track, (position) => {
      const clusterStart = segmentStart + position
      return clusterStart >= firstClusterStart && clusterStart < elements.size ? clusterStart : undefined
    })
    return { start: cuesStart, list }
  } catch (error) {
    if (error instanceof RangedExtractionError) return { start: cuesStart, list: undefined }
    throw error
  }
}

/** @param locate converts a position in the segment to an offset; returns undefined if no cluster can be there */
async function listCues (
  body: Buffer,
  track: number,
  locate: (position: number) => number | undefined
): Promise<CueList | undefined> {
  const capacity = Math.ceil(body.length / MIN_CUE_BYTES)
  const [times, starts, relatives] = [
    new Float64Array(capacity),
    new Float64Array(capacity),
    new Float64Array(capacity)
  ]
  let [count, points] = [0, 0]
  for (const point of iterateChildren(body)) {
    if (++points % POINTS_PER_TURN === 0) await setImmediate()
    const cue = point.id === CHILD.point ? readPoint(point.body, track) : undefined
    const [lastTicks, lastStart] = count === 0 ? [-1, 0] : [times[count - 1]!, starts[count - 1]!]
    if (cue === undefined || cue.ticks === lastTicks) continue
    const clusterStart = locate(cue.clusterStart)
    if (clusterStart === undefined || cue.ticks < lastTicks || clusterStart < lastStart || count === capacity) {
      return undefined
    }
    times[count] = cue.ticks
    starts[count] = clusterStart
    relatives[count] = cue.relative ?? -1
    count++
  }
  return count === 0
    ? undefined
    : createCueList([times.slice(0, count), starts.slice(0, count), relatives.slice(0, count)])
}

function createCueList ([times, starts, relatives]: readonly [Float64Array, Float64Array, Float64Array]): CueList {
  return {
    count: times.length,
    memoryBytes: 3 * times.byteLength,
    at (index) {
      const [ticks, clusterStart, relative] = [times[index], starts[index], relatives[index]]
      if (ticks === undefined || clusterStart === undefined || relative === undefined) return undefined
      return { ticks, clusterStart, relative: relative < 0 ? undefined : relative }
    },
    findAt (ticks) {
      let [low, high] = [0, times.length]
      while (low < high) {
        const middle = (low + high) >>> 1
        if (times[middle]! <= ticks) low = middle + 1
        else high = middle
      }
      return low - 1
    }
  }
}

function readPoint (point: Buffer, track: number): Cue | undefined {
  let ticks = 0
  let place: Omit<Cue, 'ticks'> | undefined
  for (const { id, body } of iterateChildren(point)) {
    if (id === CHILD.time) ticks = readUnsigned(body, 0)
    else if (id === CHILD.trackPositions) place ??= readTrackPosition(body, track)
  }
  return place === undefined ? undefined : { ticks, ...place }
}

function readTrackPosition (positions: Buffer, wantedTrack: number): Omit<Cue, 'ticks'> | undefined {
  let track = 0
  let clusterStart: number | undefined
  let relative: number | undefined
  for (const { id, body } of iterateChildren(positions)) {
    if (id === CHILD.track) track = readUnsigned(body, 0)
    else if (id === CHILD.clusterPosition) clusterStart = readUnsigned(body, 0)
    else if (id === CHILD.relativePosition) relative = readUnsigned(body, 0)
  }
  return track === wantedTrack && clusterStart !== undefined ? { clusterStart, relative } : undefined
}

/** Like `listElements`, for bodies of many elements: it does not collect them. */
function * iterateChildren (data: Buffer): Generator<{ readonly id: number, readonly body: Buffer }> {
  for (let at = 0; at < data.length;) {
    const { id, headerBytes, size } = readElementHeader(data, at)
    const end = at + headerBytes + (size ?? Infinity)
    if (end > data.length) throw new RangedExtractionError('an EBML element is larger than what holds it')
    yield { id, body: data.subarray(at + headerBytes, end) }
    at = end
  }
}
