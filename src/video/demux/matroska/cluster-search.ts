import { ID } from './element-ids.ts'
import type { ElementReader } from './element-reader.ts'
import { type Cluster, readCluster, walkBlocks } from './walk-blocks.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const KIB = 1024
/** Up to this distance the search ends, and the clusters in between are walked over. */
const WALK_BYTES = 512 * KIB
const FIRST_SCAN_BYTES = 128 * KIB
const MAX_SCAN_STEP_BYTES = 1024 * KIB
const MAX_PROBES = 40
const MAX_KNOWN = 10_000
const CLUSTER_BYTES = 96
/** Blocks that have to follow each other before bytes that look like a cluster are taken for one. */
const CHAIN_BLOCKS = 2
const CLUSTER_ID = Buffer.from(ID.cluster.toString(16), 'hex')

/** Times that a cluster may have at its place in the file; both ends included. */
export interface TimeBounds {
  readonly from: number
  readonly to: number
}

/** The part of the file that the wanted cluster is in. */
interface Bracket {
  readonly lower: Cluster
  /** The next known cluster, which begins after the wanted time. */
  readonly upper: Cluster | undefined
  /** No cluster begins between this offset and `upper`. */
  readonly ceiling: number
}

/** Finds clusters by their times in a file without cues, and remembers them. */
export class ClusterSearch {
  readonly #tracks: ReadonlySet<number>
  /** By offset. */
  readonly #known: Cluster[] = []
  readonly #end: number
  /** Mean distance from a probe to the cluster that it finds. */
  #usualScanBytes = 32 * KIB

  /**
   * @param tracks the numbers of all tracks
   * @param first the first cluster
   * @param end offset behind the last cluster
   */
  constructor (tracks: ReadonlySet<number>, first: Cluster, end: number) {
    this.#tracks = tracks
    this.#end = end
    this.#known.push(first)
  }

  get memoryBytes (): number {
    return this.#known.length * CLUSTER_BYTES
  }

  /** Adds a cluster that was found in another way. */
  add (cluster: Cluster): void {
    const index = this.#known.findLastIndex(({ start }) => start <= cluster.start)
    if (this.#known[index]?.start === cluster.start || this.#known.length >= MAX_KNOWN) return
    this.#known.splice(index + 1, 0, cluster)
  }

  /**
   * Finds a cluster that begins no later than a time, and less than 512 KiB before the next one that does not or
   * right before it; the first cluster if all begin later.
   *
   * @throws RangedExtractionError if it takes too many reads; errors of `ElementReader`
   */
  async find (elements: ElementReader, ticks: number): Promise<Cluster> {
    const [first] = this.#known
    let lower = this.#known.findLast((cluster) => cluster.ticks <= ticks) ?? first!
    let upper = this.#known.find((cluster) => cluster.start > lower.start)
    let ceiling = upper?.start ?? this.#end
    for (let probes = 0; ceiling - (lower.end ?? lower.start) > WALK_BYTES; probes++) {
      if (probes === MAX_PROBES) throw new RangedExtractionError('finding the cluster takes too many reads')
      const from = this.#chooseProbe({ lower, upper, ceiling }, ticks, probes)
      const found = await this.scan(elements, from, ceiling, {
        from: lower.ticks + 1,
        to: upper?.ticks ?? Infinity
      })
      if (found === undefined) ceiling = from
      else {
        this.#usualScanBytes = (this.#usualScanBytes + found.start - from) / 2
        this.add(found)
        if (found.ticks <= ticks) lower = found
        else [upper, ceiling] = [found, found.start]
      }
    }
    await elements.prefetch(lower.start, Math.min(ceiling, lower.start + WALK_BYTES))
    return lower
  }

  /**
   * Finds a cluster before another one, at most some bytes before it, and reads what lies between.
   *
   * @throws RangedExtractionError if there is none; errors of `ElementReader`
   */
  async findBack (elements: ElementReader, { start, ticks }: Cluster, bytes: number): Promise<Cluster> {
    const first = this.#known[0]!
    const from = Math.max(first.start, start - bytes)
    await elements.prefetch(from, start)
    const bounds = { from: first.ticks, to: ticks }
    const found = from === first.start ? first : await this.scan(elements, from, start, bounds)
    if (found === undefined) throw new RangedExtractionError('there is no cluster near before the one of the frame')
    this.add(found)
    return found
  }

  /**
   * Finds the first cluster that begins between two offsets. Bytes with the id of a cluster are one only if a time
   * within bounds and a chain of two blocks follow, or the cluster ends sooner and something known follows it.
   *
   * @throws errors of `ElementReader`
   */
  async scan (elements: ElementReader, from: number, end: number, bounds: TimeBounds): Promise<Cluster | undefined> {
    let stepBytes = FIRST_SCAN_BYTES
    for (let at = from; at < end;) {
      const stepEnd = Math.min(end + CLUSTER_ID.length - 1, at + stepBytes, elements.size)
      const data = await elements.read(at, stepEnd)
      for (let place = data.indexOf(CLUSTER_ID); place !== -1; place = data.indexOf(CLUSTER_ID, place + 1)) {
        const cluster = await this.#verify(elements, at + place, bounds)
        if (cluster !== undefined) return cluster
      }
      if (stepEnd >= elements.size) return undefined
      at = Math.max(at + 1, stepEnd - CLUSTER_ID.length + 1)
      stepBytes = Math.min(MAX_SCAN_STEP_BYTES, stepBytes * 2)
    }
    return undefined
  }

  async #verify (elements: ElementReader, start: number, bounds: TimeBounds): Promise<Cluster | undefined> {
    try {
      const cluster = await readCluster(elements, start)
      if (cluster.ticks < bounds.from || cluster.ticks > bounds.to) return undefined
      let blocks = 0
      for await (const block of walkBlocks(elements, this.#tracks, cluster)) {
        // Behind a cluster of known size, the walk has met a known element, or the next cluster.
        if (++blocks === CHAIN_BLOCKS || block.cluster.start !== start) return cluster
      }
      return blocks > 0 ? cluster : undefined
    } catch (error) {
      if (error instanceof RangedExtractionError && !elements.isExhausted) return undefined
      throw error
    }
  }

  /**
   * Chooses the offset of the next probe: by the time between the known clusters, and by the middle in every third
   * round, which bounds the search in any file.
   */
  #chooseProbe (
    { lower, upper, ceiling }: Bracket,
    ticks: number,
    round: number
  ): number {
    const floor = lower.end ?? lower.start + 1
    const span = (upper?.ticks ?? lower.ticks) - lower.ticks
    const share = span > 0 ? Math.max(0, Math.min(1, (ticks - lower.ticks) / span)) : 0.5
    const byTime = lower.start + ((upper?.start ?? ceiling) - lower.start) * share - this.#usualScanBytes
    const middle = (floor + ceiling) / 2
    const guess = round % 3 === 2 ? middle : byTime
    return Math.floor(Math.max(floor, Math.min(guess, ceiling - WALK_BYTES / 4)))
  }
}
