import { closeSync, openSync, writeSync } from 'node:fs'
import { PosterframeError } from '../../errors.ts'
import type { SourceOutcome } from './process-source.ts'
import type { ListedSource } from './source-list.ts'

/** A file that failures are appended to, one JSON object per line. */
export interface FailureReport {
  write(source: ListedSource, outcome: SourceOutcome): void
  close(): void
}

/**
 * Opens a report for appending, and creates the file if it does not exist. Without a path, writes nothing.
 *
 * @throws PosterframeError `invalid_request` if the file cannot be written
 */
export function openFailureReport (path: string | undefined): FailureReport {
  if (path === undefined) return { write () {}, close () {} }
  const descriptor = openFile(path)
  return {
    write ({ bucket, key }, { failures, attempts }) {
      for (const { name, error } of failures) {
        const { code, message: detail, retryable } = error
        writeSync(
          descriptor,
          `${JSON.stringify({ bucket, key, name, code, retryable, detail, attempts, at: new Date().toISOString() })}\n`
        )
      }
    },
    close () {
      closeSync(descriptor)
    }
  }
}

function openFile (path: string): number {
  try {
    return openSync(path, 'a')
  } catch (error) {
    throw new PosterframeError('invalid_request', {
      detail: `The report '${path}' cannot be written. Use a writable file.`,
      cause: error
    })
  }
}
