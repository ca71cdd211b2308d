import { type Box, type Window, MAX_HEADER_BYTES, readBox } from '../mp4/box.ts'
import { type Fragment, type FragmentContext, countFragmentMemory } from './fragment.ts'
import { readFragment } from './read-fragment.ts'
import { MAX_MOOF_BYTES } from './scan-moof.ts'
import type { WindowReader } from './window-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Maximum number of boxes between two fragments: styp, sidx, prft, emsg, free. */
const MAX_BOXES_BETWEEN = 1000
const MAX_MEMORY_BYTES = 16 * 1024 * 1024
const NOTHING_KNOWN: ReadonlyMap<number, number> = new Map()

/** Reads the fragments of a file, sequentially or at any position, and caches them up to a memory bound. */
export class FragmentChain {
  readonly context: FragmentContext
  /** Fragments by the offset at which they were looked for; null at the end of the file. */
  readonly #kept = new Map<number, Fragment | null>()
  #memoryBytes = 0
  #largestMoofBytes = 0

  constructor (context: FragmentContext) {
    this.context = context
  }

  /** Memory that the cached fragments occupy, in bytes. */
  get memoryBytes (): number {
    return this.#memoryBytes
  }

  /** Bytes that hold the largest `moof` so far and the header after it. */
  get usualMoofBytes (): number {
    return this.#largestMoofBytes + MAX_HEADER_BYTES
  }

  /** Adds a substitute for the fragment at an offset, before any fragment is read. */
  add (fragment: Fragment): void {
    this.#keep(fragment.start, fragment)
  }

  /**
   * Reads the first fragment at or after the start of any box.
   *
   * @param aheadBytes bytes to read if a request is needed
   * @param decodeEnds decode time at which tracks continue if their fragment does not have it
   * @returns undefined if only other boxes follow
   * @throws PosterframeError `encrypted_video`, `video_limits_exceeded`
   * @throws RangedExtractionError for a damaged or ambiguous file
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

  /** Reads on to the first fragment that has samples of the chosen track. */
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
    return readFragment(window, moof, findNext(window, moof, reader.bytes), this.context, decodeEnds)
  }

  #keep (from: number, fragment: Fragment | null): void {
    const measure = (one: Fragment | null | undefined): number =>
      one === undefined ? 0 : one === null ? 64 : countFragmentMemory(one)
    this.#memoryBytes += measure(fragment) - measure(this.#kept.get(from))
    // A Map keeps insertion order, so the most recently used fragment is last.
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
  for (let count = 0; at + 8 <= reader.bytes; count++) {
    if (count > MAX_BOXES_BETWEEN) throw new RangedExtractionError('there are too many boxes between fragments')
    const box = readBox(await reader.readWindow(at, at + MAX_HEADER_BYTES, at + aheadBytes), at, reader.bytes)
    if (!/^[\x20-\x7e]{4}$/.test(box.type)) throw new RangedExtractionError('there is no box at the expected position')
    if (box.type === 'moof') return box
    if (box.type === 'moov') throw new RangedExtractionError('there are two movies in the file')
    at = box.end
  }
  return undefined
}

/** Returns the offset behind the data after a `moof`, so that one request finds the next fragment. */
function findNext (window: Window, moof: Box, fileBytes: number): number {
  if (moof.end + 8 > fileBytes) return moof.end
  const after = readBox(window, moof.end, fileBytes)
  return after.type === 'mdat' ? after.end : moof.end
}
