import { hash } from 'node:crypto'

/**
 * A set of strings that stores 64 bits of a hash of each: 8 bytes per string in a table that is between three eighths
 * and three quarters full, so 11 to 21 MB per million. Among ten million strings, the probability that any one is
 * mistaken for another is three in a million.
 */
export class KeySet {
  #table = new Uint32Array(2 * 1024)
  #size = 0

  /** The number of strings in the set. */
  get size (): number {
    return this.#size
  }

  /** Adds a string, unless the set has it already. */
  add (text: string): void {
    const [high, low] = hashText(text)
    if (this.#insert(high, low)) this.#size += 1
    if (this.#size * 4 > (this.#table.length / 2) * 3) this.#grow()
  }

  /** Returns whether the set has a string. */
  has (text: string): boolean {
    const [high, low] = hashText(text)
    const index = this.#findIndex(high, low)
    return this.#table[index] !== 0 || this.#table[index + 1] !== 0
  }

  #insert (high: number, low: number): boolean {
    const index = this.#findIndex(high, low)
    if (this.#table[index] !== 0 || this.#table[index + 1] !== 0) return false
    this.#table[index] = high
    this.#table[index + 1] = low
    return true
  }

  /** Returns the index of a hash in the table, or of the free entry where it would be inserted. */
  #findIndex (high: number, low: number): number {
    const table = this.#table
    for (let index = (low * 2) % table.length; ; index = (index + 2) % table.length) {
      const [storedHigh, storedLow] = [table[index], table[index + 1]]
      if ((storedHigh === high && storedLow === low) || (storedHigh === 0 && storedLow === 0)) return index
    }
  }

  #grow (): void {
    const old = this.#table
    this.#table = new Uint32Array(old.length * 2)
    for (let index = 0; index < old.length; index += 2) {
      const [high = 0, low = 0] = [old[index], old[index + 1]]
      if (high !== 0 || low !== 0) this.#insert(high, low)
    }
  }
}

/** Returns 64 bits of a hash. Never two zeros, which mark a free entry. */
function hashText (text: string): [high: number, low: number] {
  const digest = hash('sha1', text, 'buffer')
  const [high, low] = [digest.readUInt32LE(0), digest.readUInt32LE(4)]
  return high === 0 && low === 0 ? [1, 0] : [high, low]
}
