import type { Shell } from './shell.ts'

/** Prints an answer as the API would send it. */
export function printJson ({ stdout }: Pick<Shell, 'stdout'>, answer: unknown): void {
  stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
}
