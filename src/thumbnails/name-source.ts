import { hintAtKey, quoteKey } from '../options/key-hint.ts'
import { StoreError, type SubjectNames } from '../store/store-error.ts'
import type { StoredSource, UploadedSource } from './thumbnail.ts'

/**
 * Returns an error of the store with the names that the caller may know: the key that it sent, the bucket that it sent
 * or may know, and the role of the output bucket. A key that looks like a URL or a path, or begins with the bucket,
 * gets a hint. Returns any other error as it is.
 */
export function nameSource (error: unknown, source: UploadedSource | StoredSource, outputBucket: string): unknown {
  if (!(error instanceof StoreError)) return error
  const { bucket, key } = error.subject
  if (source.kind === 'stored' && bucket === source.bucket && (key === undefined || key === source.key)) {
    return error.withNames(namesOf(source))
  }
  if (bucket !== outputBucket) return error
  const name = 'output bucket (POSTERFRAME_OUTPUT_BUCKET)'
  return error.withNames({ bucket: name, object: name })
}

function namesOf ({ bucket, key, hidesBucket }: StoredSource): SubjectNames {
  const isHidden = hidesBucket === true
  const name = isHidden ? 'default bucket' : `bucket '${bucket}'`
  const hint = hintAtKey(key, isHidden ? undefined : bucket)
  return { bucket: name, object: `object ${quoteKey(key)} in the ${name}`, hint }
}
