import type { Readable } from 'node:stream'

const MAX_LINE_CHARACTERS = 4096

/**
 * Calls `onLine` for each line of a text stream. Lines are cut at 4,096 characters, so that a process that writes an
 * endless line cannot fill the memory.
 */
export async function readLines (stream: Readable, onLine: (line: string) => void): Promise<void> {
  let rest = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS)
    for (const line of lines) onLine(line.slice(0, MAX_LINE_CHARACTERS))
  }
  if (rest !== '') onLine(rest)
}
