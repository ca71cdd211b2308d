import { Type } from 'typebox'
import { component } from './components.ts'
import { refer } from './responses.ts'

/** Headers of a request that may run as a background job. */
export const preferHeader = Type.Object({
  prefer: Type.Optional(
    Type.String({
      ...component('parameters/Prefer'),
      description:
        '`respond-async` (RFC 7240): return 202 at once and run a background job. Ignored on Lambda.'
    })
  )
})

/** Header of a job that is running. */
export const retryAfter = {
  'Retry-After': {
    ...component('headers/RetryAfterRunning'),
    type: 'integer',
    description: 'Seconds before the next poll, for a running job.'
  }
}

/** Response to a request that was accepted as a background job. */
export const acceptedResponse = {
  202: {
    description: 'The job was accepted. Poll the URL in `Location`.',
    headers: {
      Location: { type: 'string', format: 'uri-reference', description: 'URL of the job.' },
      'Preference-Applied': { type: 'string', description: '`respond-async`' },
      ...retryAfter
    },
    content: { 'application/json': { ...component('responses/Accepted'), schema: refer({ $id: 'Job' }) } }
  }
}
