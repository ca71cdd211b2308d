import type { ClusterSearch } from './cluster-search.ts'
import type { CueList } from './cues.ts'
import type { ElementReader } from './element-reader.ts'
import { type ClusterSpan, openCue, readCuedBlock, type SeekStart } from './seek-start.ts'
import type { Block, Cluster } from './walk-blocks.ts'

/** Distance to the first place before one from which no key frame was found. */
const FIRST_BACK_BYTES = 512 * 1024

/** Finds places to begin a lookup at: by the cues, and without them by a search over the clusters. */
export class Seeker {
  readonly span: ClusterSpan
  readonly #track: number
  readonly #cues: CueList | undefined
  readonly #search: ClusterSearch
  readonly #listsEveryKey: boolean

  /**
   * @param track the number of the video track
   * @param listsEveryKey true if the writer of the file is known to list every key frame in its cues
   */
  constructor (span: ClusterSpan, track: number, search: ClusterSearch, cues?: CueList, listsEveryKey = false) {
    this.span = span
    this.#track = track
    this.#search = search
    this.#cues = cues
    this.#listsEveryKey = listsEveryKey
  }

  get memoryBytes (): number {
    return this.#search.memoryBytes + (this.#cues?.memoryBytes ?? 0)
  }

  get hasCues (): boolean {
    return this.#cues !== undefined
  }

  /** Returns a seeker that does not use the cues. */
  withoutCues (): Seeker {
    return new Seeker(this.span, this.#track, this.#search)
  }

  /** Returns the index of the last cue at or before a time; undefined without one. */
  findCue (ticks: number): number | undefined {
    const index = this.#cues?.findAt(ticks) ?? -1
    return index < 0 ? undefined : index
  }

  /**
   * Finds a place at or before the last key frame until a time: what lies between is close.
   *
   * @throws WrongCuesError, RangedExtractionError; errors of `ElementReader`
   */
  async find (elements: ElementReader, ticks: number): Promise<SeekStart> {
    const index = this.findCue(ticks)
    if (index !== undefined) return await this.#openCue(elements, index, ticks)
    if (this.#cues !== undefined) return this.#startAt(this.span.first)
    return this.#startAt(await this.#search.find(elements, ticks))
  }

  /**
   * Finds a place before another one; undefined if none comes before it.
   *
   * @param step number of earlier places that were tried: without cues, each is twice as far
   * @throws errors of `find`
   */
  async findEarlier (elements: ElementReader, place: SeekStart, step: number): Promise<SeekStart | undefined> {
    const { cluster, cueIndex, isFirst } = place
    if (isFirst) return undefined
    if (cueIndex === 0) return this.#startAt(this.span.first)
    if (cueIndex !== undefined) {
      return await this.#openCue(elements, cueIndex - 1, this.#cues!.at(cueIndex)!.ticks)
    }
    return this.#startAt(await this.#search.findBack(elements, cluster, FIRST_BACK_BYTES * 2 ** step))
  }

  /**
   * Returns the key frame of the last cue until a time.
   *
   * @param isAny true if any key frame near the time will do; otherwise it is certain to be the last one
   * @returns undefined if that is not certain
   * @throws WrongCuesError; errors of `ElementReader`
   */
  async findCuedKey (elements: ElementReader, ticks: number, isAny: boolean): Promise<Block | undefined> {
    const index = this.findCue(ticks)
    if (index === undefined || !(this.#listsEveryKey || isAny)) return undefined
    const cue = this.#cues!.at(index)!
    return await readCuedBlock(elements, await this.#openCue(elements, index, cue.ticks), cue, this.#track)
  }

  /** Returns whether the cues state a key frame after a time. */
  isBeforeLastCue (ticks: number): boolean {
    return this.#cues !== undefined && this.#cues.findAt(ticks) < this.#cues.count - 1
  }

  async #openCue (elements: ElementReader, index: number, untilTicks: number): Promise<SeekStart> {
    return await openCue(elements, this.#cues!, index, { untilTicks, span: this.span, track: this.#track })
  }

  #startAt (cluster: Cluster): SeekStart {
    return { cluster, at: cluster.at, isFirst: cluster.start === this.span.first.start, cueIndex: undefined }
  }
}
