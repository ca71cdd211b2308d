import type { ErrorCode } from '../errors.ts'

/** The start of a traced request. */
export interface TracedRequest {
  readonly method: string
  /** The pattern of its route, never its URL. */
  readonly route: string
  /** The request headers, which may name the trace that it belongs to (W3C Trace Context). */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** The span of one request. */
export interface RequestSpan {
  /** Calls `task`. Spans that start in it, or in anything it starts, become children of this span. */
  run(task: () => void): void
  end(outcome: { readonly status: number, readonly errorCode: ErrorCode | undefined }): void
}

/** Records how requests spend their time, as the spans of traces. */
export interface Tracer {
  startRequest(request: TracedRequest): RequestSpan
  /** Runs a task as a span of the current request. */
  inSpan<T>(name: string, task: () => Promise<T>): Promise<T>
  /** Sends the remaining spans and shuts down. */
  close(): Promise<void>
}

const NO_SPAN: RequestSpan = {
  run (task) {
    task()
  },
  end () {}
}

/** A tracer that discards everything. */
export const NO_TRACER: Tracer = {
  startRequest: () => NO_SPAN,
  inSpan: (_name, task) => task(),
  close: async () => {}
}
