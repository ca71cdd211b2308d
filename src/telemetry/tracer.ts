import type { ErrorCode } from '../errors.ts'

/** A request as a trace sees it, before it is known how it ends. */
export interface TracedRequest {
  readonly method: string
  /** The pattern of its route, never its address. */
  readonly route: string
  /** The headers that say which trace it belongs to (W3C Trace Context). */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** The span of one request. */
export interface RequestSpan {
  /** Calls `task`; spans that begin in it, or in what it starts, are its children. */
  run(task: () => void): void
  end(outcome: { readonly status: number, readonly errorCode: ErrorCode | undefined }): void
}

/** Tells where the time of a request goes, as spans of a trace. */
export interface Tracer {
  startRequest(request: TracedRequest): RequestSpan
  /** Runs a task as a span of the request that it belongs to. */
  inSpan<T>(name: string, task: () => Promise<T>): Promise<T>
  /** Sends what is left, and ends. */
  close(): Promise<void>
}

const NO_SPAN: RequestSpan = {
  run (task) {
    task()
  },
  end () {}
}

/** Traces nothing. */
export const NO_TRACER: Tracer = {
  startRequest: () => NO_SPAN,
  inSpan: (_name, task) => task(),
  close: async () => {}
}
