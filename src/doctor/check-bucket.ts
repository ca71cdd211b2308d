import type { Config } from '../config/config.ts'
import type { ObjectLocation } from '../store/object-store.ts'
import type { ProbeReply } from '../store/store-probe.ts'
import { type Check, failed, passed, warned } from './check.ts'
import { checkObject, type ObjectReader } from './check-object.ts'
import { type Attempt, explainReply, isWebPage } from './explain-reply.ts'

/** A bucket, and what the service does with it. */
export interface BucketUse {
  readonly bucket: string
  /** The variable that names it. */
  readonly variable: string
  /** Prefix of the objects that are read; undefined: none are. */
  readonly sourcePrefix: string | undefined
  /** Prefix of the objects that are written; undefined: none are. */
  readonly outputPrefix: string | undefined
}

/** Name of the object that the check writes under the output prefix, and never removes. */
export const DOCTOR_KEY = 'posterframe-doctor.txt'
/** Content of that object. */
export const DOCTOR_TEXT = 'Written by posterframe doctor to check that it may. It can be deleted.\n'

/** Returns each bucket once, with everything that the service does with it; the output bucket last. */
export function listBuckets ({ sourceBuckets, sourcePrefixes, outputBucket, outputPrefix }: Config): BucketUse[] {
  const sources = sourceBuckets.map((bucket) => ({
    bucket,
    variable: 'POSTERFRAME_SOURCE_BUCKETS',
    sourcePrefix: sourcePrefixes?.[0] ?? '',
    outputPrefix: bucket === outputBucket ? outputPrefix : undefined
  }))
  if (sourceBuckets.includes(outputBucket)) return sources
  const output = { bucket: outputBucket, variable: 'POSTERFRAME_OUTPUT_BUCKET', sourcePrefix: undefined, outputPrefix }
  return [...sources, output]
}

/**
 * Checks the rights to a bucket: head and list; get if it has sources; put and get if it has the output. If the bucket
 * as a whole cannot be used, the result is one check that says why.
 *
 * @param video an object of the bucket to read; undefined: one of the listing
 */
export async function checkBucket (
  use: BucketUse,
  video: ObjectLocation | undefined,
  reader: ObjectReader
): Promise<Check[]> {
  const { bucket, variable, sourcePrefix, outputPrefix } = use
  const { probe, region, signal } = reader
  const attempt: Attempt = {
    bucket,
    region,
    action: 'list the bucket',
    right: `s3:ListBucket on arn:aws:s3:::${bucket}`,
    variable
  }
  const prefix = sourcePrefix ?? outputPrefix ?? ''
  const head = await probe.ask({ operation: 'head-bucket', bucket }, { signal })
  const list = await probe.ask({ operation: 'list', bucket, prefix }, { signal })
  const name = `bucket ${bucket}`
  // The store sends the code of an error with the listing only: a response to HEAD has no body.
  const worst = !list.ok || isWebPage(list) ? { ...list, region: list.region ?? head.region } : head
  if (!worst.ok || isWebPage(worst)) {
    const explanation = explainReply(worst, attempt)
    if (explanation.reach !== 'request') return [failed(name, explanation)]
    if (head.status === 403 && (await isRequesterPays(use, reader))) return [requesterPays(name, bucket)]
  }
  const checks = [
    checkRight(`${name}: head`, head, { ...attempt, action: 'see the bucket (HeadBucket)' }),
    checkRight(`${name}: list`, list, attempt)
  ]
  if (sourcePrefix !== undefined) {
    const listed = list.objects.find(
      ({ key, bytes }) => bytes > 0 && (outputPrefix === undefined || !key.startsWith(outputPrefix))
    )
    const object = video ?? (listed && { bucket, key: listed.key })
    const canList = head.ok && list.ok
    checks.push(
      object === undefined
        ? await checkMissingObject(`${name}: get`, use, canList, reader)
        : await checkObject(`${name}: get`, { ...object, variable }, reader)
    )
  }
  if (outputPrefix !== undefined) checks.push(...(await checkOutput(name, { ...use, outputPrefix }, reader)))
  return checks
}

function checkRight (name: string, reply: ProbeReply, attempt: Attempt): Check {
  if (!reply.ok) return failed(name, explainReply(reply, attempt))
  return passed(name, `The credentials may ${attempt.action}.`)
}

async function isRequesterPays ({ bucket }: BucketUse, { probe, signal }: ObjectReader): Promise<boolean> {
  return (await probe.ask({ operation: 'head-bucket', bucket }, { signal, paysRequest: true })).ok
}

function requesterPays (name: string, bucket: string): Check {
  return failed(name, {
    detail: 'The bucket lets in only those who pay for their requests (Requester Pays), which is not configured.',
    nextStep: `Set POSTERFRAME_S3_BUCKETS={"${bucket}": {"requesterPays": true}}, or turn Requester Pays off.`
  })
}

/** Asks for an object that does not exist: S3 returns 404 to those who may get and list, and 403 to all others. */
async function checkMissingObject (
  name: string,
  { bucket, variable, sourcePrefix = '' }: BucketUse,
  canList: boolean,
  { probe, region, signal }: ObjectReader
): Promise<Check> {
  const reply = await probe.ask({ operation: 'get', bucket, key: `${sourcePrefix}${DOCTOR_KEY}` }, { signal })
  const right = `s3:GetObject on arn:aws:s3:::${bucket}/${sourcePrefix}*`
  if (reply.ok || (reply.status === 404 && reply.code !== 'NoSuchBucket')) {
    return passed(name, 'The credentials may read objects; the bucket has none to try it with.')
  }
  if (reply.status === 403 && !canList) {
    return warned(name, {
      detail: 'The store denies an object that does not exist (403), so a missing video looks like a missing right.',
      nextStep: `Allow s3:ListBucket on arn:aws:s3:::${bucket}, and read a video: posterframe doctor s3://${bucket}/<key>.`
    })
  }
  return failed(name, explainReply(reply, { bucket, region, action: 'read objects', right, variable }))
}

async function checkOutput (
  name: string,
  { bucket, variable, outputPrefix }: BucketUse & { readonly outputPrefix: string },
  reader: ObjectReader
): Promise<Check[]> {
  const { probe, region, signal } = reader
  const key = `${outputPrefix}${DOCTOR_KEY}`
  const data = Buffer.from(DOCTOR_TEXT)
  const reply = await probe.ask({ operation: 'put', bucket, key, data }, { signal })
  if (!reply.ok) {
    const right = `s3:PutObject on arn:aws:s3:::${bucket}/${outputPrefix}*`
    return [failed(`${name}: put`, explainReply(reply, { bucket, region, action: 'write objects', right, variable }))]
  }
  return [
    passed(`${name}: put`, `The credentials may write objects: '${key}' was written, ${data.length} bytes, and stays.`),
    await checkObject(`${name}: get output`, { bucket, key, variable }, reader)
  ]
}
