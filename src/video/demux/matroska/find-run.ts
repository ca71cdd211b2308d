import { isTrueKeyFrame } from '../../bitstream/key-frame.ts'
import { iterateNalUnits, readLengthBytes } from '../../bitstream/nal-units.ts'
import type { ElementReader } from './element-reader.ts'
import { isShownFrame } from './is-shown-frame.ts'
import { type PacketTrack, readPacket } from './packet-track.ts'
import { type SeekStart, WrongCuesError } from './seek-start.ts'
import type { Seeker } from './seeker.ts'
import { type Block, walkBlocks } from './walk-blocks.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** The file during one lookup. */
export interface LookupContext {
  readonly elements: ElementReader
  readonly seeker: Seeker
  readonly track: PacketTrack
}

/** Limits of the packets of a run. */
export interface RunLimits {
  readonly maxPackets: number
  readonly maxBytes: number
}

/** The blocks that lead to a frame, in decode order. */
export interface Run {
  readonly blocks: readonly Block[]
  /** True if the file ended before a later frame came. */
  readonly isPastEnd: boolean
}

/** Frames that may come earlier in the file than one that is shown before them (H.264, section E.2.1: 16 at most). */
const MAX_REORDERED = { h264: 16, hevc: 16, vp8: 0, vp9: 0, av1: 0 } as const
/** Maximum number of places to begin at, each earlier than the one before. */
const MAX_STEPS_BACK = 8
const IDR = 5

/**
 * Finds the blocks that lead to the last frame at or before a time, in decode order, from a key frame that needs none
 * before it.
 *
 * @param atTicks `Infinity` for the last frame of the file
 * @param wantsKey true for the last key frame at or before it
 * @throws RangedExtractionError if there is no such run, or it exceeds the limits; errors of `Seeker`
 */
export async function findRun (
  context: LookupContext,
  atTicks: number,
  wantsKey: boolean,
  limits: RunLimits
): Promise<Run> {
  const { track } = context
  const limitTicks = Math.max(atTicks, track.first.ticks)
  const isStart = ({ ticks, isKey }: Block) => isKey && ticks <= limitTicks
  const { blocks, keyIndex, isPastEnd } = await collect(context, limits, limitTicks, isStart)
  const wantedTicks = wantsKey
    ? blocks[keyIndex]!.ticks
    : (findLatest(blocks, atTicks) ?? findEarliest(blocks, track))
  const shown: Block[] = []
  for (const block of blocks) {
    if (block.ticks === wantedTicks && isShownFrame(track.codec, await readPacket(context.elements, track, block))) {
      shown.push(block)
    }
  }
  const [target, ...others] = shown
  if (target === undefined) throw new RangedExtractionError('the packet shows no picture of its own')
  if (others.length > 0) throw new RangedExtractionError('two frames have the same time')
  return { blocks: blocks.slice(0, blocks.indexOf(target) + 1), isPastEnd }
}

/**
 * Finds the blocks from the last key frame that needs none before it, and that comes before another key frame, up to
 * that one, which is not included.
 *
 * @param beforeTicks the time of the other key frame
 * @throws errors of `findRun`
 */
export async function findRunBefore (
  context: LookupContext,
  beforeTicks: number,
  limits: RunLimits
): Promise<readonly Block[]> {
  const isBefore = ({ ticks, isKey }: Block) => isKey && ticks < beforeTicks
  const isStop = ({ ticks, isKey }: Block) => isKey && ticks === beforeTicks
  const { blocks } = await collect(context, limits, beforeTicks - 1, isBefore, isStop)
  const last = blocks.at(-1)
  if (blocks.length < 2 || last?.ticks !== beforeTicks || !last.isKey) {
    throw new RangedExtractionError('no key frame leads to the first one of the run')
  }
  return blocks.slice(0, -1)
}

interface Collected {
  /** From the last key frame that needs none before it, as far as `isStart` allows. */
  readonly blocks: Block[]
  /** The place of the last key frame of which `isStart` is true. */
  readonly keyIndex: number
  readonly isPastEnd: boolean
}

/** Walks over the blocks up to a time, from a place before its key frame: from earlier ones until one is found. */
async function collect (
  context: LookupContext,
  limits: RunLimits,
  limitTicks: number,
  isStart: (block: Block) => boolean,
  isStop: (block: Block) => boolean = () => false
): Promise<Collected> {
  const { seeker, elements } = context
  let from: SeekStart | undefined = await seeker.find(elements, limitTicks)
  for (let step = 0; step <= MAX_STEPS_BACK && from !== undefined; step++) {
    const found = await collectFrom(context, from, limits, limitTicks, isStart, isStop)
    if (found !== undefined) return found
    from = await seeker.findEarlier(elements, from, step)
  }
  throw new RangedExtractionError('there is no key frame near that stands alone')
}

async function collectFrom (
  { elements, seeker, track }: LookupContext,
  from: SeekStart,
  { maxPackets, maxBytes }: RunLimits,
  limitTicks: number,
  isStart: (block: Block) => boolean,
  isStop: (block: Block) => boolean
): Promise<Collected | undefined> {
  const blocks: Block[] = []
  let [keyIndex, bytes, later] = [-1, 0, 0]
  let [hasStart, hasKey, isPastEnd] = [false, false, true]
  for await (const block of walkBlocks(elements, new Set([track.number]), from.cluster, from.at, seeker.span.end)) {
    if (isStart(block)) {
      hasKey = true
      if (isTrueKeyFrame(track, await readPacket(elements, track, block))) {
        blocks.length = bytes = 0
        hasStart = true
      }
      keyIndex = blocks.length
    }
    if (hasStart) {
      blocks.push(block)
      bytes += block.end - block.start
    }
    if (blocks.length > maxPackets || bytes > maxBytes) throw new RangedExtractionError('too much leads to the frame')
    const isLater = block.ticks > limitTicks
    if (isLater) later++
    if (isStop(block) || (isLater && (later > MAX_REORDERED[track.codec] || (await isIdr(elements, track, block))))) {
      isPastEnd = false
      break
    }
  }
  if (!hasKey && from.cueIndex !== undefined) throw new WrongCuesError('a cue does not lead to a key frame')
  return hasStart ? { blocks, keyIndex, isPastEnd: isPastEnd && later === 0 } : undefined
}

function findLatest (blocks: readonly Block[], atTicks: number): number | undefined {
  const latest = blocks.reduce((last, { ticks }) => (ticks <= atTicks ? Math.max(last, ticks) : last), -Infinity)
  return Number.isFinite(latest) ? latest : undefined
}

/** Before the first frame the first one is shown; that is certain only if the blocks begin with the file. */
function findEarliest (blocks: readonly Block[], { first }: PacketTrack): number {
  if (blocks[0]?.start !== first.start) throw new RangedExtractionError('no frame is shown by then')
  return blocks.reduce((earliest, { ticks }) => Math.min(earliest, ticks), Infinity)
}

/** An IDR picture of H.264: nothing that comes after it is shown before it (Rec. ITU-T H.264, table 7-1, type 5). */
async function isIdr (elements: ElementReader, track: PacketTrack, block: Block): Promise<boolean> {
  if (track.codec !== 'h264' || !block.isKey) return false
  const units = iterateNalUnits(await readPacket(elements, track, block), readLengthBytes(track))
  return [...units].some((unit) => (unit.readUInt8(0) & 31) === IDR)
}
