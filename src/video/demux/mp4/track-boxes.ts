import { type Box, type Window, iterateBoxes, readBody, readBox } from './box.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** The containers of a track, and the boxes that are read from each; all others are skipped. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  trak: ['tkhd', 'tref', 'edts', 'mdia'],
  tref: ['chap'],
  edts: ['elst'],
  mdia: ['mdhd', 'hdlr', 'minf'],
  minf: ['dinf', 'stbl'],
  dinf: ['dref'],
  stbl: ['stsd', 'stts', 'ctts', 'stss', 'stsc', 'stsz', 'stz2', 'stco', 'co64', 'stps', 'sbgp']
}

/**
 * Limit of the boxes of a track on all levels together: with a limit for each container only, a file of a few
 * kilobytes could nest millions.
 */
const MAX_BOXES = 1000

/** The boxes of a track by type, and the bytes that contain them: those of the whole track, or only the first. */
export class TrackBoxes {
  readonly #window: Window
  readonly #boxes = new Map<string, Box[]>()
  #count = 0

  /**
   * @param window contains the header of the track, and as many of its boxes as were read
   * @throws RangedExtractionError if a box is malformed, or there are more than a thousand
   */
  constructor (window: Window, trak: Box) {
    this.#window = window
    this.#collect(trak)
  }

  /** Returns the boxes of a type, in the order of the file. */
  list (type: string): readonly Box[] {
    return this.#boxes.get(type) ?? []
  }

  /**
   * Returns the payload of the only box of a type; undefined if there is none.
   *
   * @throws RangedExtractionError if there are two, or it is shorter than `minBytes`, or it was not read
   */
  find (type: string, minBytes = 0): Buffer | undefined {
    const [box, second] = this.list(type)
    if (second !== undefined) throw new RangedExtractionError(`a track has two ${type} boxes`)
    return box === undefined ? undefined : readBody(this.#window, box, minBytes)
  }

  /**
   * Like `find`, for a box that every track must have.
   *
   * @throws RangedExtractionError also if there is none
   */
  require (type: string, minBytes = 0): Buffer {
    const body = this.find(type, minBytes)
    if (body === undefined) throw new RangedExtractionError(`a track has no ${type} box`)
    return body
  }

  /** Returns the payload of the first box of a type, as far as it was read. */
  findStart (type: string): Buffer | undefined {
    const [box] = this.list(type)
    const { offset, data } = this.#window
    return box === undefined ? undefined : data.subarray(box.bodyStart - offset, box.end - offset)
  }

  #collect (parent: Box): void {
    for (const box of this.#iterate(parent)) {
      if (++this.#count > MAX_BOXES) throw new RangedExtractionError('there are too many boxes')
      if (!CHILDREN[parent.type]?.includes(box.type)) continue
      const boxes = this.#boxes.get(box.type)
      if (boxes === undefined) this.#boxes.set(box.type, [box])
      else boxes.push(box)
      if (box.type in CHILDREN) this.#collect(box)
    }
  }

  /** Iterates over the children that were read: of a partly read track the last boxes are missing. */
  * #iterate (parent: Box): Generator<Box> {
    const readEnd = this.#window.offset + this.#window.data.length
    if (parent.end <= readEnd) yield * iterateBoxes(this.#window, parent.bodyStart, parent.end)
    else yield * this.#iterateUpTo(readEnd, parent)
  }

  * #iterateUpTo (readEnd: number, parent: Box): Generator<Box> {
    for (let at = parent.bodyStart; at + 16 <= readEnd;) {
      const box = readBox(this.#window, at, parent.end)
      yield box
      at = box.end
    }
  }
}
