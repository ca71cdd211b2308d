import { type ErrorCode, PosterframeError } from '../errors.ts'
import { ConfigError } from '../config/config.ts'
import { InterruptedError } from './cli-context.ts'

/** Exit codes of the commands, except `serve`, which has those of the server. */
export const EXIT = {
  ok: 0,
  /** The command line, the configuration or the machine is not usable. */
  usage: 1,
  /** A source failed permanently: it will fail again. */
  permanent: 2,
  /** A source failed temporarily: a later attempt may succeed. */
  retryable: 3,
  /** SIGINT or SIGTERM. */
  interrupted: 130
} as const

/** Error codes that are caused by the command line. */
const USAGE_CODES: readonly ErrorCode[] = ['invalid_request', 'invalid_timestamp', 'forbidden_bucket', 'forbidden_key']

/** Returns the exit code of a command that threw `error`. */
export function chooseExitCode (error: unknown): number {
  if (error instanceof InterruptedError) return EXIT.interrupted
  if (!(error instanceof PosterframeError)) return EXIT.usage
  if (USAGE_CODES.includes(error.code)) return EXIT.usage
  return error.retryable ? EXIT.retryable : EXIT.permanent
}

/** Returns the line to print for an error: its code and its message. Excludes the stack and the cause. */
export function describeError (error: unknown): string {
  if (error instanceof PosterframeError) return `${error.code}: ${error.message}`
  if (error instanceof InterruptedError) return `interrupted: ${error.message}`
  const message = error instanceof Error ? error.message : String(error)
  return `${error instanceof ConfigError ? 'invalid_configuration' : 'not_started'}: ${message}`
}
