import { type ErrorCode, PosterframeError } from '../errors.ts'
import { ConfigError } from '../config/config.ts'
import { InterruptedError } from './cli-context.ts'

/** What the exit code of a command says. `serve` has those of the server. */
export const EXIT = {
  ok: 0,
  /** The command line, the configuration or the machine is not right. */
  usage: 1,
  /** Some source failed in a way that will be the same next time. */
  permanent: 2,
  /** Some source failed in a way that may not be there next time. */
  retryable: 3,
  /** SIGINT or SIGTERM. */
  interrupted: 130
} as const

/** These lie in what was asked for. */
const USAGE: readonly ErrorCode[] = ['invalid_request', 'invalid_timestamp', 'forbidden_bucket', 'forbidden_key']

/** How a command ends that failed. */
export function chooseExitCode (error: unknown): number {
  if (error instanceof InterruptedError) return EXIT.interrupted
  if (!(error instanceof PosterframeError)) return EXIT.usage
  if (USAGE.includes(error.code)) return EXIT.usage
  return error.retryable ? EXIT.retryable : EXIT.permanent
}

/** What is told of an error: its code, and a sentence. Never a stack, nor what the error keeps to itself. */
export function describeError (error: unknown): string {
  if (error instanceof PosterframeError) return `${error.code}: ${error.message}`
  if (error instanceof InterruptedError) return `interrupted: ${error.message}`
  const message = error instanceof Error ? error.message : String(error)
  return `${error instanceof ConfigError ? 'invalid_configuration' : 'not_started'}: ${message}`
}
