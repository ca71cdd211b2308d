import type { components } from './generated/openapi-types.d.ts'

/** Problem document (RFC 9457): handle errors by `code`, and retry if `retryable`. */
export type Problem = components['schemas']['Problem']

/** Thrown for an error response of the service; `problem` contains the reason. */
export class PosterframeProblem extends Error {
  readonly problem: Problem

  /** @param problem the problem document of the response */
  constructor (problem: Problem) {
    super(`${problem.title}: ${problem.detail}`)
    this.name = 'PosterframeProblem'
    this.problem = problem
  }

  /** True if the same request can succeed later. */
  get retryable (): boolean {
    return this.problem.retryable
  }
}

/** Options of {@link createSendRequest}. */
export interface SendRequestOptions {
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: (request: Request) => Promise<Response>
  readonly signal?: AbortSignal | undefined
}

/**
 * Returns a function that sends a JSON request to the service and returns the JSON response. That function throws
 * {@link PosterframeProblem} for an error response, and the errors of `fetch`.
 */
export function createSendRequest ({ baseUrl, headers, fetch, signal }: SendRequestOptions) {
  return async (method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> => {
    const response = await fetch(
      new Request(`${baseUrl.replace(/\/$/, '')}/${path}`, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal })
      })
    )
    if (response.ok) return response.status === 204 ? undefined : await response.json()
    if (response.headers.get('content-type')?.startsWith('application/problem+json') === true) {
      throw new PosterframeProblem((await response.json()) as Problem)
    }
    throw new Error(
      `${method} ${path} failed with status ${response.status}. The response is not from the service itself.`
    )
  }
}
