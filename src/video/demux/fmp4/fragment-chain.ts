import { LRUCache } from 'lru-cache'
import { type Box, type Window, MAX_HEADER_BYTES, readBox } from '../mp4/box.ts'
import { type Fragment, type FragmentContext, countFragmentMemory } from './fragment.ts'
import { readFragment } from './read-fragment.ts'
import { MAX_MOOF_BYTES } from './scan-moof.ts'
import type { WindowReader } from './window-reader.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Limit of the boxes between two fragments: styp, sidx, prft, emsg, free. */
const MAX_BOXES_BETWEEN = 1000
const MAX_MEMORY_BYTES = 16 * 1024 * 1024
const NO_DECODE_ENDS: ReadonlyMap<number, number> = new Map()

/** The fragments of a file, read in order or at any offset, and cached within a memory limit. */
export class FragmentChain {
  readonly context: FragmentContext
  /** Fragments by the offset that they were looked for at. */
  readonly #cached = new LRUCache<number, Fragment | 'none'>({
    maxSize: MAX_MEMORY_BYTES,
    sizeCalculation: (fragment) => (fragment === 'none' ? 64 : countFragmentMemory(fragment))
  })

  #largestMoofBytes = 0

  constructor (context: FragmentContext) {
    this.context = context
  }

  /** Memory of the cached fragments, in bytes. */
  get memoryBytes (): number {
    return this.#cached.calculatedSize
  }

  /** Bytes that contain the largest `moof` read so far and the header after it. */
  get usualMoofBytes (): number {
    return this.#largestMoofBytes + MAX_HEADER_BYTES
  }

  /** Adds a fragment that is not read from a `moof`, before any other is read. */
  add (fragment: Fragment): void {
    this.#cached.set(fragment.start, fragment)
  }

  /**
   * Reads the first fragment at or after the start of any box.
   *
   * @param aheadBytes size of the request, if one is needed
   * @param decodeEnds end of decoding of each track so far, for fragments that do not state their start
   * @returns undefined if there are only other boxes from there on
   * @throws PosterframeError `encrypted_video`, `video_limits_exceeded`
   * @throws RangedExtractionError for malformed or ambiguous fragments
   */
  async readNext (
    reader: WindowReader,
    from: number,
    aheadBytes: number,
    decodeEnds = NO_DECODE_ENDS
  ): Promise<Fragment | undefined> {
    const known = this.#cached.get(from)
    if (known !== undefined) return known === 'none' ? undefined : known
    const moof = await findMoof(reader, from, aheadBytes)
    if (moof === undefined) {
      this.#cached.set(from, 'none')
      return undefined
    }
    const cached = this.#cached.get(moof.start)
    const fragment =
      cached === undefined || cached === 'none' ? await this.#readMoof(reader, moof, aheadBytes, decodeEnds) : cached
    this.#cached.set(from, fragment)
    this.#cached.set(moof.start, fragment)
    return fragment
  }

  /** Reads on to the first fragment with samples of the wanted track. */
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
    if (moof.end - moof.start > MAX_MOOF_BYTES) throw new RangedExtractionError('a moof box is too large')
    this.#largestMoofBytes = Math.max(this.#largestMoofBytes, moof.end - moof.start)
    const window = await reader.readWindow(moof.start, moof.end + MAX_HEADER_BYTES, moof.start + aheadBytes)
    return readFragment(window, moof, findNext(window, moof, reader.size), this.context, decodeEnds)
  }
}

async function findMoof (reader: WindowReader, from: number, aheadBytes: number): Promise<Box | undefined> {
  let at = from
  for (let count = 0; at + 8 <= reader.size; count++) {
    if (count > MAX_BOXES_BETWEEN) throw new RangedExtractionError('there are too many boxes between fragments')
    const box = readBox(await reader.readWindow(at, at + MAX_HEADER_BYTES, at + aheadBytes), at, reader.size)
    if (!/^[\x20-\x7e]{4}$/.test(box.type)) throw new RangedExtractionError('a box between fragments has no valid type')
    if (box.type === 'moof') return box
    if (box.type === 'moov') throw new RangedExtractionError('there are two movies in the file')
    at = box.end
  }
  return undefined
}

/** Returns the offset past the data after a `moof`, so that one request finds the next fragment. */
function findNext (window: Window, moof: Box, fileBytes: number): number {
  if (moof.end + 8 > fileBytes) return moof.end
  const after = readBox(window, moof.end, fileBytes)
  return after.type === 'mdat' ? after.end : moof.end
}
