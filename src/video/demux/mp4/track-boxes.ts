import { type Box, type Window, iterateBoxes, readBody, readBox } from './box.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** Container boxes to enter, and the children to collect from each; everything else in a track is skipped. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  trak: ['tkhd', 'tref', 'edts', 'mdia'],
  tref: ['chap'],
  edts: ['elst'],
  mdia: ['mdhd', 'hdlr', 'minf'],
  minf: ['dinf', 'stbl'],
  dinf: ['dref'],
  stbl: ['stsd', 'stts', 'ctts', 'stss', 'stsc', 'stsz', 'stz2', 'stco', 'co64', 'stps', 'sbgp']
}

/** Limit for a whole track, containers included: otherwise a file of a few kilobytes could nest millions of boxes. */
const MAX_BOXES = 1000

/** The boxes of one track by type, and the bytes that hold them: those of the whole track or of its beginning. */
export class TrackBoxes {
  readonly #window: Window
  readonly #boxes = new Map<string, Box[]>()
  #count = 0

  /**
   * @param window holds the header of the track and the boxes that were read
   * @param trak box of the track
   * @throws RangedExtractionError for an invalid box, or more than a thousand boxes
   */
  constructor (window: Window, trak: Box) {
    this.#window = window
    this.#collect(trak)
  }

  /** Returns every box of a type, in file order. */
  list (type: string): readonly Box[] {
    return this.#boxes.get(type) ?? []
  }

  /**
   * Returns the payload of the only box of a type; undefined if there is none.
   *
   * @throws RangedExtractionError if there are two, or it is shorter than `minBytes` or was not read
   */
  find (type: string, minBytes = 0): Buffer | undefined {
    const [box, second] = this.list(type)
    if (second !== undefined) throw new RangedExtractionError(`a track has two boxes ${type}`)
    return box === undefined ? undefined : readBody(this.#window, box, minBytes)
  }

  /**
   * Returns the payload like `find`, for a mandatory box.
   *
   * @throws RangedExtractionError as `find`, and if there is none
   */
  require (type: string, minBytes = 0): Buffer {
    const body = this.find(type, minBytes)
    if (body === undefined) throw new RangedExtractionError(`a track has no box ${type}`)
    return body
  }

  /** Returns the part of the payload of the first box of a type that was read. */
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

  /** Stops at the end of the bytes read: a track that is only peeked at lacks its last boxes. */
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
