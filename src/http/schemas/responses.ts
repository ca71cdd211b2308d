import { ERROR_CATALOGUE, type ErrorCode } from '../../errors.ts'
import { PROBLEM_TYPE } from '../problem.ts'
import { ProblemSchema } from './thumbnail-schemas.ts'

/** How an operation may answer with one status, in the words of Fastify's route schema. */
export interface ResponseDescription {
  readonly description: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content: Readonly<Record<string, { readonly schema: unknown }>>
}

const retryAfter = {
  'Retry-After': { type: 'integer', description: 'Seconds after which to come back, with a problem document.' }
}
const HEADERS: Readonly<Record<number, Readonly<Record<string, unknown>>>> = {
  401: { 'WWW-Authenticate': { type: 'string', description: 'How to show who asks.' } },
  429: retryAfter,
  503: retryAfter
}

/** A reference to a schema that was given to `addSchema` under its `$id`. */
export function refer (schema: object): { $ref: string } {
  const { $id } = schema as { $id?: string }
  if ($id === undefined) throw new TypeError('only a schema with an $id can be referred to')
  return { $ref: `${$id}#` }
}

/**
 * The problem documents that an operation may answer with, by status, each with the codes that it can hold.
 * `others`: what it may answer with the same status besides.
 */
export function describeResponses (
  codes: readonly ErrorCode[],
  others: Readonly<Record<number, ResponseDescription>> = {}
): Record<string, ResponseDescription> {
  const responses: Record<string, ResponseDescription> = {}
  for (const [status, group] of Map.groupBy(codes, (code) => ERROR_CATALOGUE[code].status)) {
    const other = others[status]
    const headers = HEADERS[status]
    responses[status] = {
      description: [other?.description, ...group.map((code) => ERROR_CATALOGUE[code].title)].filter(Boolean).join(' '),
      ...(headers === undefined ? {} : { headers }),
      content: {
        ...other?.content,
        [PROBLEM_TYPE]: {
          schema: {
            allOf: [
              refer(ProblemSchema),
              { type: 'object', properties: { status: { const: status }, code: { enum: group } } }
            ]
          }
        }
      }
    }
  }
  return responses
}
