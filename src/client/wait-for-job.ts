import type { Client } from 'openapi-fetch'
import { PosterframeProblem } from './send-request.ts'
import type { components, paths } from './generated/openapi-types.d.ts'

/** Job that has succeeded or failed. */
export type EndedJob = Exclude<components['schemas']['Job'], { state: 'running' }>

const POLL_AFTER_SECONDS = 2

/**
 * Polls a job at the interval of `Retry-After` until it has ended.
 *
 * @throws PosterframeProblem if the job does not exist, and the reason of `signal`
 */
export async function waitForJob (client: Client<paths>, id: string, signal?: AbortSignal): Promise<EndedJob> {
  for (;;) {
    const { data, error, response } = await client.GET('/v1/jobs/{id}', {
      params: { path: { id } },
      ...(signal === undefined ? {} : { signal })
    })
    if (error !== undefined) throw new PosterframeProblem(error)
    if (data.state !== 'running') return data
    await pause(Number(response.headers.get('retry-after') ?? POLL_AFTER_SECONDS), signal)
  }
}

async function pause (seconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, seconds * 1000)
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted === true) abort()
  })
}
