import type { Fragment } from './fragment.ts'
import type { FragmentChain } from './fragment-chain.ts'
import type { SeekPoints } from './seek-points.ts'
import { MOOF_HEAD_BYTES, scanForMoof } from './scan-moof.ts'
import type { WindowReader } from './window-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const KIB = 1024
/** Enough for the `moof` of ten seconds and the key frame that often follows. */
const LANDING_BYTES = 128 * KIB
const STEP_BYTES = 16 * KIB
/** Fragments smaller than this are read many at a time, their data too. */
const SMALL_FRAGMENT_BYTES = 64 * KIB
const MANY_FRAGMENTS_BYTES = 512 * KIB
/** So many fragments are rather walked over, one small request each, than jumped over. */
const WALK_FRAGMENTS = 5
const MAX_WALKED = 20_000
const MAX_SCAN_BYTES = 8192 * KIB
const WINDOWS_PER_FRAGMENT = 4

/** Finds fragments by landmarks, and where these lie far apart by probing between them. */
export class FragmentSearch {
  readonly #chain: FragmentChain
  readonly #landmarks: SeekPoints

  constructor (chain: FragmentChain, seekPoints: SeekPoints) {
    this.#chain = chain
    this.#landmarks = seekPoints
  }

  /**
   * The last fragment with samples of the wanted track that begins no later than a moment, in decode time; the first
   * where none does.
   *
   * @throws RangedExtractionError where the fragments are not in order
   */
  async findFragment (reader: WindowReader, limitTicks: number): Promise<Fragment> {
    let lower = await this.#findLower(reader, limitTicks)
    let [upper, ceiling]: [Fragment | undefined, number] = [undefined, Infinity]
    for (let round = 1; startOf(lower) <= limitTicks && endOf(lower) <= limitTicks; round++) {
      const seekPoint = this.#landmarks.at(this.#landmarks.countBefore(lower.start + 1))
      if (seekPoint === undefined) return lower
      const upperEnd = Math.min(seekPoint.offset, ceiling)
      if (upperEnd - lower.next <= planWalkBytes(lower)) {
        const next = await this.#readWanted(reader, lower.next, this.#planAhead(lower))
        if (next === undefined || startOf(next) > limitTicks) return lower
        lower = checkOrder(lower, next)
        continue
      }
      const from = planProbe(
        { lower, upper, upperEnd, upperTicks: upper === undefined ? seekPoint.ticks : startOf(upper) },
        limitTicks,
        round
      )
      const place = await scanForward(reader, from, upperEnd, planScanBytes(lower))
      const found = place === undefined ? undefined : await this.#readWanted(reader, place, this.#planAhead(lower))
      if (found === undefined || found.start >= upperEnd) ceiling = from
      else if (startOf(checkOrder(lower, found)) > limitTicks) [upper, ceiling] = [found, found.start]
      else lower = found
    }
    return lower
  }

  /**
   * The fragments with samples of the wanted track before one, contiguous up to it; each further attempt goes back
   * twice as far.
   *
   * @throws RangedExtractionError where what was found does not lead to it
   */
  async readBefore (reader: WindowReader, first: Fragment, attempt: number): Promise<Fragment[]> {
    const count = 2 ** attempt
    const seekPoint = this.#landmarks.at(Math.max(0, this.#landmarks.countBefore(first.start) - count))
    if (seekPoint === undefined || seekPoint.offset >= first.start) {
      throw new RangedExtractionError('nothing comes before a fragment')
    }
    const wishedBytes = count * Math.max(2 * (first.next - first.start), SMALL_FRAGMENT_BYTES)
    const place = await this.#scanBack(reader, first, seekPoint.offset, wishedBytes)
    const fragments: Fragment[] = []
    const walk = this.walk(reader, place, this.#planAhead(first))
    for await (const fragment of walk) {
      if (fragment.start === first.start) return fragments
      if (fragment.start > first.start) break
      if (fragment.samples.length > 0) fragments.push(fragment)
    }
    throw new RangedExtractionError('fragments do not lead to each other')
  }

  /**
   * Walks from the first fragment at or after the start of a box to the end of the file.
   *
   * @throws RangedExtractionError after 20,000 of them
   */
  async * walk (
    reader: WindowReader,
    from: number,
    aheadBytes: number,
    decodeEnds?: ReadonlyMap<number, number>
  ): AsyncGenerator<Fragment> {
    let fragment = await this.#chain.readNext(reader, from, aheadBytes, decodeEnds)
    for (let count = 1; fragment !== undefined; count++) {
      if (count > MAX_WALKED) throw new RangedExtractionError('there are too many fragments to walk over')
      if (fragment.samples.length > 0) this.#landmarks.add({ offset: fragment.start, ticks: startOf(fragment) })
      yield fragment
      fragment = await this.#chain.readNext(reader, fragment.next, this.#planAhead(fragment), fragment.decodeEnds)
    }
  }

  /** The fragment after one; both have samples of the wanted track. */
  async readAfter (reader: WindowReader, fragment: Fragment): Promise<Fragment | undefined> {
    return await this.#readWanted(reader, fragment.next, this.#planAhead(fragment))
  }

  /**
   * Where the fragments are that end the file: those from the last one with samples of the wanted track on.
   *
   * @param known the last fragment that is known
   */
  async findLast (reader: WindowReader, known: Fragment): Promise<number> {
    if (reader.size - known.next <= planWalkBytes(known)) return known.start
    let end = reader.size
    for (let tailBytes = 3 * (known.next - known.start); end > known.next; tailBytes *= 2) {
      const start = Math.max(known.next, reader.size - Math.ceil(tailBytes))
      const place = await scanForward(reader, start, end, planScanBytes(known))
      if (place !== undefined && (await this.#chain.readNextWanted(reader, place, LANDING_BYTES)) !== undefined) {
        return place
      }
      end = start
    }
    return known.start
  }

  async #findLower (reader: WindowReader, limitTicks: number): Promise<Fragment> {
    for (let index = this.#landmarks.findAt(limitTicks), step = 1; ; index = Math.max(0, index - step), step *= 2) {
      const seekPoint = this.#landmarks.at(index)
      const fragment =
        seekPoint === undefined ? undefined : await this.#readWanted(reader, seekPoint.offset, LANDING_BYTES)
      if (fragment !== undefined && (startOf(fragment) <= limitTicks || index === 0)) return fragment
      if (index === 0) throw new RangedExtractionError('there are no fragments of the video track')
    }
  }

  /** A `moof` at least so far before a fragment, or the one at the floor where that is near. */
  async #scanBack (reader: WindowReader, first: Fragment, floor: number, wishedBytes: number): Promise<number> {
    for (let bytes = wishedBytes; first.start - floor > 2 * bytes; bytes *= 2) {
      const place = await scanForward(reader, first.start - bytes, first.start, planScanBytes(first))
      if (place !== undefined) return place
    }
    return floor
  }

  async #readWanted (reader: WindowReader, offset: number, aheadBytes: number): Promise<Fragment | undefined> {
    const fragment = await this.#chain.readNextWanted(reader, offset, aheadBytes)
    if (fragment !== undefined) this.#landmarks.add({ offset: fragment.start, ticks: startOf(fragment) })
    return fragment
  }

  #planAhead (fragment: Fragment): number {
    const isSmall = fragment.next - fragment.start <= SMALL_FRAGMENT_BYTES
    return isSmall ? MANY_FRAGMENTS_BYTES : Math.max(STEP_BYTES, this.#chain.usualMoofBytes)
  }
}

/** Two places of the file that a moment lies between. */
interface Bracket {
  readonly lower: Fragment
  /** The one beyond, where it was read. */
  readonly upper: Fragment | undefined
  /** No fragment that matters begins here or later. */
  readonly upperEnd: number
  readonly upperTicks: number
}

function checkOrder (lower: Fragment, next: Fragment): Fragment {
  if (next.start <= lower.start || startOf(next) <= startOf(lower)) {
    throw new RangedExtractionError('fragments are not in order')
  }
  return next
}

function startOf (fragment: Fragment): number {
  return fragment.samples[0]?.dts ?? Infinity
}

function endOf (fragment: Fragment): number {
  const last = fragment.samples.at(-1)
  return last === undefined ? -Infinity : last.dts + last.durationTicks
}

function planWalkBytes (fragment: Fragment): number {
  return Math.max(WALK_FRAGMENTS * (fragment.next - fragment.start), MANY_FRAGMENTS_BYTES)
}

/** Large against what is lost when a `moof` comes early in it, small against the fragments themselves. */
function planScanBytes (fragment: Fragment): number {
  return Math.min(
    MAX_SCAN_BYTES,
    Math.max(64 * KIB, Math.ceil((fragment.next - fragment.start) / WINDOWS_PER_FRAGMENT))
  )
}

/**
 * Where to look for a fragment next, a fragment early since the search goes forward from there. By turns: as far on
 * as time says between the two that are known, which is right where bit rates vary everywhere; by the bit rate of
 * either, which is right where they jump; and in the middle, so that no file draws it out.
 */
function planProbe (bracket: Bracket, limitTicks: number, round: number): number {
  const { lower, upper, upperEnd } = bracket
  const gap = upperEnd - lower.next
  const share = (limitTicks - startOf(lower)) / Math.max(1, bracket.upperTicks - startOf(lower))
  const byTime = lower.next + gap * Math.min(1, share)
  const middle = lower.next + gap / 2
  const byLowerRate = lower.start + (limitTicks - startOf(lower)) * rateOf(lower)
  const byUpperRate = upper === undefined ? middle : upper.start - (startOf(upper) - limitTicks) * rateOf(upper)
  const guesses = [byTime, byTime, byLowerRate, byUpperRate, middle]
  const guess = guesses[(round - 1) % guesses.length]! - (lower.next - lower.start)
  return Math.floor(Math.max(lower.next, Math.min(guess, upperEnd - gap / 64)))
}

/** Bytes per tick. */
function rateOf (fragment: Fragment): number {
  return (fragment.next - fragment.start) / Math.max(1, endOf(fragment) - startOf(fragment))
}

/** The first `moof` that begins in a part of the file; where none comes soon, windows grow. */
async function scanForward (
  reader: WindowReader,
  from: number,
  end: number,
  firstBytes: number
): Promise<number | undefined> {
  for (
    let start = from, windowBytes = firstBytes;
    start < end;
    start += windowBytes, windowBytes = planScanWindow(start - from, firstBytes)
  ) {
    const window = await reader.readWindow(start, Math.min(start + windowBytes, end) + MOOF_HEAD_BYTES)
    const place = scanForMoof({ offset: start, data: window.data.subarray(start - window.offset) }, 'first')
    if (place !== undefined) return place < end ? place : undefined
  }
  return undefined
}

/** Windows of one size until a fragment should have ended, for what is read past its end is lost; then they grow. */
function planScanWindow (scannedBytes: number, firstBytes: number): number {
  return scannedBytes < WINDOWS_PER_FRAGMENT * firstBytes ? firstBytes : Math.min(MAX_SCAN_BYTES, scannedBytes)
}
