import { Type, type Static } from 'typebox'
import type { ErrorCode } from '../../errors.ts'
import { JOB_ID_PATTERN, JOB_KINDS, type Job } from '../../jobs/job.ts'
import { retryAfter } from './async-job-schemas.ts'
import { BatchSchema } from './batch-schemas.ts'
import { PreviewSchema } from './preview-schemas.ts'
import { ProblemSchema } from './problem-schema.ts'
import { describeResponses, refer } from './responses.ts'
import { strict } from './shapes.ts'
import { SERVER_TIMING, SOURCE_CODES } from './source-error-codes.ts'
import { StoryboardSchema } from './storyboard-schemas.ts'

const job = {
  id: Type.String({ pattern: JOB_ID_PATTERN }),
  kind: Type.Enum(JOB_KINDS, { type: 'string' }),
  createdAt: Type.String({ format: 'date-time' })
}

/** Job in a response. */
export const JobSchema = Type.Union(
  [
    Type.Object({ ...job, state: Type.Literal('running') }, { ...strict, title: 'Running' }),
    Type.Object(
      {
        ...job,
        state: Type.Literal('succeeded'),
        result: Type.Union(
          [BatchSchema, PreviewSchema, StoryboardSchema].map((schema) => Type.Unsafe<object>(refer(schema))),
          { description: 'Response body of the request without the preference, with new presigned URLs.' }
        )
      },
      { ...strict, title: 'Succeeded' }
    ),
    Type.Object(
      {
        ...job,
        state: Type.Literal('failed'),
        problem: Type.Unsafe<Static<typeof ProblemSchema>>(refer(ProblemSchema))
      },
      { ...strict, title: 'Failed' }
    )
  ],
  { $id: 'Job', description: 'Background job of a request with `Prefer: respond-async`.' }
)

/** Path parameters of `GET /v1/jobs/{id}`. */
export const JobParamsSchema = Type.Object(
  {
    id: Type.String({
      pattern: JOB_ID_PATTERN,
      description: 'ID of the job, from `Location`.',
      examples: ['0123456789abcdef0123456789abcdef']
    })
  },
  strict
)

/** Returns the response body for a running job. */
export function describeJob ({ id, kind, createdAt }: Job) {
  return { id, kind, createdAt, state: 'running' } as const satisfies Static<typeof JobSchema>
}

const CODES: readonly ErrorCode[] = [...SOURCE_CODES, 'not_found']

/** `GET /v1/jobs/{id}`. */
export const findJobRoute = {
  operationId: 'findJob',
  tags: ['jobs'],
  summary: 'Get a background job',
  description:
    'Only the caller that started the job can read it. The service looks up the result of a succeeded job again for ' +
    'each request, so its URLs are new and its `work` is that of the lookup.',
  params: JobParamsSchema,
  response: {
    200: {
      description: 'The job.',
      headers: { ...retryAfter, ...SERVER_TIMING },
      content: { 'application/json': { schema: refer(JobSchema) } }
    },
    ...describeResponses(CODES)
  }
}
