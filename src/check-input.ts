import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { PosterframeError } from './errors.ts'

/** One finding of the validator, as far as it is read here. */
interface Finding {
  readonly keyword: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message: string
}

type Check<T> = (input: unknown) => { readonly value: T } | { readonly error: PosterframeError }

/** Checks a JSON body: values are taken as they are, never turned into another type. */
export function createBodyCheck<Schema extends TSchema> (schema: Schema): Check<Static<Schema>> {
  const validator = Compile(schema)
  return (input) => (validator.Check(input) ? { value: input } : { error: describeFinding(validator.Errors(input)) })
}

/** Checks texts by name, from a query or a form: whole numbers and `true`/`false` are read from their text. */
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

/** `invalid_request` for one parameter or field; `problem` goes on after its name. */
export function parameterError (name: string, problem: string): PosterframeError {
  const parameter = name.slice(0, 100)
  return new PosterframeError('invalid_request', { detail: `'${parameter}' ${problem}.`, members: { parameter } })
}

// Strict on purpose: '640.5', '0x280' and '' are mistakes, not numbers.
function readText (text: unknown, type: unknown): unknown {
  if (typeof text !== 'string') return text
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

function describeFinding (findings: readonly Finding[]): PosterframeError {
  const unknown = findings.find(({ keyword }) => keyword === 'additionalProperties')
  if (unknown !== undefined) {
    return parameterError(firstName(unknown.params['additionalProperties']), 'is not known here')
  }
  const missing = findings.find(({ keyword }) => keyword === 'required')
  if (missing !== undefined) return parameterError(firstName(missing.params['requiredProperties']), 'is missing')
  const finding = findings[0]
  if (finding === undefined || finding.instancePath === '') {
    return new PosterframeError('invalid_request', { detail: 'The body must be a JSON object.' })
  }
  const allowed = finding.params['allowedValues']
  const problem = Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : finding.message
  return parameterError(finding.instancePath.slice(1), problem)
}

function firstName (names: unknown): string {
  return Array.isArray(names) ? String(names[0]) : ''
}
