import type { FastifyReply, FastifyRequest } from 'fastify'
import type { JobKind, Jobs } from '../../jobs/job.ts'
import type { MakeContext } from '../../thumbnails/thumbnail.ts'
import { readIdentity } from '../hooks/access.ts'
import { describeJob } from '../schemas/job-schemas.ts'
import { prefersAsync } from '../prefer.ts'
import { runWithDeadline, watchClient } from '../request-signal.ts'
import { addServerTiming } from '../server-timing.ts'
import { translateError } from '../translate-error.ts'
import type { StepTimes } from '../../telemetry/work.ts'

/** What long work came to. */
export interface AsyncJobAnswer {
  /** Of the answer to who waits for it. */
  readonly status: 200 | 201
  readonly body: object
  readonly stepTimes: StepTimes
}

/**
 * Makes out of a JSON body that was checked the work that it asks for.
 *
 * @throws PosterframeError where its options are wrong in themselves, or the caller may not have that source
 */
export type PrepareJob = (
  request: FastifyRequest,
  body: Readonly<Record<string, unknown>>
) => (context: MakeContext) => Promise<AsyncJobAnswer>

/** When to look again for a job that is running. */
export const POLL_AFTER_SECONDS = 2

/** How long work is answered. */
export interface AsyncJobOptions {
  readonly kind: JobKind
  readonly prepare: PrepareJob
  readonly jobs: Jobs
  readonly timeoutMs: number
  readonly onLambda: boolean
}

/**
 * Answers with what was made; or with 202 and where to look for it, where the caller prefers that. On Lambda the
 * preference is passed over, as it may be: what a function does after its answer is frozen with it.
 */
export async function answerAsyncJob (
  request: FastifyRequest,
  reply: FastifyReply,
  { kind, prepare, jobs, timeoutMs, onLambda }: AsyncJobOptions
): Promise<FastifyReply> {
  const body = request.body as Readonly<Record<string, unknown>>
  const make = prepare(request, body)
  const note = (message: string) => {
    request.log.info(message)
  }
  void reply.header('cache-control', 'no-store')
  if (onLambda || !prefersAsync(request.headers['prefer'])) {
    const made = await runWithDeadline(request, timeoutMs, watchClient(reply), (signal) => make({ signal, note }))
    return addServerTiming(reply, made.stepTimes).code(made.status).send(made.body)
  }
  const job = await jobs.start(
    { kind, body },
    {
      caller: readIdentity(request).name,
      run: async (signal) =>
        await make({ signal, note }).catch((error: unknown) => {
          throw noteFailure(request, signal, error)
        })
    }
  )
  return reply
    .code(202)
    .header('location', `/v1/jobs/${job.id}`)
    .header('preference-applied', 'respond-async')
    .header('retry-after', POLL_AFTER_SECONDS)
    .send(describeJob(job))
}

/** Nobody gets the private cause of what went wrong in a job; so it has to be in the log. */
function noteFailure ({ log }: FastifyRequest, signal: AbortSignal, thrown: unknown) {
  const error = translateError(signal.aborted ? signal.reason : thrown)
  log[error.status >= 500 ? 'error' : 'info']({ code: error.code, err: error.cause }, `a job failed: ${error.message}`)
  return error
}
