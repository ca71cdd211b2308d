/** What it cost. `mode`: `ranged` and `full` made the picture, `cached` found it. */
export interface Work {
  readonly mode: 'ranged' | 'full' | 'cached'
  /** Bytes of the source read from the store, or from scratch for an upload. */
  readonly bytesRead: number
  /** Requests to the store for the source. */
  readonly requests: number
  readonly packetsDecoded: number
}

/** Something the caller should know about a picture that was made all the same. */
export interface Warning {
  readonly code: string
  readonly detail: string
}

/** Names of the steps in the `Server-Timing` header. */
export type Step = 'index' | 'fetch' | 'decode' | 'encode' | 'store'

/** Milliseconds spent per step; a step that was not taken is absent. */
export type StepTimes = Partial<Record<Step, number>>
