import type { CorsRule, StoreProbe } from '../store/store-probe.ts'
import type { UploadMethod } from '../uploads/upload.ts'
import { type Check, passed, warned } from './check.ts'

const METHODS = ['POST', 'PUT']
/** A PUT of a whole file has its metadata in headers. */
const HEADERS = { post: ['content-type'], put: ['content-type', 'x-amz-meta-filename'] } as const

/** Checks that the upload bucket lets the pages of `origins` send files to it. */
export async function checkCors (
  bucket: string,
  origins: readonly string[],
  {
    probe,
    signal,
    method
  }: { readonly probe: StoreProbe, readonly signal: AbortSignal, readonly method: UploadMethod }
): Promise<Check> {
  const name = `bucket ${bucket}: CORS`
  if (origins.length === 0) {
    return passed(name, 'Not needed: POSTERFRAME_CORS_ORIGINS allows no pages of other origins to upload.')
  }
  const nextStep =
    `Add the rule ${JSON.stringify(buildRule(origins))} to the bucket, with aws s3api put-bucket-cors or the console ` +
    'of the store.'
  const { ok, status, code, corsRules } = await probe.ask({ operation: 'get-cors', bucket }, { signal })
  if (!ok && code !== 'NoSuchCORSConfiguration') {
    const shown = [status, code].filter((part) => part !== undefined).join(' ')
    return warned(name, {
      detail: `The rules of the bucket could not be read (${shown}), so pages may be unable to upload.`,
      nextStep: `Allow s3:GetBucketCORS on arn:aws:s3:::${bucket} to check them. ${nextStep}`
    })
  }
  const missing = origins.flatMap((origin) =>
    METHODS.filter((verb) => !corsRules.some((rule) => doesAllow(rule, origin, verb, HEADERS[method]))).map(
      (verb) => `${verb} from ${origin}`
    )
  )
  if (missing.length === 0) return passed(name, `Pages of ${origins.join(', ')} may upload to the bucket.`)
  const found = corsRules.length === 0 ? 'The bucket has no CORS rule' : 'The CORS rules of the bucket do not fit'
  return warned(name, { detail: `${found}, so browsers block ${missing.join(', ')}.`, nextStep })
}

function buildRule (origins: readonly string[]) {
  return { AllowedOrigins: origins, AllowedMethods: METHODS, AllowedHeaders: HEADERS.put, ExposeHeaders: ['ETag'] }
}

function doesAllow (
  { origins, methods, headers }: CorsRule,
  origin: string,
  verb: string,
  needed: readonly string[]
): boolean {
  return (
    methods.includes(verb) &&
    origins.some((pattern) => doesMatch(pattern, origin)) &&
    needed.every((name) => headers.some((pattern) => doesMatch(pattern.toLowerCase(), name)))
  )
}

/** Matches a pattern with at most one asterisk, as S3 does. */
function doesMatch (pattern: string, text: string): boolean {
  const [start = '', end] = pattern.split('*')
  if (end === undefined) return pattern === text
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end)
}
