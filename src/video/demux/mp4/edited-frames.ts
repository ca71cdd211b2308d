import type { EditPart } from './edit-parts.ts'
import { UNEDITED } from './edit-list.ts'
import type { SampleTable } from './sample-table.ts'
import { ShownFrames } from './shown-frames.ts'
import { spreadIndexes } from '../../media/time.ts'
import type { Seek } from '../../../options/frame-options.ts'

/** A sample, and the time at which the edits present it, in ticks of the presentation. */
export interface PresentedSample {
  readonly sample: number
  readonly presentedPts: number
}

/** Number of edits, and of sync samples of each, that are considered as representative frames. */
const MAX_SPREAD = 32

/** Finds frames of a track whose edit list joins several parts of the media, or holds a frame. */
export class EditedFrames {
  readonly #table: SampleTable
  readonly #parts: readonly EditPart[]
  readonly #media: ShownFrames

  /** @param parts in the order of presentation, at least one */
  constructor (table: SampleTable, parts: readonly EditPart[]) {
    this.#table = table
    this.#parts = parts
    this.#media = new ShownFrames(table, UNEDITED)
  }

  /** All frames of the media, whether an edit shows them or not. */
  get media (): ShownFrames {
    return this.#media
  }

  /**
   * Returns the sample that is shown at a time: the last one of the edit by then, or the one that is current where the
   * edit begins in the media. With `keyframe`, returns the last sync sample that is shown by then, or the first one.
   */
  findAt (ticks: number, seek: Seek): PresentedSample {
    const place = Math.max(0, this.#parts.findLastIndex(({ start }) => start <= ticks))
    const part = this.#parts[place]!
    const exact = this.#present(part, this.#media.findAt(limitOf(part, ticks)))
    return seek === 'exact' ? exact : this.#findSync(place, ticks) ?? exact
  }

  /** Returns up to `count` sync samples that are shown, spread evenly over the edits. */
  spreadSync (count: number): PresentedSample[] {
    const parts = spreadIndexes(MAX_SPREAD, this.#parts.length).map((index) => this.#parts[index]!)
    const shown = parts.flatMap((part) => this.#listSync(part))
    return spreadIndexes(count, shown.length).map((index) => shown[index]!)
  }

  #findSync (place: number, ticks: number): PresentedSample | undefined {
    const before = this.#parts.slice(0, place + 1).toReversed()
    for (const part of before) {
      const found = this.#findSyncIn(part, limitOf(part, ticks))
      if (found !== undefined) return found
    }
    for (const part of this.#parts.slice(place + 1)) {
      const [found] = this.#listSync(part)
      if (found !== undefined) return found
    }
    return undefined
  }

  #findSyncIn (part: EditPart, limit: number): PresentedSample | undefined {
    const sample = this.#media.findSyncAt(limit)
    return sample !== undefined && this.#isShown(part, sample) ? this.#present(part, sample) : undefined
  }

  #listSync (part: EditPart): PresentedSample[] {
    const { sync, times, minOffset, maxOffset } = this.#table
    const first = Math.max(0, sync.findRank(times.findLastAt(part.mediaStart - maxOffset)))
    const last = sync.findRank(times.findLastAt(part.mediaEnd - 1 - minOffset))
    return spreadIndexes(MAX_SPREAD, Math.max(0, last - first + 1))
      .map((index) => sync.sampleAt(first + index))
      .filter((sample) => this.#isShown(part, sample))
      .map((sample) => this.#present(part, sample))
  }

  #isShown ({ mediaStart, mediaEnd }: EditPart, sample: number): boolean {
    const pts = this.#table.ptsOf(sample)
    return pts < mediaEnd && (pts >= mediaStart || this.#media.findAt(mediaStart) === sample)
  }

  #present ({ start, mediaStart }: EditPart, sample: number): PresentedSample {
    return { sample, presentedPts: start + Math.max(0, this.#table.ptsOf(sample) - mediaStart) }
  }
}

/** Returns the last media time of a part that is presented by a time. */
function limitOf ({ start, mediaStart, mediaEnd }: EditPart, ticks: number): number {
  return Math.min(mediaStart + Math.max(0, ticks - start), mediaEnd - 1)
}
