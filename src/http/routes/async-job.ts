import type { FastifyReply, FastifyRequest } from 'fastify'
import { missingBodyError } from '../../input/check-input.ts'
import type { JobKind, Jobs } from '../../jobs/job.ts'
import type { MakeContext } from '../../thumbnails/thumbnail.ts'
import { readIdentity } from '../hooks/access.ts'
import { describeJob } from '../schemas/job-schemas.ts'
import { runWithDeadline, watchClient } from '../request-signal.ts'
import { addServerTiming } from '../server-timing.ts'
import { translateError } from '../translate-error.ts'
import type { StepTimes } from '../../telemetry/work.ts'

/** Result of a job. */
export interface JobResult {
  /** Status of the response when the job runs within the request. */
  readonly status: 200 | 201
  readonly body: object
  readonly stepTimes: StepTimes
}

/**
 * Builds a job from a validated request body.
 *
 * @throws PosterframeError if the options contradict each other, or the caller may not read the source
 */
export type PrepareJob = (
  request: FastifyRequest,
  body: Readonly<Record<string, unknown>>
) => (context: MakeContext) => Promise<JobResult>

/** Polling interval for a running job, sent as `Retry-After`. */
export const POLL_AFTER_SECONDS = 2

/** Job of a request and the settings it runs under. */
export interface AsyncJobOptions {
  readonly kind: JobKind
  readonly prepare: PrepareJob
  readonly jobs: Jobs
  readonly timeoutMs: number
  readonly onLambda: boolean
}

/**
 * Runs the job of a request and sends its result. If the caller prefers `respond-async`, starts a background job
 * instead and sends 202 with its URL. Lambda ignores the preference, as RFC 7240 allows, because a function is frozen
 * as soon as it has responded.
 */
export async function handleJobRequest (
  request: FastifyRequest,
  reply: FastifyReply,
  { kind, prepare, jobs, timeoutMs, onLambda }: AsyncJobOptions
): Promise<FastifyReply> {
  const body = readJsonBody(request)
  const runJob = prepare(request, body)
  const note = (message: string) => {
    request.log.info(message)
  }
  void reply.header('cache-control', 'no-store')
  if (onLambda || !prefersAsync(request.headers['prefer'])) {
    const result = await runWithDeadline(request, timeoutMs, watchClient(reply), (signal) => runJob({ signal, note }))
    return addServerTiming(reply, result.stepTimes).code(result.status).send(result.body)
  }
  const job = await jobs.start(
    { kind, body },
    {
      caller: readIdentity(request).name,
      run: async (signal) =>
        await runJob({ signal, note }).catch((error: unknown) => {
          throw logFailure(request, signal, error)
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

/** Returns the validated JSON body. Fastify does not validate a missing body. */
function readJsonBody (request: FastifyRequest): Readonly<Record<string, unknown>> {
  if (request.body === undefined || request.body === null) throw missingBodyError()
  return request.body as Readonly<Record<string, unknown>>
}

/**
 * Returns whether the `Prefer` header contains `respond-async` (RFC 7240, section 4.1). Ignores other preferences and
 * the parameters of this one, as section 2 requires.
 */
export function prefersAsync (header: string | readonly string[] | undefined): boolean {
  // A comma in a quoted string is not a separator.
  const text = [header ?? '']
    .flat()
    .join(',')
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
  return text.split(',').some((preference) => /^\s*respond-async\s*(=\s*""\s*)?(;|$)/i.test(preference))
}

/** Logs the cause of a failed job, which no response contains. */
function logFailure ({ log }: FastifyRequest, signal: AbortSignal, thrown: unknown) {
  const error = translateError(signal.aborted ? signal.reason : thrown)
  log[error.status >= 500 ? 'error' : 'info']({ code: error.code, err: error.cause }, `job failed: ${error.message}`)
  return error
}
