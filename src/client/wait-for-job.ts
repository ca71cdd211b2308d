import type { Client } from 'openapi-fetch'
import { PosterframeProblem } from './send-request.ts'
import type { components, paths } from './generated/openapi-types.d.ts'

/** What became of a job. */
export type EndedJob = Exclude<components['schemas']['Job'], { state: 'running' }>

const POLL_AFTER_SECONDS = 2

/**
 * Looks for a job as often as the service says, until it has ended. Throws {@link PosterframeProblem} where there is
 * none, and the reason of `signal`.
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
    const giveUp = () => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', giveUp)
      resolve()
    }, seconds * 1000)
    signal?.addEventListener('abort', giveUp, { once: true })
    if (signal?.aborted === true) giveUp()
  })
}
