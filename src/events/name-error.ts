import { isPosterframeError } from '../errors.ts'

/** The error as Lambda and Step Functions tell it apart: its `name` is the code of the catalogue, for `ErrorEquals`. */
export function nameError (error: unknown): unknown {
  return isPosterframeError(error)
    ? Object.assign(new Error(error.message, { cause: error }), { name: error.code })
    : error
}
