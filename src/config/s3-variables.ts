import type { ConfigVariable } from './config-variable.ts'

/** The variables of S3 besides the buckets and those of the SDK. */
export const S3_VARIABLES = [
  {
    name: 'POSTERFRAME_S3_FORCE_PATH_STYLE',
    default: '`false`',
    meaning: '`true` requests `host/bucket/key`, as many S3-compatible servers need.'
  },
  {
    name: 'POSTERFRAME_S3_PUBLIC_ENDPOINT',
    default: 'the endpoint that the service uses',
    meaning: 'Base URL that browsers reach the store under. Presigned URLs and forms are signed for it.'
  },
  {
    name: 'POSTERFRAME_S3_SSE',
    default: "the bucket's default",
    meaning: 'Encryption at rest: `AES256` or `aws:kms`.'
  },
  { name: 'POSTERFRAME_S3_KMS_KEY_ID', default: "the account's key for S3", meaning: 'ID or ARN of the KMS key.' },
  {
    name: 'POSTERFRAME_S3_EXPECTED_BUCKET_OWNER',
    default: '',
    meaning: 'AWS account, 12 digits, that must own every bucket. S3 rejects requests for buckets of others.'
  },
  {
    name: 'POSTERFRAME_S3_SESSION_SECONDS',
    default: '`3600`',
    meaning:
      'Longest lifetime of URLs signed with temporary credentials that do not say when they end, such as those of a ' +
      'Lambda function; 60 to 604800.'
  },
  {
    name: 'POSTERFRAME_S3_BUCKETS',
    default: '',
    meaning:
      'JSON object that maps buckets to their `region`, `requesterPays` (`true`: the service pays) and ' +
      '`expectedOwner` (12 digits).'
  }
] as const satisfies readonly ConfigVariable[]
