import { closeSync, openSync, writeSync } from 'node:fs'
import { PosterframeError } from '../../errors.ts'
import type { SourceOutcome } from './process-source.ts'
import type { ListedSource } from './source-list.ts'

/** Where failures go, a JSON object a line. */
export interface FailureReport {
  write(source: ListedSource, outcome: SourceOutcome): void
  close(): void
}

/** Adds to a file, made where it is not there; without a path nothing is written. */
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
    throw new PosterframeError('invalid_request', { detail: `The report ${path} cannot be written.`, cause: error })
  }
}
