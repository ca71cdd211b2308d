/** The cost of a response. */
export interface Work {
  /**
   * `ranged`: the frame was extracted from byte ranges of the video; `full`: the whole video was downloaded; `cached`:
   * the result was already stored.
   */
  readonly mode: 'ranged' | 'full' | 'cached'
  /** Bytes of the source that were read from the store, or from scratch for an upload. */
  readonly bytesRead: number
  /** Requests to the store for bytes of the source. */
  readonly requests: number
  readonly packetsDecoded: number
}

/** A remark about a result that was produced nevertheless. */
export interface Warning {
  readonly code: string
  readonly detail: string
}

/** Names of the steps in the `Server-Timing` header. */
export type Step = 'index' | 'fetch' | 'decode' | 'encode' | 'store'

/** Milliseconds per step; a step that did not run is absent. */
export type StepTimes = Partial<Record<Step, number>>
