import { type Box, type Window, MAX_HEADER_BYTES, readBox } from '../mp4/box.ts'
import { type Fragment, type FragmentContext, countFragmentMemory } from './fragment.ts'
import { readFragment } from './read-fragment.ts'
import { MAX_MOOF_BYTES } from './scan-moof.ts'
import type { WindowReader } from './window-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Boxes between two fragments: styp, sidx, prft, emsg, free. */
const MAX_BOXES_BETWEEN = 1000
const MAX_MEMORY_BYTES = 16 * 1024 * 1024
const NOTHING_KNOWN: ReadonlyMap<number, number> = new Map()

/** The fragments of a file, read one after the other or anywhere, and kept within a bound. */
export class FragmentChain {
  readonly context: FragmentContext
  /** By the place where they were looked for; null where nothing comes any more. */
  readonly #kept = new Map<number, Fragment | null>()
  #memoryBytes = 0
  #largestMoofBytes = 0

  constructor (context: FragmentContext) {
    this.context = context
  }

  /** What the kept fragments take in memory. */
  get memoryBytes (): number {
    return this.#memoryBytes
  }

  /** As many bytes as hold the largest `moof` met so far and the header after it. */
  get usualMoofBytes (): number {
    return this.#largestMoofBytes + MAX_HEADER_BYTES
  }

  /** Adds what stands for a fragment at its start, before any is read. */
  add (fragment: Fragment): void {
    this.#keep(fragment.start, fragment)
  }

  /**
   * Reads the first fragment at or after the start of any box.
   *
   * @param aheadBytes how many bytes to ask for where a request is needed
   * @param decodeEnds where tracks go on whose fragment does not say it
   * @returns undefined where nothing but other boxes comes any more
   * @throws PosterframeError `encrypted_video`, `video_limits_exceeded`
   * @throws RangedExtractionError for what is damaged or doubtful
   */
  async readNext (
    reader: WindowReader,
    from: number,
    aheadBytes: number,
    decodeEnds = NOTHING_KNOWN
  ): Promise<Fragment | undefined> {
    const known = this.#kept.get(from)
    if (known !== undefined) {
      this.#keep(from, known)
      return known ?? undefined
    }
    const moof = await findMoof(reader, from, aheadBytes)
    if (moof === undefined) {
      this.#keep(from, null)
      return undefined
    }
    const fragment = this.#kept.get(moof.start) ?? (await this.#readMoof(reader, moof, aheadBytes, decodeEnds))
    this.#keep(from, fragment)
    this.#keep(moof.start, fragment)
    return fragment
  }

  /** Reads on to the first fragment that has samples of the wanted track. */
  async readNextWanted (reader: WindowReader, from: number, aheadBytes: number): Promise<Fragment | undefined> {
    let fragment = await this.readNext(reader, from, aheadBytes)
    while (fragment !== undefined && fragment.samples.length === 0) {
      fragment = await this.readNext(reader, fragment.next, aheadBytes, fragment.decodeEnds)
    }
    return fragment
  }

  async #readMoof (
    reader: WindowReader,
    moof: Box,
    aheadBytes: number,
    decodeEnds: ReadonlyMap<number, number>
  ): Promise<Fragment> {
    if (moof.end - moof.start > MAX_MOOF_BYTES) throw new RangedExtractionError('a moof box is very large')
    this.#largestMoofBytes = Math.max(this.#largestMoofBytes, moof.end - moof.start)
    const window = await reader.readWindow(moof.start, moof.end + MAX_HEADER_BYTES, moof.start + aheadBytes)
    return readFragment(window, moof, findNext(window, moof, reader.size), this.context, decodeEnds)
  }

  #keep (from: number, fragment: Fragment | null): void {
    const measure = (one: Fragment | null | undefined): number =>
      one === undefined ? 0 : one === null ? 64 : countFragmentMemory(one)
    this.#memoryBytes += measure(fragment) - measure(this.#kept.get(from))
    // A map remembers the order of insertion: the one used last goes to its end.
    this.#kept.delete(from)
    this.#kept.set(from, fragment)
    for (const [oldest, one] of this.#kept) {
      if (this.#memoryBytes <= MAX_MEMORY_BYTES || oldest === from) break
      this.#kept.delete(oldest)
      this.#memoryBytes -= measure(one)
    }
  }
}

async function findMoof (reader: WindowReader, from: number, aheadBytes: number): Promise<Box | undefined> {
  let at = from
  for (let count = 0; at + 8 <= reader.size; count++) {
    if (count > MAX_BOXES_BETWEEN) throw new RangedExtractionError('there are too many boxes between fragments')
    const box = readBox(await reader.readWindow(at, at + MAX_HEADER_BYTES, at + aheadBytes), at, reader.size)
    if (!/^[\x20-\x7e]{4}$/.test(box.type)) throw new RangedExtractionError('there is no box where one should be')
    if (box.type === 'moof') return box
    if (box.type === 'moov') throw new RangedExtractionError('there are two movies in the file')
    at = box.end
  }
  return undefined
}

/** Past the data after a `moof`, so that the next fragment is found by one request. */
function findNext (window: Window, moof: Box, fileBytes: number): number {
  if (moof.end + 8 > fileBytes) return moof.end
  const after = readBox(window, moof.end, fileBytes)
  return after.type === 'mdat' ? after.end : moof.end
}
