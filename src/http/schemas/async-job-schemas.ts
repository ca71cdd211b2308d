import { Type } from 'typebox'
import { refer } from './responses.ts'

/** The header that long work is asked for with. */
export const preferHeader = Type.Object({
  prefer: Type.Optional(
    Type.String({
      description:
        '`respond-async` (RFC 7240): be told where to look for the answer, and do not wait for it. Passed over ' +
          'on Lambda.',
      examples: ['respond-async']
    })
  )
})

/** How long a job should be left alone. */
export const retryAfter = {
  'Retry-After': { type: 'integer', description: 'Seconds after which to look again, while it is running.' }
}

/** The answer of long work to who does not wait for it. */
export const acceptedResponse = {
  202: {
    description: 'It is being made, and nobody waits for it.',
    headers: {
      Location: { type: 'string', format: 'uri-reference', description: 'Where to look for it.' },
      'Preference-Applied': { type: 'string', description: '`respond-async`' },
      ...retryAfter
    },
    content: { 'application/json': { schema: refer({ $id: 'Job' }) } }
  }
}
