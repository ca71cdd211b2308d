import { ConfigError } from '../config/config.ts'
import { type ErrorCode, isBug, isPosterframeError, PosterframeError } from '../errors.ts'
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
  /** A bug in Posterframe, whatever the source and the store. The number is EX_SOFTWARE of sysexits.h. */
  bug: 70,
  /** SIGINT or SIGTERM. */
  interrupted: 130
} as const

/** Error codes that are caused by the command line. */
const USAGE_CODES: readonly ErrorCode[] = ['invalid_request', 'invalid_timestamp', 'forbidden_bucket', 'forbidden_key']

/** Returns the exit code of a command that threw `error`. */
export function chooseExitCode (error: unknown): number {
  if (error instanceof InterruptedError) return EXIT.interrupted
  if (isOwnFailure(error)) return EXIT.bug
  if (!(error instanceof PosterframeError) || USAGE_CODES.includes(error.code)) return EXIT.usage
  return error.retryable ? EXIT.retryable : EXIT.permanent
}

/**
 * Returns the line to print for an error: its code and its message. Only a bug has further lines, the stack for the
 * report.
 */
export function describeError (error: unknown, bugsUrl: string): string {
  if (isOwnFailure(error)) return describeBug(error, bugsUrl)
  if (error instanceof PosterframeError) return `${error.code}: ${error.message}`
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof InterruptedError) return `interrupted: ${message}`
  if (error instanceof ConfigError) return `invalid_configuration: ${message}`
  return `${isSystemError(error) ? 'system_error' : 'not_started'}: ${message}`
}

/**
 * Returns whether Posterframe itself failed. Other errors without a code of the catalogue have a sentence about the
 * machine, such as one without a decoder, or are errors of the operating system.
 */
function isOwnFailure (error: unknown): boolean {
  return isBug(error) || isPosterframeError(error, 'internal_error') || !(error instanceof Error)
}

/** Returns whether an error is one of a system call, whose message names the call and the path. */
function isSystemError (error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

function describeBug (error: unknown, bugsUrl: string): string {
  const reason = isPosterframeError(error) ? (error.cause ?? error) : error
  const stack = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)
  return `internal_error: Posterframe failed unexpectedly, which is a bug. Report it at ${bugsUrl} with these lines:\n${stack}`
}
