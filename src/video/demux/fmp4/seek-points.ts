/** Offset and approximate time of a fragment. An entry of an index box is a hint until the fragment is read. */
export interface SeekPoint {
  readonly offset: number
  /** In ticks of the wanted track's media. */
  readonly ticks: number
}

const BYTES_PER_SEEK_POINT = 16

/** The known seek points in the order of the file: two plain columns, so that a long index stays small. */
export class SeekPoints {
  #offsets: number[] = []
  #ticks: number[] = []

  /** Number of seek points. */
  get count (): number {
    return this.#offsets.length
  }

  /** Memory of the seek points, in bytes. */
  get memoryBytes (): number {
    return this.count * BYTES_PER_SEEK_POINT
  }

  /** Returns the seek point of an index from 0 to `count` - 1. */
  at (index: number): SeekPoint | undefined {
    const offset = this.#offsets[index]
    const ticks = this.#ticks[index]
    return offset === undefined || ticks === undefined ? undefined : { offset, ticks }
  }

  /** Adds a seek point; replaces one with the same offset. */
  add ({ offset, ticks }: SeekPoint): void {
    const index = this.countBefore(offset)
    const isKnown = this.#offsets[index] === offset
    if (index === this.count) {
      this.#offsets.push(offset)
      this.#ticks.push(ticks)
    } else if (isKnown) {
      this.#ticks[index] = ticks
    } else {
      this.#offsets.splice(index, 0, offset)
      this.#ticks.splice(index, 0, ticks)
    }
  }

  /** Counts the seek points before an offset. */
  countBefore (offset: number): number {
    return countBelow(this.#offsets, offset)
  }

  /** Returns the index of the last seek point at or before a time, or 0 if there is none. */
  findAt (ticks: number): number {
    return Math.max(0, countBelow(this.#ticks, ticks + 1) - 1)
  }
}

/** Counts the numbers below a limit in an ascending list. */
function countBelow (numbers: readonly number[], limit: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (numbers[middle]! < limit) low = middle + 1
    else high = middle
  }
  return low
}
