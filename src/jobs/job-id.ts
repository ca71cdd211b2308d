import { createHash } from 'node:crypto'
import type { JobRequest } from './job.ts'

const ID_LENGTH = 32

/** How an id looks. */
export const JOB_ID_PATTERN = `^[0-9a-f]{${ID_LENGTH}}$`

/**
 * The id of a job: a digest of its question and its caller. So any process finds the job that is running already, and
 * an id is worth nothing to anybody but its caller, for whom the digest is another one.
 */
export function computeJobId ({ kind, body }: JobRequest, caller: string | undefined): string {
  // JSON keeps no name apart from every name.
  const text = JSON.stringify([
    'posterframe job',
    kind,
    caller ?? null,
    Object.entries(body).sort(([one], [other]) => (one < other ? -1 : 1))
  ])
  return createHash('sha256').update(text).digest('hex').slice(0, ID_LENGTH)
}
