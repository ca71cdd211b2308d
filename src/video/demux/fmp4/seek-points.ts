/**
 * A place of the file where a fragment begins, and about when: what an index box says is a hint until the fragment
 * was read.
 */
export interface SeekPoint {
  readonly offset: number
  /** In ticks of the wanted track's media. */
  readonly ticks: number
}

const BYTES_PER_LANDMARK = 16

/** Known places of fragments in the order of the file, two plain columns so that a long index stays small. */
export class SeekPoints {
  #offsets: number[] = []
  #ticks: number[] = []

  /** How many there are. */
  get count (): number {
    return this.#offsets.length
  }

  /** What they take in memory. */
  get memoryBytes (): number {
    return this.count * BYTES_PER_LANDMARK
  }

  /** The one with a number from 0 to `count` - 1. */
  at (index: number): SeekPoint | undefined {
    const offset = this.#offsets[index]
    const ticks = this.#ticks[index]
    return offset === undefined || ticks === undefined ? undefined : { offset, ticks }
  }

  /** Adds one; what was known of the same place gives way. */
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

  /** How many lie before an offset. */
  countBefore (offset: number): number {
    return countBelow(this.#offsets, offset)
  }

  /** The number of the last one that begins no later than a moment, by what is known of it; 0 where none does. */
  findAt (ticks: number): number {
    return Math.max(0, countBelow(this.#ticks, ticks + 1) - 1)
  }
}

/** How many of ascending numbers are below a limit. */
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
