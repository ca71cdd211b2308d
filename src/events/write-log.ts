import { isPosterframeError } from '../errors.ts'

/** Writes one line of the log. */
export type WriteLog = (
  level: 'info' | 'warn' | 'error',
  message: string,
  members?: Readonly<Record<string, unknown>>
) => void

/** Creates a log of JSON lines in the format of the request log; `write` receives each line with its line break. */
export function createWriteLog (write: (line: string) => void): WriteLog {
  return (level, message, { error, ...members } = {}) => {
    const described = error === undefined ? {} : { error: describeError(error) }
    write(`${JSON.stringify({ level, time: Date.now(), ...members, ...described, msg: message })}\n`)
  }
}

function describeError (error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: String(error) }
  const { message, stack, cause } = error
  return {
    ...(isPosterframeError(error) ? { code: error.code } : { stack }),
    message,
    ...(cause === undefined ? {} : { cause: describeError(cause) })
  }
}
