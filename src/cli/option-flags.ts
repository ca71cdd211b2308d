import { InvalidArgumentError, Option, type Command } from 'commander'
import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'
import { createBodyCheck } from '../check-input.ts'
import { PosterframeError } from '../errors.ts'

/** As much of the schema of an option as its flag follows from. */
interface OptionSchema {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
}

/** What stands for the value in the help. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  timestamp: 'moment',
  interval: 'time',
  width: 'pixels',
  height: 'pixels',
  quality: 'number',
  columns: 'number',
  expires: 'seconds',
  background: 'rrggbb',
  preset: 'name'
}

/** Gives a command a flag for each option of the API, with the same names, ranges and sentences. */
export function addOptions (command: Command, schemas: Readonly<Record<string, TSchema>>): Command {
  for (const [name, schema] of Object.entries(schemas)) command.addOption(describeOption(name, schema))
  return command
}

/**
 * Of all that was given to a command, what goes to the use case; throws `invalid_request` where it is not as the
 * schemas say.
 */
export function pickOptions<Schemas extends TProperties> (
  given: Readonly<Record<string, unknown>>,
  schemas: Schemas
): Static<TObject<Schemas>> {
  const picked = Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(schemas, name)))
  const checked = createBodyCheck(Type.Object(schemas, { additionalProperties: false }))(picked)
  if ('error' in checked) throw checked.error
  return checked.value
}

function describeOption (name: string, schema: OptionSchema): Option {
  const isFlag = schema.type === 'boolean'
  const flags = isFlag
    ? `--${name}`
    : `--${name} <${PLACEHOLDERS[name] ?? (schema.enum === undefined ? name : 'choice')}>`
  const option = new Option(flags, formatOptionHelp(schema))
  if (schema.enum !== undefined) option.choices(schema.enum)
  if (schema.type === 'integer') option.argParser(readWhole(schema))
  return option
}

function formatOptionHelp ({ description = '', minimum, maximum, default: fallback, type }: OptionSchema): string {
  const range = minimum === undefined || maximum === undefined ? [] : [`${minimum} to ${maximum}`]
  const otherwise = fallback === undefined || type === 'boolean' ? [] : [`default: ${JSON.stringify(fallback)}`]
  const notes = [...range, ...otherwise]
  return `${description.replaceAll('`', '').replaceAll('50pct (or 50%, written 50%25 in a URL)', '50%')}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`
}

/** Strict on purpose, as the API is. */
function readWhole ({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: OptionSchema): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN
    if (value >= minimum && value <= maximum) return value
    throw new InvalidArgumentError(`It is a whole number from ${minimum} to ${maximum}.`)
  }
}

/** For `argParser`: a whole number within a range, both ends included. */
export function readCount (minimum: number, maximum: number): (text: string) => number {
  return readWhole({ minimum, maximum })
}

/** Throws `invalid_request` with a sentence about the command line. */
export function usageError (detail: string): PosterframeError {
  return new PosterframeError('invalid_request', { detail })
}
