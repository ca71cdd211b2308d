import type { components } from './generated/openapi-types.d.ts'

/** What an error is told by (RFC 9457): `code` to act on, `retryable` whether to come back. */
export type Problem = components['schemas']['Problem']

/** The service refused, and says why. */
export class PosterframeProblem extends Error {
  readonly problem: Problem

  /** Of the problem document that was answered. */
  constructor (problem: Problem) {
    super(`${problem.title}: ${problem.detail}`)
    this.name = 'PosterframeProblem'
    this.problem = problem
  }

  /** Whether the same request can succeed later. */
  get retryable (): boolean {
    return this.problem.retryable
  }
}

/** Where and as whom {@link createSendRequest} asks. */
export interface SendRequestOptions {
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: (request: Request) => Promise<Response>
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks the service with JSON and gives the JSON of the answer. What it makes throws {@link PosterframeProblem}, and
 * what `fetch` throws.
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
      `The answer to ${method} ${path} has the status ${response.status}, and is not one of the service itself.`
    )
  }
}
