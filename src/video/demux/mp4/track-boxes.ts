import { type Box, type Window, iterateBoxes, readBody, readBox } from './box.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

/** The boxes that are looked into, and what is wanted out of each; everything else in a track is passed over. */
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
 * In a whole track, its containers' and theirs: a file of a few kilobytes could nest millions where each may hold as
 * many as it likes.
 */
const MAX_BOXES = 1000

/** The boxes of one track by type, and the bytes that hold them: all of the track's, or only the first. */
export class TrackBoxes {
  readonly #window: Window
  readonly #boxes = new Map<string, Box[]>()
  #count = 0

  /**
   * @param window holds the track's header, and of its boxes as many as were read
   * @param trak the track
   * @throws RangedExtractionError where a box is no box, or there are more than a thousand
   */
  constructor (window: Window, trak: Box) {
    this.#window = window
    this.#collect(trak)
  }

  /** Every box of a type, in the order of the file. */
  list (type: string): readonly Box[] {
    return this.#boxes.get(type) ?? []
  }

  /**
   * The payload of the one box of a type; undefined where there is none.
   *
   * @throws RangedExtractionError where there are two, or it is shorter than `minBytes`, or it was not read
   */
  find (type: string, minBytes = 0): Buffer | undefined {
    const [box, second] = this.list(type)
    if (second !== undefined) throw new RangedExtractionError(`a track has two boxes ${type}`)
    return box === undefined ? undefined : readBody(this.#window, box, minBytes)
  }

  /**
   * As `find`, for a box without which a track is none.
   *
   * @throws RangedExtractionError where there is none, too
   */
  require (type: string, minBytes = 0): Buffer {
    const body = this.find(type, minBytes)
    if (body === undefined) throw new RangedExtractionError(`a track has no box ${type}`)
    return body
  }

  /** As much as was read of the payload of the first box of a type. */
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

  /** Ends where what was read ends: of a track that is only peeked at the last boxes are missing. */
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
