import type { JobKind } from '../../jobs/job.ts'
import { readIdentity } from '../hooks/access.ts'
import { describeJob, findJobRoute, JobSchema } from '../schemas/job-schemas.ts'
import { POLL_AFTER_SECONDS, type PrepareJob } from './async-job.ts'
import { describeProblem } from '../problem.ts'
import { runWithDeadline, watchClient } from '../request-signal.ts'
import { addServerTiming } from '../server-timing.ts'
import type { App, AppServices, AppSettings } from '../services.ts'

type Body = Readonly<Record<string, unknown>>

/** Registers `GET /v1/jobs/{id}`, which returns the state of a background job and its result. */
export function registerJobs (
  app: App,
  { jobs }: AppServices,
  { timeoutMs }: AppSettings,
  prepareByKind: Readonly<Record<JobKind, PrepareJob>>
): void {
  app.addSchema(JobSchema)

  app.get('/v1/jobs/:id', { schema: findJobRoute }, async (request, reply) => {
    void reply.header('cache-control', 'no-store')
    const note = (message: string) => {
      request.log.info(message)
    }
    return await runWithDeadline(request, timeoutMs, watchClient(reply), async (signal) => {
      const job = await jobs.find(request.params.id, { caller: readIdentity(request).name, signal })
      if (job.state === 'running') return await reply.header('retry-after', POLL_AFTER_SECONDS).send(describeJob(job))
      const { id, kind, createdAt, state, failure } = job
      // Authorises the caller again: the scope may have become narrower since the job started.
      const findResult = prepareByKind[kind](request, withoutRegenerate(job.body))
      if (failure !== undefined) {
        return await reply.send({ id, kind, createdAt, state, problem: describeProblem(failure, request.id) })
      }
      const { body: result, stepTimes } = await findResult({ signal, note })
      return await addServerTiming(reply, stepTimes).send({ id, kind, createdAt, state, result })
    })
  })
}

/** Returns the body without `regenerate`, which the job has done already, so that stored results are found. */
function withoutRegenerate ({ regenerate, ...body }: Body): Body {
  const { items } = body
  return Array.isArray(items)
    ? { ...body, items: items.map((item: unknown) => (isRecord(item) ? withoutRegenerate(item) : item)) }
    : body
}

function isRecord (value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
