import type { CliContext } from './cli-context.ts'

/** Prints an answer as the API would send it. */
export function printJson ({ stdout }: Pick<CliContext, 'stdout'>, answer: unknown): void {
  stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
}
