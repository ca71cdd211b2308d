import type { HandledMessage } from './handle-message.ts'

/** What is told of an outcome: no URL of it, which nobody who reads the log is to have. */
export function describeOutcome (taken: HandledMessage): Readonly<Record<string, unknown>> {
  const { bucket, key, kind } = taken
  if (kind === 'skipped') return { bucket, key, reason: taken.reason }
  if (kind === 'forgotten') return { bucket, key, objects: taken.objects }
  return {
    bucket,
    key,
    thumbnails: Object.fromEntries(
      taken.completions.map((completion) => [
        completion.name,
        'problem' in completion ? completion.problem.code : completion.thumbnail.key
      ])
    )
  }
}
