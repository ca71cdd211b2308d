import { hash } from 'node:crypto'

/**
 * A set of texts of which 64 bits of a hash are kept: 8 bytes each, and between a third and three quarters of the
 * table filled, so 11 to 21 MB a million. Of ten million texts one is taken for another with a probability of three
 * in a million.
 */
export class KeySet {
  #table = new Uint32Array(2 * 1024)
  #size = 0

  /** How many are in it. */
  get size (): number {
    return this.#size
  }

  /** Puts a text into it; once is enough. */
  add (text: string): void {
    const [high, low] = takeHash(text)
    if (this.#insert(high, low)) this.#size += 1
    if (this.#size * 4 > (this.#table.length / 2) * 3) this.#grow()
  }

  /** Whether it is in it. */
  has (text: string): boolean {
    const [high, low] = takeHash(text)
    const place = this.#find(high, low)
    return this.#table[place] !== 0 || this.#table[place + 1] !== 0
  }

  #insert (high: number, low: number): boolean {
    const place = this.#find(high, low)
    if (this.#table[place] !== 0 || this.#table[place + 1] !== 0) return false
    this.#table[place] = high
    this.#table[place + 1] = low
    return true
  }

  /** Where it is, or the free place where it would be. */
  #find (high: number, low: number): number {
    const table = this.#table
    for (let place = (low * 2) % table.length; ; place = (place + 2) % table.length) {
      const [oneHigh, oneLow] = [table[place], table[place + 1]]
      if ((oneHigh === high && oneLow === low) || (oneHigh === 0 && oneLow === 0)) return place
    }
  }

  #grow (): void {
    const old = this.#table
    this.#table = new Uint32Array(old.length * 2)
    for (let place = 0; place < old.length; place += 2) {
      const [high = 0, low = 0] = [old[place], old[place + 1]]
      if (high !== 0 || low !== 0) this.#insert(high, low)
    }
  }
}

/** Never two zeros, which mark a free place. */
function takeHash (text: string): [high: number, low: number] {
  const digest = hash('sha1', text, 'buffer')
  const [high, low] = [digest.readUInt32LE(0), digest.readUInt32LE(4)]
  return high === 0 && low === 0 ? [1, 0] : [high, low]
}
