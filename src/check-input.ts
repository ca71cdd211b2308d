import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { PosterframeError } from './errors.ts'

/** The members of a validation error that are used here. */
interface ValidationError {
  readonly keyword: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message: string
}

type Check<T> = (input: unknown) => { readonly value: T } | { readonly error: PosterframeError }

/** Returns a validator for JSON bodies, which does not convert types. Choices may be in any case. */
export function createBodyCheck<Schema extends TSchema> (schema: Schema): Check<Static<Schema>> {
  const validator = Compile(schema)
  const foldChoices = createChoiceFolding(schema)
  return (body) => {
    const input = foldChoices(body)
    return validator.Check(input) ? { value: input } : { error: toParameterError(validator.Errors(input)) }
  }
}

/** Returns a function that writes the choices of an object in lower case, as the schema has them. */
function createChoiceFolding (schema: TSchema): (input: unknown) => unknown {
  const { properties = {} } = schema as { properties?: Readonly<Record<string, { enum?: unknown }>> }
  const names = Object.keys(properties).filter((name) => properties[name]?.enum !== undefined)
  return (input) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return input
    const texts = names.flatMap((name) => {
      const text: unknown = Object.hasOwn(input, name) ? (input as Record<string, unknown>)[name] : undefined
      return typeof text === 'string' ? [[name, text.toLowerCase()]] : []
    })
    return { ...input, ...(Object.fromEntries(texts) as Record<string, string>) }
  }
}

/** Returns a validator for the texts of a query or a form, which parses integers and booleans. */
export function createTextCheck<Schema extends TSchema> (schema: Schema): Check<Static<Schema>> {
  const check = createBodyCheck(schema)
  const properties = (schema as { properties?: Readonly<Record<string, { type?: unknown }>> }).properties ?? {}
  return (input) => {
    const texts = Object.entries(Object(input) as Record<string, unknown>)
    const repeated = texts.find(([, text]) => Array.isArray(text))
    if (repeated !== undefined) return { error: parameterError(repeated[0], 'is given more than once') }
    return check(Object.fromEntries(texts.map(([name, text]) => [name, readText(text, properties[name]?.type)])))
  }
}

/** Returns `invalid_request` for one parameter or field. `problem` continues the sentence after the name. */
export function parameterError (name: string, problem: string): PosterframeError {
  const parameter = name.slice(0, 100)
  return new PosterframeError('invalid_request', { detail: `'${parameter}' ${problem}.`, members: { parameter } })
}

// Strict on purpose: '640.5', '0x280' and '' are not integers.
function readText (text: unknown, type: unknown): unknown {
  if (typeof text !== 'string') return text
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

function toParameterError (errors: readonly ValidationError[]): PosterframeError {
  const unknown = errors.find(({ keyword }) => keyword === 'additionalProperties')
  if (unknown !== undefined) {
    return parameterError(firstName(unknown.params['additionalProperties']), 'is not a known parameter')
  }
  const missing = errors.find(({ keyword }) => keyword === 'required')
  if (missing !== undefined) return parameterError(firstName(missing.params['requiredProperties']), 'is missing')
  const first = errors[0]
  if (first === undefined || first.instancePath === '') {
    return new PosterframeError('invalid_request', { detail: 'The request body must be a JSON object.' })
  }
  const allowed = first.params['allowedValues']
  const problem = Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : first.message
  return parameterError(first.instancePath.slice(1), problem)
}

function firstName (names: unknown): string {
  return Array.isArray(names) ? String(names[0]) : ''
}
