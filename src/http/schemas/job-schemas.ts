import { Type, type Static } from 'typebox'
import type { ErrorCode } from '../../errors.ts'
import { JOB_ID_PATTERN, JOB_KINDS, type Job } from '../../jobs/job.ts'
import { BatchSchema } from './batch-schemas.ts'
import { PreviewSchema } from './preview-schemas.ts'
import { retryAfter } from './async-job-schemas.ts'
import { describeResponses, refer } from './responses.ts'
import { ProblemSchema, strict } from './thumbnail-schemas.ts'
import { SERVER_TIMING, SOURCE_CODES } from './source-error-codes.ts'
import { StoryboardSchema } from './storyboard-schemas.ts'

const job = {
  id: Type.String({ pattern: JOB_ID_PATTERN }),
  kind: Type.Enum(JOB_KINDS, { description: 'What is made.' }),
  createdAt: Type.String({ format: 'date-time', description: 'When it was begun.' })
}

/** A job, as it is answered. */
export const JobSchema = Type.Union(
  [
    Type.Object({ ...job, state: Type.Literal('running') }, { ...strict, title: 'Running' }),
    Type.Object(
      {
        ...job,
        state: Type.Literal('succeeded'),
        answer: Type.Union(
          [BatchSchema, PreviewSchema, StoryboardSchema].map((schema) => Type.Unsafe<object>(refer(schema))),
          { description: 'What the request would have been answered without the preference, with new URLs.' }
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
  { $id: 'Job', description: 'Long work that nobody waits for with an open connection.' }
)

/** The path of `GET /v1/jobs/{id}`. */
export const JobParamsSchema = Type.Object(
  { id: Type.String({ pattern: JOB_ID_PATTERN, description: 'Of a job, from `Location`.' }) },
  strict
)

/** What is said of a job that is running. */
export function describeJob ({ id, kind, createdAt }: Job) {
  return { id, kind, createdAt, state: 'running' } as const satisfies Static<typeof JobSchema>
}

const CODES: readonly ErrorCode[] = [...SOURCE_CODES, 'not_found']

/** What `GET /v1/jobs/{id}` takes and answers. */
export const findJobRoute = {
  operationId: 'findJob',
  tags: ['jobs'],
  summary: 'See what became of a job',
  description:
    'Only for the caller who began it. A job that has succeeded is answered by asking its question again, which ' +
      'finds what was made; so the URLs are new each time, and `work` is that of finding.',
  params: JobParamsSchema,
  response: {
    200: {
      description: 'How it is.',
      headers: { ...retryAfter, ...SERVER_TIMING },
      content: { 'application/json': { schema: refer(JobSchema) } }
    },
    ...describeResponses(CODES)
  }
}
