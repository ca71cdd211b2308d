import type { Fragment } from './fragment.ts'
import type { FragmentChain } from './fragment-chain.ts'
import type { SeekPoints } from './seek-points.ts'
import { scanForward } from './scan-moof.ts'
import type { WindowReader } from './window-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const KIB = 1024
/** Bytes to read at the presumed start of a fragment: the `moof` of ten seconds, and often the key frame after it. */
export const FIRST_READ_BYTES = 128 * KIB
const STEP_BYTES = 16 * KIB
/** Fragments smaller than this are read many at a time, with their data. */
const SMALL_FRAGMENT_BYTES = 64 * KIB
const MANY_FRAGMENTS_BYTES = 512 * KIB
/** Up to this many fragments are walked over, one small request each, rather than skipped by probing. */
const WALK_FRAGMENTS = 5
const MAX_WALKED = 20_000

/** Finds fragments by seek points, and by probing between those that are far apart. */
export class FragmentSearch {
  readonly #chain: FragmentChain
  readonly #seekPoints: SeekPoints

  constructor (chain: FragmentChain, seekPoints: SeekPoints) {
    this.#chain = chain
    this.#seekPoints = seekPoints
  }

  /**
   * Finds the last fragment with samples of the wanted track that begins no later than a decode time, or the first
   * one if none does.
   *
   * @throws RangedExtractionError if the fragments are not in order
   */
  async findFragment (reader: WindowReader, limitTicks: number): Promise<Fragment> {
    let lower = await this.#findLower(reader, limitTicks)
    let [upper, ceiling]: [Fragment | undefined, number] = [undefined, Infinity]
    for (let round = 1; startOf(lower) <= limitTicks && endOf(lower) <= limitTicks; round++) {
      const seekPoint = this.#seekPoints.at(this.#seekPoints.countBefore(lower.start + 1))
      if (seekPoint === undefined) return lower
      const upperEnd = Math.min(seekPoint.offset, ceiling)
      if (upperEnd - lower.next <= computeWalkBytes(lower)) {
        const next = await this.#readWanted(reader, lower.next, this.#computeAheadBytes(lower))
        if (next === undefined || startOf(next) > limitTicks) return lower
        lower = assertOrder(lower, next)
        continue
      }
      const from = chooseProbe(
        { lower, upper, upperEnd, upperTicks: upper === undefined ? seekPoint.ticks : startOf(upper) },
        limitTicks,
        round
      )
      const offset = await scanForward(reader, { start: from, end: upperEnd }, sizeOf(lower))
      const found =
        offset === undefined ? undefined : await this.#readWanted(reader, offset, this.#computeAheadBytes(lower))
      if (found === undefined || found.start >= upperEnd) ceiling = from
      else if (startOf(assertOrder(lower, found)) > limitTicks) [upper, ceiling] = [found, found.start]
      else lower = found
    }
    return lower
  }

  /**
   * Reads the fragments with samples of the wanted track before another one, contiguous up to it. Each further
   * attempt goes back twice as far.
   *
   * @throws RangedExtractionError if the fragments found do not lead to it
   */
  async readBefore (reader: WindowReader, first: Fragment, attempt: number): Promise<Fragment[]> {
    const count = 2 ** attempt
    const seekPoint = this.#seekPoints.at(Math.max(0, this.#seekPoints.countBefore(first.start) - count))
    if (seekPoint === undefined || seekPoint.offset >= first.start) {
      throw new RangedExtractionError('there is no fragment before the first one of the packet range')
    }
    const backBytes = count * Math.max(2 * sizeOf(first), SMALL_FRAGMENT_BYTES)
    const from = await this.#scanBack(reader, first, seekPoint.offset, backBytes)
    const fragments: Fragment[] = []
    for await (const fragment of this.walk(reader, from, this.#computeAheadBytes(first))) {
      if (fragment.start === first.start) return fragments
      if (fragment.start > first.start) break
      if (fragment.samples.length > 0) fragments.push(fragment)
    }
    throw new RangedExtractionError('fragments do not follow each other')
  }

  /**
   * Iterates over the fragments from the first one at or after the start of a box to the end of the file.
   *
   * @throws RangedExtractionError after 20,000 fragments
   */
  async * walk (
    reader: WindowReader,
    from: number,
    aheadBytes = FIRST_READ_BYTES,
    decodeEnds?: ReadonlyMap<number, number>
  ): AsyncGenerator<Fragment> {
    let fragment = await this.#chain.readNext(reader, from, aheadBytes, decodeEnds)
    for (let count = 1; fragment !== undefined; count++) {
      if (count > MAX_WALKED) throw new RangedExtractionError('there are too many fragments to walk over')
      if (fragment.samples.length > 0) this.#seekPoints.add({ offset: fragment.start, ticks: startOf(fragment) })
      yield fragment
      fragment = await this.#chain.readNext(
        reader,
        fragment.next,
        this.#computeAheadBytes(fragment),
        fragment.decodeEnds
      )
    }
  }

  /** Reads the next fragment with samples of the wanted track. */
  async readAfter (reader: WindowReader, fragment: Fragment): Promise<Fragment | undefined> {
    return await this.#readWanted(reader, fragment.next, this.#computeAheadBytes(fragment))
  }

  /**
   * Finds the fragments at the end of the file: those from the last one with samples of the wanted track on.
   *
   * @param known last fragment that was read
   * @returns the offset of the first of them
   */
  async findLast (reader: WindowReader, known: Fragment): Promise<number> {
    if (reader.size - known.next <= computeWalkBytes(known)) return known.start
    let end = reader.size
    for (let tailBytes = 3 * sizeOf(known); end > known.next; tailBytes *= 2) {
      const start = Math.max(known.next, reader.size - Math.ceil(tailBytes))
      const offset = await scanForward(reader, { start, end }, sizeOf(known))
      if (offset !== undefined && (await this.#chain.readNextWanted(reader, offset, FIRST_READ_BYTES)) !== undefined) {
        return offset
      }
      end = start
    }
    return known.start
  }

  async #findLower (reader: WindowReader, limitTicks: number): Promise<Fragment> {
    for (let index = this.#seekPoints.findAt(limitTicks), step = 1; ; index = Math.max(0, index - step), step *= 2) {
      const seekPoint = this.#seekPoints.at(index)
      const fragment =
        seekPoint === undefined ? undefined : await this.#readWanted(reader, seekPoint.offset, FIRST_READ_BYTES)
      if (fragment !== undefined && (startOf(fragment) <= limitTicks || index === 0)) return fragment
      if (index === 0) throw new RangedExtractionError('there are no fragments of the video track')
    }
  }

  /** Finds a `moof` at least `minBytes` before a fragment; returns `floor` if that is near. */
  async #scanBack (reader: WindowReader, first: Fragment, floor: number, minBytes: number): Promise<number> {
    for (let bytes = minBytes; first.start - floor > 2 * bytes; bytes *= 2) {
      const offset = await scanForward(reader, { start: first.start - bytes, end: first.start }, sizeOf(first))
      if (offset !== undefined) return offset
    }
    return floor
  }

  async #readWanted (reader: WindowReader, offset: number, aheadBytes: number): Promise<Fragment | undefined> {
    const fragment = await this.#chain.readNextWanted(reader, offset, aheadBytes)
    if (fragment !== undefined) this.#seekPoints.add({ offset: fragment.start, ticks: startOf(fragment) })
    return fragment
  }

  /** Computes the size of the request for the fragment after one. */
  #computeAheadBytes (fragment: Fragment): number {
    const isSmall = sizeOf(fragment) <= SMALL_FRAGMENT_BYTES
    return isSmall ? MANY_FRAGMENTS_BYTES : Math.max(STEP_BYTES, this.#chain.usualMoofBytes)
  }
}

/** The parts of the file that are known to be before and after the wanted time. */
interface Bracket {
  readonly lower: Fragment
  /** The fragment after the wanted time, if it was read. */
  readonly upper: Fragment | undefined
  /** The wanted fragment begins before this offset. */
  readonly upperEnd: number
  readonly upperTicks: number
}

function assertOrder (lower: Fragment, next: Fragment): Fragment {
  if (next.start <= lower.start || startOf(next) <= startOf(lower)) {
    throw new RangedExtractionError('fragments are not in order')
  }
  return next
}

/** Bytes of a fragment, its data included. */
function sizeOf (fragment: Fragment): number {
  return fragment.next - fragment.start
}

function startOf (fragment: Fragment): number {
  return fragment.samples[0]?.dts ?? Infinity
}

function endOf (fragment: Fragment): number {
  const last = fragment.samples.at(-1)
  return last === undefined ? -Infinity : last.dts + last.durationTicks
}

/** Computes the largest distance that is walked over, fragment by fragment. */
function computeWalkBytes (fragment: Fragment): number {
  return Math.max(WALK_FRAGMENTS * sizeOf(fragment), MANY_FRAGMENTS_BYTES)
}

/**
 * Chooses the offset to look for a fragment at, one fragment early since the search goes forward from there. It takes
 * turns: interpolating by time between the two known fragments, which is right if the bit rate varies everywhere;
 * extrapolating by the bit rate of either, which is right if it jumps; and the middle, which bounds the search in any
 * file.
 */
function chooseProbe (bracket: Bracket, limitTicks: number, round: number): number {
  const { lower, upper, upperEnd } = bracket
  const gap = upperEnd - lower.next
  const share = (limitTicks - startOf(lower)) / Math.max(1, bracket.upperTicks - startOf(lower))
  const byTime = lower.next + gap * Math.min(1, share)
  const middle = lower.next + gap / 2
  const byLowerRate = lower.start + (limitTicks - startOf(lower)) * rateOf(lower)
  const byUpperRate = upper === undefined ? middle : upper.start - (startOf(upper) - limitTicks) * rateOf(upper)
  const guesses = [byTime, byTime, byLowerRate, byUpperRate, middle]
  const guess = guesses[(round - 1) % guesses.length]! - sizeOf(lower)
  return Math.floor(Math.max(lower.next, Math.min(guess, upperEnd - gap / 64)))
}

/** Bytes per tick. */
function rateOf (fragment: Fragment): number {
  return sizeOf(fragment) / Math.max(1, endOf(fragment) - startOf(fragment))
}
