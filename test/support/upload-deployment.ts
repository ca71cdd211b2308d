import { readFileSync } from 'node:fs'
import { PutBucketCorsCommand, type CORSConfiguration, S3Client } from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import { type Posterframe, startPosterframe } from '../acceptance/posterframe.ts'
import { startRadosgw } from './radosgw.ts'

/** The JSON block of `docs/uploads.md` that is called so. */
export function readUploadsBlock (name: string): unknown {
  const [, text = ''] =
    new RegExp(`^\`\`\`json ${name}\n([^]*?)^\`\`\`$`, 'm').exec(readFileSync('docs/uploads.md', 'utf8')) ?? []
  return JSON.parse(text)
}

/**
 * The service as a page of `origin` may use it, on radosgw, whose bucket has the CORS rule of the document, or on the
 * local store.
 */
export async function startForPage (
  t: Test,
  store: 's3' | 'local',
  origin: string,
  env: Record<string, string> = {}
): Promise<Posterframe> {
  const settings = { POSTERFRAME_CORS_ORIGINS: origin, POSTERFRAME_LOG_LEVEL: 'warn', ...env }
  if (store === 'local') return await startPosterframe(t, settings)
  const radosgw = await startRadosgw()
  const bucket = await radosgw.createBucket()
  const client = new S3Client({
    endpoint: radosgw.endpoint,
    credentials: radosgw.credentials,
    region: 'us-east-1',
    forcePathStyle: true
  })
  t.teardown(() => {
    client.destroy()
  })
  const configuration = readUploadsBlock('cors') as CORSConfiguration
  for (const rule of configuration.CORSRules ?? []) rule.AllowedOrigins = [origin]
  await client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: configuration }))
  return await startPosterframe(t, {
    ...settings,
    ...radosgw.env,
    POSTERFRAME_STORE: 's3',
    POSTERFRAME_OUTPUT_BUCKET: bucket,
    POSTERFRAME_SOURCE_BUCKETS: bucket,
    POSTERFRAME_S3_FORCE_PATH_STYLE: 'true'
  })
}
